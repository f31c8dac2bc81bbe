"""What was measured, day by day, whoever measured it; and by calendar month, with how much of the month is known."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

What = Literal[
    "api_bill", "gpu_rent", "host_and_storage", "egress", "self_hosting",  # money
    "input_tokens", "output_tokens", "cached_tokens", "requests",  # all that was asked for
    "own_input_tokens", "own_output_tokens", "own_cached_tokens", "own_requests",  # what our own engines served
]  # fmt: skip
MONEY: frozenset[What] = frozenset({"api_bill", "gpu_rent", "host_and_storage", "egress", "self_hosting"})
Month = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """An amount over some days, evenly; `rank`: of two that tell the same thing the higher one counts."""

    what: What
    first: date
    days: int
    amount: float
    source: str
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMonth:
    """What is known of one thing in a month: the sum over the `days` that are known, and as a whole month."""

    amount: float
    days: int
    month_days: int
    sources: tuple[str, ...]

    @property
    def whole(self) -> float:
        """As if the unknown days were like the known ones."""
        return self.amount * self.month_days / self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Actuals:
    """All of it, and what should be told of how it was read."""

    spells: tuple[Spell, ...]
    notices: tuple[str, ...] = ()


def together(files: Iterable[Actuals]) -> Actuals:
    """Several files as one. What two of them tell differently is told by the better one: a bill before a count."""
    spells, notices = list[Spell](), list[str]()
    for actuals in files:
        spells += actuals.spells
        notices += actuals.notices
    best = {what: max(s.rank for s in spells if s.what == what) for what in {s.what for s in spells}}
    kept = tuple(s for s in spells if s.rank == best[s.what])
    for what in sorted({s.what for s in spells if s.rank < best[s.what]}):
        dropped = sorted({s.source for s in spells if s.what == what and s.rank < best[what]})
        used = sorted({s.source for s in kept if s.what == what})
        notices.append(f"{what.replace('_', ' ')} is taken from {', '.join(used)}, not from {', '.join(dropped)}.")
    return Actuals(spells=kept, notices=tuple(dict.fromkeys(notices)))


def by_month(actuals: Actuals) -> Mapping[Month, Mapping[What, OfMonth]]:
    """Every calendar month of which something is known, in order."""
    sums: dict[tuple[Month, What], dict[date, float]] = {}
    sources: dict[tuple[Month, What], dict[str, None]] = {}
    for spell in actuals.spells:
        for offset in range(spell.days):
            day = spell.first + timedelta(days=offset)
            key = ((day.year, day.month), spell.what)
            days = sums.setdefault(key, {})
            days[day] = days.get(day, 0.0) + spell.amount / spell.days
            sources.setdefault(key, {})[spell.source] = None
    months: dict[Month, dict[What, OfMonth]] = {}
    for (month, what), days in sorted(sums.items()):
        months.setdefault(month, {})[what] = OfMonth(
            amount=sum(days.values()), days=len(days), month_days=monthrange(*month)[1],
            sources=tuple(sources[month, what]),
        )  # fmt: skip
    return months
