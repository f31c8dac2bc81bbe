"""The memo as one HTML file: styles, font, pictures and their script inside, nothing fetched from anywhere."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from html import escape

from breakeven.report.board.blocks import Block, Bullets, Grid, Memo, Paragraph, Picture, Section
from breakeven.report.board.pictures import FONTS, script, svg
from breakeven.report.wording import MINUS
from breakeven.shipped import shipped_text

WEIGHTS = {400: "Inter-Regular.woff2", 600: "Inter-SemiBold.woff2"}
UNPARTED = re.compile(r"(?<=\d) %")  # a number is not broken before its sign
JOINED = "\u2060"  # nor after its minus
SENTENCE = 40  # characters; a cell that holds more is a sentence
OPTIONS = {"actions": False, "renderer": "svg"}
UPGRADE = """
document.querySelectorAll("figure[data-chart]").forEach((figure) => {
  const spec = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const place = document.createElement("div");
  if (figure.clientWidth < 520) {
    Object.assign(spec.config.legend, { columns: 1 });
    Object.assign(spec.config.axis, { labelLimit: 130, tickCount: 4 });
  }
  vegaEmbed(place, { ...spec, width: "container", autosize: { type: "fit-x", contains: "padding" } }, OPTIONS)
    .then(() => window.dispatchEvent(new Event("resize")));
  figure.querySelector(".drawn").replaceWith(place);
});
"""


def html(memo: Memo, *, interactive: bool = True) -> str:
    """The page. `interactive` adds the script with which the pictures answer to the pointer (about 0.9 MB)."""
    body = "\n".join([*head_of(memo), *(line for part in (*memo.decision, *memo.evidence) for line in section(part))])
    scripts = f"<script>{script()}</script>\n<script>{UPGRADE.replace('OPTIONS', json.dumps(OPTIONS))}</script>"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(memo.title)}: {escape(memo.answer)}</title>
<style>{fonts()}{shipped_text("report/board/page.css")}</style>
</head>
<body>
<main>
{body}
</main>
<footer>{"".join(f"<p>{escape(name)}: {escape(value)}</p>" for name, value in memo.colophon)}</footer>
{scripts if interactive else ""}
</body>
</html>
"""


def fonts() -> str:
    """The font as part of the style."""
    return "".join(
        f"@font-face {{ font-family: Inter; font-weight: {weight}; src: url(data:font/woff2;base64,"
        f"{b64encode((FONTS / name).read_bytes()).decode('ascii')}) format('woff2'); }}\n"
        for weight, name in WEIGHTS.items()
    )


def said(text: str) -> str:
    """Text, with what stands between backticks as a command."""
    parts = UNPARTED.sub("\u00a0%", escape(text)).replace(MINUS, f"{MINUS}{JOINED}").split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))


def head_of(memo: Memo) -> Iterator[str]:
    """The answer: all that fits on a first screen."""
    yield f"<h1>{said(memo.title)}</h1>"
    yield f'<p class="faint">{said(memo.subtitle)}</p>'
    yield f'<p class="question">{said(memo.question)}</p>'
    yield f'<div class="answer {memo.tone}"><p class="verdict">{said(memo.answer)}</p><p>{said(memo.why)}</p></div>'
    yield '<dl class="figures">'
    for figure in memo.figures:
        yield (
            f'<div><dt>{said(figure.label)}</dt><dd class="value">{said(figure.value)}</dd>'
            f'<dd class="note">{said(figure.note)}</dd></div>'
        )
    yield "</dl>"


def section(one: Section) -> Iterator[str]:
    """A heading and its blocks."""
    yield f"<section>\n<h2>{said(one.title)}</h2>"
    for each in one.blocks:
        yield block(each)
    yield "</section>"


def block(one: Block) -> str:
    """One block."""
    match one:
        case Paragraph():
            label = f"<strong>{said(one.label)}.</strong> " if one.label else ""
            return f"<p>{label}{said(one.text)}</p>"
        case Bullets():
            tag = "ol" if one.numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{said(item)}</li>' for item in one.items)}</{tag}>"
        case Grid():
            return grid(one)
        case Picture():
            return picture(one)


def picture(one: Picture) -> str:
    """A drawing that is there at once, and the specification that a script may draw anew."""
    key, alt = f"chart-{one.chart.key}", escape(f"{one.chart.title}: {one.chart.alt}", quote=True)
    drawn = svg(one.chart).replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)
    spec = json.dumps(one.chart.spec, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<figure data-chart="{key}"><div class="drawn">{drawn}</div></figure>'
        f'<script type="application/json" id="{key}">{spec}</script>'
    )


def grid(one: Grid) -> str:
    """A table that scrolls by itself where the screen is narrow; the first cell of a row names it."""
    columns = zip(one.sides, *one.rows, strict=True)
    sides = [_kind(side, max(map(len, cells), default=0) if i else 0) for i, (side, *cells) in enumerate(columns)]
    head = "".join(
        f'<th scope="col"{side}>{said(heading)}</th>' if heading else "<td></td>"
        for heading, side in zip(one.header, sides, strict=True)
    )
    rows = "".join(row(cells, sides, i in one.bold) for i, cells in enumerate(one.rows))
    label = escape(one.caption, quote=True)
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{label}"><table><caption><span>{said(one.caption)}'
        f"</span></caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _kind(side: str, longest: int) -> str:
    """What a column is like: numbers stand right; sentences have room."""
    return ' class="r"' if side == "r" else ' class="long"' if longest > SENTENCE else ""


def row(texts: tuple[str, ...], sides: list[str], bold: bool) -> str:
    """A row of a table."""
    first = f'<th scope="row"{sides[0]}>{said(texts[0])}</th>'
    rest = "".join(f"<td{side}>{said(each)}</td>" for each, side in zip(texts[1:], sides[1:], strict=True))
    kind = ' class="sum"' if bold else ""
    return f"<tr{kind}>{first}{rest}</tr>"
