"""What was checked against what, from the checks themselves; and the limits of every method page in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from _generate import commands

METHOD = Path("docs/method")
LIMITS = re.compile(r"(?ms)^## Limits\n+(.*?)(?=^## |\Z)")
TITLE = re.compile(r"(?m)^# (.+)$")
LINK = re.compile(r"\]\((?!https?:|#|\.\./|/)([^)]+)\)")


def checked() -> str:
    """A row a check: what it holds against what, and what came of it."""
    rows = "\n".join(f"| {what} | {against} | {found} |" for what, against, found in _checks())
    return f"| what | held against | found |\n|---|---|---|\n{rows}"


def _checks() -> Iterator[tuple[str, str, str]]:
    from breakeven.study.register import full_model, register

    counts = json.loads(commands.answer("breakeven verify --json")[0])["counts"]
    listed = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    yield "Published comparisons, recomputed", "their own figures; [`breakeven verify`](reference/cli.md)", listed
    lines = len(full_model().lines)
    yield (
        "Every line of the cost model",
        "a second engine in plain loops, on random cases",
        f"{lines} lines agree to 1e-9",
    )
    examples = len([*Path("tests/examples").glob("*.yaml")])
    yield "Worked examples", "sums done by hand", f"{examples} files, to the cent"
    inputs = register()
    yield "Inputs", "a source and a unit each; a test refuses one without", f"{len(inputs)} inputs"
    table = Path("docs/method/throughput-check.md").read_text("utf-8")
    found = re.search(
        r"\| \*\*groups left out\*\* \| ([\d,]+) \| ([^|]+) \| ([^|]+) \|[^|]*\|[^|]*\| ([^|]+) \|", table
    )
    if found is None:
        raise SystemExit("docs/method/throughput-check.md has no row of groups left out any more.")
    rows, median, bias, band = (each.strip() for each in found.groups())
    yield (
        "Throughput without an own measurement",
        f"{rows} published rows, each left out with its group; [all cuts](method/throughput-check.md)",
        f"median error {median}, bias {bias}, {band} inside the band",
    )
    yield (
        "The workbook",
        "the engine: every live formula recalculated by LibreOffice, at the ends of every range too",
        "equal; [how to read it](method/workbook.md)",
    )


def limits() -> str:
    """The limits that each method page ends with, under its title."""
    found = []
    for page in sorted(METHOD.glob("*.md")):
        text = page.read_text("utf-8")
        its, title = LIMITS.search(text), TITLE.search(text)
        if its and title:
            body = LINK.sub(r"](method/\1)", its[1].strip()).replace("](../", "](")
            found.append(f"## [{title[1]}](method/{page.name})\n\n{body}")
    return "\n\n".join(found)
