"""Writes the generated pages of the docs: `make docs`. With --check it writes nothing and exits 1 if one is stale.

Whole pages are docs/reference/*.md and the picture; in all other pages what stands between two markers is
replaced: lines, run, file, verdict and backtest (see _generate/blocks.py).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from breakeven.outputs import write

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = "examples/support-chat/case.yaml"
WIDTH = 100
# What a shell may have set must not change a page; typer reads these when it is imported.
sys.path.append(str(ROOT))  # the results of trust/
STEADY = {"COLUMNS": str(WIDTH), "TERMINAL_WIDTH": str(WIDTH), "_TYPER_FORCE_DISABLE_TERMINAL": "1", "NO_COLOR": "1"}


def whole_pages() -> dict[str, str]:
    """Pages that are generated from the first line to the last, by path."""
    from _generate import cases, commands, defaults, formulas, names, picture

    from breakeven.study.case.editor import case_schema_text
    from breakeven.study.judge.study_schema import study_schema_text

    return {
        "docs/reference/lines.md": formulas.page(),
        "docs/reference/inputs.md": names.inputs_page(),
        "docs/reference/glossary.md": names.glossary_page(),
        "docs/reference/sources.md": names.sources_page(),
        "docs/reference/defaults.md": defaults.page(),
        "docs/reference/cli.md": commands.page(),
        "docs/reference/case.md": cases.page(),
        "docs/reference/case.schema.json": case_schema_text(),
        "docs/reference/study.schema.json": study_schema_text(),
        **{f"docs/images/{key}.svg": drawn for key, drawn in picture.charts_as_svg(EXAMPLE).items()},
        "docs/images/decide.svg": picture.page_as_svg(EXAMPLE, WIDTH),
    }


def written_pages(whole: Mapping[str, str]) -> dict[str, str]:
    """Pages that people write, with what stands between their markers made anew."""
    from _generate import blocks

    paths = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}
    return {path: blocks.renewed(text, path) for path, text in texts.items() if path not in whole}


def stale(pages: Mapping[str, str]) -> list[str]:
    """Pages whose file does not say what it should."""
    return [path for path, text in pages.items() if not (ROOT / path).exists() or read(path) != text]


def read(path: str) -> str:
    """A file of the checkout."""
    return (ROOT / path).read_text("utf-8")


def main() -> int:
    """Write what is stale, or only tell it."""
    os.chdir(ROOT)
    os.environ.pop("FORCE_COLOR", None)
    os.environ.update(STEADY)
    whole = whole_pages()
    pages = whole | written_pages(whole)
    found = stale(pages)
    if "--check" in sys.argv:
        print("\n".join(f"{path} is stale. Run `make docs`." for path in found) or "The docs are current.")
        return int(bool(found))
    for path in found:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        write(ROOT / path, pages[path])
    print("\n".join(f"wrote {path}" for path in found) or "The docs are current.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
