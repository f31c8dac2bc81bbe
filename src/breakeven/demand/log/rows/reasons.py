"""Why a row of a log cannot be used, in words; and whether nothing is wrong, said first and cheaply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from breakeven.demand.log.format.formats import Format
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.rows.tokens import whole

LARGEST_COUNT = 10_000_000  # tokens of one request; no context window is near it
LARGEST_SUM = 100_000_000_000_000  # tokens of an hour or a day
LONGEST_BUCKET = 366 * 86_400
EARLIEST, LATEST = 946_684_800, 4_102_444_800  # seconds since 1970: the years 2000 to 2100
NOT_ABOUT = "not "  # … a request of a model: nothing of the demand is lost with the row
OUTSIDE = "timestamp is outside the years 2000 to 2100"
USED, MONEY = "yes", "money"  # what `about` says of a row that is read: its tokens count, or only its cost
KINDLESS = "its words do not say which kind of token it charges for"
OVER = "cached_input_tokens is over input_tokens, which should include them"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checked:
    """What is looked at of a row: Ibis expressions. `absent` says that a field holds no value.

    `bucket_s` is None for single requests; `about` is None where the format tells all its rows to be of use. `idle`: an
    hour or a day in which nothing was used, None where a row cannot say so. `empty`: the row stands for a list that
    holds nothing, None where rows do not lie in lists. `beside`: see `token_sums`. `any_start`: times may count from a
    start of their own.
    """

    second: Any
    absent: dict[str, Any]
    amounts: dict[str, Any]
    failed: Any
    bucket_s: Any
    about: Any
    one: Format
    beside: Any
    relative: bool
    any_start: bool = False
    idle: Any = None
    empty: Any = None
    money: Any = None

    @property
    def largest(self) -> int:
        """The largest count that is believed."""
        return LARGEST_COUNT if self.bucket_s is None else LARGEST_SUM

    @property
    def least(self) -> int:
        """The smallest count that is believed: a bill may take tokens back."""
        return -self.largest if self.one.map.get("corrections") else 0

    @property
    def earliest(self) -> int:
        """The earliest second that is believed."""
        return 0 if self.any_start or self.relative else EARLIEST

    def required(self, field: str) -> bool:
        """Whether a row without this field cannot be used."""
        return field in ("input_tokens", "output_tokens") and not self.one.partial

    @property
    def kindless(self) -> Any:
        """Whether a row of a bill charges for tokens and none of its kinds is told."""
        if not (self.one.partial and self.amounts):
            return ibis().literal(False)
        nothing = self.about == USED if self.idle is None else (self.about == USED) & ~self.idle
        for each in self.amounts:
            nothing &= self.absent[each]
        return nothing

    @property
    def cached(self) -> Any:
        """Tokens that were read from a cache or written to it, where the input should include them; else None."""
        parts = [self.amounts[each] for each in ("cached_input_tokens", "cache_write_tokens") if each in self.amounts]
        if self.beside is True or self.one.partial or not parts:
            return None
        both = whole(parts[0]) + whole(parts[1]) if parts[1:] else ibis().coalesce(parts[0], 0)
        return both if self.beside is False else ibis().cases((self.beside, 0), else_=both)


def fine(row: Checked) -> Any:
    """Nothing wrong at all: said first and cheaply, so that only the few others are looked at closely."""
    good = (row.second >= row.earliest) & (row.second < LATEST)
    for field, value in row.amounts.items():
        usable = (value >= row.least) & (value <= row.largest)
        if not value.type().is_integer():
            usable &= value.try_cast("int64") == value
        unless = row.idle if row.required(field) else row.absent[field]
        good &= usable if unless is None else ibis().coalesce(usable, unless)
    if row.cached is not None:
        good &= row.cached <= row.amounts["input_tokens"]
    if row.bucket_s is not None:
        good &= (row.bucket_s > 0) & (row.bucket_s <= LONGEST_BUCKET)
    if row.about is not None:
        good &= row.about.isin([USED, MONEY]) & ~ibis().coalesce(row.kindless, False)
    if row.money is not None:
        good &= ~row.money.isnull() | row.absent["cost"]
    return ibis().coalesce(good, False)


def reasons(row: Checked) -> list[tuple[Any, str]]:
    """What can be wrong with a row, in words, the first that holds being told."""
    cases = []
    if row.empty is not None:
        cases += [(row.absent["timestamp"] & row.empty, NOT_ABOUT + "a row: its list is empty")]
        cases += [(row.absent["timestamp"], "timestamp is missing")]
    cases += _reasons_of_about(row)
    cases += [(row.absent["timestamp"], "timestamp is missing"), (row.second.isnull(), "timestamp is not a time")]
    outside = (row.second < row.earliest) | (row.second >= LATEST)
    cases += [(outside, OUTSIDE)]
    if row.bucket_s is not None:
        cases += [(ibis().coalesce(row.bucket_s <= 0, True), "the row's end is not after its start")]
        cases += [(row.bucket_s > LONGEST_BUCKET, "the row sums more than a year")]
    for field in row.amounts:
        cases += _reasons_of(row, field)
    if row.money is not None:
        cases += [(row.money.isnull() & ~row.absent["cost"], "cost is not a number")]
    if row.cached is not None:
        cases += [(row.cached > ibis().coalesce(row.amounts["input_tokens"], 0), OVER)]
    return cases


def _reasons_of_about(row: Checked) -> list[tuple[Any, str]]:
    """What a row is about, where that keeps it from being read."""
    if row.about is None:
        return []
    cases = [(row.about.isnull(), NOT_ABOUT + str(row.one.map["about"]))]
    cases += [(row.about == value, str(said)) for value, said in row.one.map.get("apart", {}).items()]
    return [*cases, (row.kindless, KINDLESS)]


def _reasons_of(row: Checked, field: str) -> list[tuple[Any, str]]:
    """What can be wrong with one count."""
    value, absent = row.amounts[field], row.absent[field]
    excused = row.failed if row.idle is None else row.failed | row.idle
    cases = [(absent & ~excused, f"{field} is missing")] if row.required(field) else []
    one = "one request" if row.bucket_s is None else "one row"
    return [
        *cases,
        (~absent & value.isnull(), f"{field} is not a number"),
        (value < row.least, f"{field} is negative"),
        (value > row.largest, f"{field} is over {row.largest // 1_000_000:,} million in {one}"),
        (value.try_cast("int64").cast("float64") != value, f"{field} is not whole"),
    ]
