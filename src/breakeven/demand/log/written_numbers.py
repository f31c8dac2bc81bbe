"""How a text file writes its numbers: 1,234.5 or 1.234,5 or 1 234,5. Decided for a whole file, by evidence, and said.

Tokens are whole: a sign inside a count parts thousands. Where three digits behind a sign could be either, and nothing
in the file tells, the number is not believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from breakeven.demand.log.format.counters import BODIES
from breakeven.demand.log.format.paths import Spec, literal, quoted
from breakeven.demand.log.libraries import duckdb
from breakeven.demand.log.rows.tokens import COUNTS, OTHER_COUNTS
from breakeven.demand.log.table.shapes import decided, looking
from breakeven.demand.log.table.tables import LogFile

MONEY = ("cost",)
NUMBERS = (*COUNTS, *OTHER_COUNTS, "total_tokens", *MONEY)
LOOKED_AT, FILES = 10_000, 3
SPACE = "[ '\u2019\u00a0\u202f]"
BLANK = "chr(32) || chr(9) || chr(10) || chr(13) || chr(11) || chr(12)"
FORMS = {  # of a number's text; what has no sign inside tells nothing
    "comma": r"^[-+$€]?\d{1,3}(,\d{3})+$",
    "comma_sure": r"^[-+$€]?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,})$",
    "dot": r"^[-+]?[1-9]\d{0,2}(\.\d{3})+$",
    "dot_sure": r"^[-+]?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})$",
    "dot_not_whole": r"^[-+]?[1-9]\d{0,2}\.(\d\d[1-9]|\d[1-9]\d|[1-9]\d\d)$",
    "decimal_comma": r"^[-+]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+)$",
    "decimal_dot": r"^[-+$€]?(\d+\.(\d{1,2}|\d{4,})|0?\.\d+|\d{4,}\.\d+)(e[-+]?\d+)?$",
    "space": rf"^[-+]?\d{{1,3}}({SPACE}\d{{3}})+([.,]\d+)?$",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How many texts of each of the FORMS there are: among counts of tokens and requests, among amounts of money."""

    counts: dict[str, int]
    money: dict[str, int]

    def any(self, form: str) -> bool:
        """Whether a text anywhere has the form."""
        return bool(self.counts[form] or self.money[form])


def by_writing(files: Sequence[LogFile]) -> tuple[LogFile, ...]:
    """The files, each told how its numbers are written where they are not written plainly."""
    return decided(files, lambda file, paths: _told(file, paths) if file.kind != "parquet" else None)


def _told(file: LogFile, paths: Sequence[Path]) -> LogFile | None:
    try:
        seen = _seen(file, paths[:FILES])
    except duckdb().Error:
        return None  # what is wrong with the file is told where it is read
    thousands = parting_sign(seen, comma_parts_columns=file.delimiter == ",")
    if not thousands:
        return None
    specs_in_digits = {
        name: {"plain": spec, "thousands": thousands} if name in NUMBERS else spec for name, spec in file.fields.items()
    }
    notices = (SAID[thousands],) if thousands in SAID else ()
    return file.with_fields(specs_in_digits, *notices)


SAID = {
    ",": "Numbers are written like 1,234.5: a comma parts thousands.",
    ".": "Numbers are written like 1.234,5: a full stop parts thousands.",
    " ": "Numbers are written like 1 234,5: a space parts thousands.",
}


def parting_sign(seen: Seen, *, comma_parts_columns: bool = True) -> str:
    """The sign between thousands: "," or "." or " "; "" where numbers are plain; "?" where 1.234 may be either."""
    if seen.any("space"):
        return " "
    comma = seen.any("comma_sure") or bool(seen.counts["comma"])
    dot = seen.any("dot_sure") or bool(seen.counts["dot_not_whole"]) or bool(seen.money["decimal_comma"])
    if comma and dot:
        return ""  # it contradicts itself: what is no number is told
    if seen.any("decimal_dot"):
        return "," if comma or seen.money["comma"] else ""
    if comma or dot:
        return "," if comma else "."
    return "?" if seen.counts["dot"] or not comma_parts_columns else ""


def _seen(file: LogFile, paths: Sequence[Path]) -> Seen:
    """The forms among the first rows."""
    texts = {name: list(dict.fromkeys(_texts(file, name))) for name in NUMBERS if name in file.column_of}
    wanted: dict[str, Spec] = {
        f"{name}_{i}": path for name, paths_of_field in texts.items() for i, path in enumerate(paths_of_field)
    }
    looked = file.with_fields(wanted)
    none = dict.fromkeys(FORMS, 0)
    if not wanted or file.form in BODIES:
        return Seen(counts=none, money=none)
    with looking(looked, paths) as (connection, table):
        trimmed = ", ".join(f"trim(CAST({name} AS VARCHAR), {BLANK}) AS {name}" for name in wanted)
        counts = ", ".join(
            f"count(*) FILTER (regexp_matches({name}, {literal(pattern)})) AS {form}_{name}"
            for name in wanted
            for form, pattern in FORMS.items()
        )
        rows = f"SELECT {trimmed} FROM {quoted(table.get_name())} LIMIT {LOOKED_AT}"  # noqa: S608 - names of our own
        asked = connection.con.execute(f"SELECT {counts} FROM ({rows})")  # noqa: S608 - names of our own
        answer = dict(zip([column[0] for column in asked.description], asked.fetchone(), strict=True))
    return Seen(
        counts={
            form: _sum(answer, form, [column for column in wanted if not column.startswith(MONEY)]) for form in FORMS
        },
        money={form: _sum(answer, form, [column for column in wanted if column.startswith(MONEY)]) for form in FORMS},
    )


def _sum(answer: dict[str, int], form: str, names: Sequence[str]) -> int:
    return sum(answer[f"{form}_{name}"] for name in names)


def _texts(file: LogFile, name: str) -> Iterator[str]:
    """The paths of the texts that a number is made of."""
    yield from _paths(file.specs[name]) if file.specs else [file.column_of[name]]


def _paths(spec: Spec) -> Iterator[str]:
    if isinstance(spec, str):
        yield spec
    elif isinstance(spec, list):
        for part in spec:
            yield from _paths(part)
    else:
        for key in ("take", "sum", "added"):
            yield from _paths(spec.get(key, []))
