"""The memo as Markdown, for a pull request: tables as tables, pictures as links with their words."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.report.board.blocks import Block, Bullets, Grid, Memo, Paragraph, Picture, Section

SPECIAL = str.maketrans({each: f"\\{each}" for each in "\\*_{}[]<>|"})


def markdown(memo: Memo, *, pictures: bool = True) -> str:
    """The whole memo. `pictures` links to charts/KEY.svg beside the file."""
    lines = [f"# {plain(memo.title)}", "", plain(memo.subtitle), "", f"**{plain(memo.question)}**", ""]
    lines += [f"## {plain(memo.answer)}", "", plain(memo.why), ""]
    lines += [f"- **{plain(each.value)}** {plain(each.label)} ({plain(each.note)})" for each in memo.figures]
    for section in (*memo.decision, *memo.evidence):
        lines += ["", *section_lines(section, pictures)]
    lines += ["", "---", "", *(f"{plain(name)}: `{code(value)}`  " for name, value in memo.colophon)]
    return "\n".join(lines).rstrip() + "\n"


def plain(text: str) -> str:
    """Text with the signs of Markdown escaped."""
    return " ".join(text.translate(SPECIAL).split(" ")).replace("\n", " ")


def code(text: str) -> str:
    """Text that stands between backticks, on one line."""
    return text.replace("`", "'").replace("\n", " ")


def section_lines(section: Section, pictures: bool) -> Iterator[str]:
    """A heading and its blocks, an empty line between them."""
    yield f"## {plain(section.title)}"
    for block in section.blocks:
        yield ""
        yield from block_lines(block, pictures)


def block_lines(block: Block, pictures: bool) -> Iterator[str]:
    """One block."""
    match block:
        case Paragraph():
            yield f"**{plain(block.label)}.** {plain(block.text)}" if block.label else plain(block.text)
        case Bullets():
            marks = (f"{i}." if block.numbered else "-" for i in range(1, len(block.items) + 1))
            yield from (f"{mark} {plain(item)}" for mark, item in zip(marks, block.items, strict=True))
        case Grid():
            yield from grid_lines(block)
        case Picture():
            alt = plain(f"{block.chart.title}: {block.chart.alt}")
            yield f"![{alt}](charts/{block.chart.key}.svg)" if pictures else alt


def grid_lines(grid: Grid) -> Iterator[str]:
    """A table; a sum in bold."""
    yield f"_{plain(grid.caption)}_"
    yield ""
    yield cells([plain(each) for each in grid.header])
    yield cells(["--:" if side == "r" else ":--" for side in grid.sides])
    for i, row in enumerate(grid.rows):
        yield cells([f"**{plain(each)}**" if i in grid.bold and each else plain(each) for each in row])


def cells(texts: list[str] | tuple[str, ...]) -> str:
    """A row of a table."""
    return f"| {' | '.join(texts)} |"
