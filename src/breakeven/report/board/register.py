"""The register of assumptions, by influence, and the sources with their age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from breakeven.numbers.inputs import Input, all_known_from, own_ranges
from breakeven.report.board.blocks import Grid
from breakeven.report.pages.parts.evidence import MOST_ORIGINS, kinds, origins
from breakeven.report.pages.parts.sentences import input_words
from breakeven.report.wording import few, label
from breakeven.study.study import OptionStudy, Study

OLD_DAYS = 365


def assumptions(study: Study, option: OptionStudy) -> Grid:
    """Every input with a value: those that turn the verdict soonest first, the rest by name."""
    order = {flip.name: i for i, flip in enumerate(option.flips) if flip.at is not None}
    used = {name: one for name, one in study.basis.inputs.items() if counted(one)}
    names = sorted(used, key=lambda name: (order.get(name, len(order)), name))
    rows = tuple(
        (
            words(name, used[name]),
            value_text(study, name, used[name]) + mean_text(study, name, used[name]),
            range_text(study, name, used[name]),
            "" if used[name].unit == "1" else used[name].unit.replace("*", "-"),
            kinds(study, name),
            sources_text(study, name),
        )
        for name in names
    )
    return Grid(
        caption=f"The {len(rows)} inputs that are not nothing; ranges are the 5th and 95th percentile; where one "
        "is not even, its mean is what the first page reckons with",
        header=("input", "likely", "range", "unit", "kind", "source"),
        rows=rows,
        sides="lrrlll",
    )


def counted(one: Input) -> bool:
    """Whether an input is a choice or a measurement: definitions are not assumptions, and nothing is not a number."""
    return one.kind != "constant" and one.likely is not None and bool(np.any(one.likely))


def words(name: str, one: Input) -> str:
    """What an input is called; its meaning where it has no name in sentences."""
    called = label(name)
    return one.meaning or called if called == name.replace("_", " ") else called


def value_text(study: Study, name: str, one: Input) -> str:
    """The likely value; from least to most where it differs by workload, option or month."""
    values = np.asarray(one.likely, dtype=float)
    least, most = float(values.min()), float(values.max())
    if least == most:
        return input_words(study, name, least)
    used = values[values != 0]
    if used.size and float(used.min()) == float(used.max()):
        return input_words(study, name, float(used.max()))
    return f"{input_words(study, name, least)} to {input_words(study, name, most)}"


def mean_text(study: Study, name: str, one: Input) -> str:
    """Where a number that is drawn stands, where that is told otherwise than its likely value."""
    mean = study.means.get(name)
    if mean is None or np.ndim(one.likely):
        return ""
    said = input_words(study, name, float(mean))
    return "" if said == input_words(study, name, float(np.max(one.likely))) else f" (mean {said})"


def range_text(study: Study, name: str, one: Input) -> str:
    """The range it is drawn from; where every element has its own, the narrowest and the widest in proportion."""
    ranges = own_ranges(one)
    if one.low is None or one.high is None:
        return ""
    if ranges is None:
        return f"{input_words(study, name, one.low)} to {input_words(study, name, one.high)}"
    ends = sorted(zip(*map(np.ravel, ranges), strict=True), key=lambda pair: pair[1] / pair[0])
    return "; ".join(" to ".join(input_words(study, name, float(end)) for end in pair) for pair in (ends[0], ends[-1]))


def sources_text(study: Study, name: str) -> str:
    """Where it is from; where that differs, what each place says it of."""
    said = [source + (f" ({few(places, MOST_ORIGINS)})" if places else "")
            for (_, source), places in origins(study, name).items()]  # fmt: skip
    return few(said, MOST_ORIGINS)


def sources(study: Study) -> Grid:
    """Every dated source, the oldest first, and how many inputs rest on it; undated ones before all."""
    rows = tuple(sorted(source_rows(study), key=lambda row: (row[1] != "undated", row[1], row[0])))
    return Grid(
        caption=f"Age in days on {study.basis.header.as_of}; older than {OLD_DAYS} days is marked",
        header=("source", "date", "age", "inputs"),
        rows=rows,
        sides="llrr",
    )


def source_rows(study: Study) -> Iterator[tuple[str, ...]]:
    """A row a source."""
    today = date.fromisoformat(study.basis.header.as_of)
    counts: dict[tuple[str, str], int] = {}
    for one in study.basis.inputs.values():
        if counted(one):
            for source in dict.fromkeys(known.source for known in all_known_from(one)):
                key = (" ".join(filter(None, [source.title, source.address])), source.date)
                counts[key] = counts.get(key, 0) + 1
    for (title, day), count in counts.items():
        yield title, "undated" if day == "unknown" else day or "–", age(day, today), str(count)


def age(day: str, today: date) -> str:
    """Days since a date, marked where that is long."""
    try:
        days = (today - date.fromisoformat(f"{day}-01-01"[:10])).days
    except ValueError:
        return ""
    return "later" if days < 0 else f"{days:,}{' · old' if days > OLD_DAYS else ''}"
