"""Sources: where every input is from, how old that is, and which inputs rest on it."""

from __future__ import annotations

from datetime import date

from breakeven.numbers.inputs import Input, Source, all_known_from
from breakeven.report.wording import label
from breakeven.report.workbook.canvas import Book, height, words
from breakeven.report.workbook.layout import SOURCES, Layout

FIRST = 4


def write_sources(book: Book, layout: Layout) -> None:
    """Write the sheet."""
    page, text = book.page(SOURCES), words()["sources"]
    page.text(0, 0, text["title"], "title")
    page.text(1, 0, text["note"].format(as_of=layout.basis.header.as_of), "note")
    page.heads(FIRST - 1, dict(enumerate(text["heads"])))
    labels_of: dict[tuple[Source, str], list[str]] = {}
    for name, one in layout.basis.inputs.items():
        if one.kind != "constant":
            for known in all_known_from(one):
                labels_of.setdefault((known.source, known.kind), []).append(label(name))
    for row, ((source, kind), names) in enumerate(sorted(labels_of.items(), key=lambda pair: by_kind(*pair[0])), FIRST):
        used = ", ".join(dict.fromkeys(names))
        page.text(row, 0, source.title, "wrap")
        page.text(row, 1, source.address, "wrap")
        page.text(row, 2, source.date if source.date != "unknown" else text["unknown"], "wrap")
        age = age_in_days(source.date, layout.basis.header.as_of)
        page.number(row, 3, age, "top", "#,##0")
        page.text(row, 4, f"  {kind}", "wrap")
        page.text(row, 5, used, "wrap")
        page.sheet.set_row(row, height((used, 70), (source.title, 42), (source.address, 36)))
    for column, width in enumerate((46, 40, 12, 10, 11, 70)):
        page.sheet.set_column(column, column, width)
    page.sheet.freeze_panes(FIRST, 1)
    page.sheet.print_area(0, 0, FIRST + len(labels_of) - 1, 5)
    page.paper(title_rows=(FIRST - 1, FIRST - 1), tall=1, portrait=True)


def by_kind(source: Source, kind: Input | str) -> tuple[int, str]:
    """What is measured first, what is only assumed last."""
    return ("measured", "published", "modelled", "assumed").index(str(kind)), source.title


def age_in_days(day: str, as_of: str) -> float | None:
    """Days from a date (a day, a month or a year) to the day of the case; None where it is not known."""
    parts = day.split("-")
    if not all(part.isdigit() for part in parts) or not 1 <= len(parts) <= 3:
        return None
    first = date(*(int(part) for part in [*parts, "1", "1"][:3]))
    return float((date.fromisoformat(as_of) - first).days)
