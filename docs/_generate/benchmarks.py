"""The results of load generators that are read."""

from __future__ import annotations

from _generate.tables import table

from breakeven.capacity.benchmarks.formats import benchmark_format, format_names

LISTED = "requests"  # two tools' lists of single requests, told below the table


def formats() -> str:
    """Every format, what it is, whose count of tokens it has, and what its field names were taken from."""
    rows = [
        (f"`{one.name}`", one.title, one.counted, f"{one.evidence}: {one.evidence_source}")
        for one in (benchmark_format(each) for each in format_names())
        if one.name != LISTED
    ]
    return table(("format", "what it is", "whose tokens", "evidence"), rows).rstrip()
