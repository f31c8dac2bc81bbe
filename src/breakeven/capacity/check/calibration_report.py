"""The page that says how good the step model is on rows it was not fitted to, also where it is bad."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.capacity.check.by_chance import AIMED, uneven
from breakeven.capacity.check.own_check import OwnCheck, Told
from breakeven.capacity.step_model.columns import Floats, Mask
from breakeven.capacity.step_model.cross_validation import LeftOut, Score, Table, score, scores_by
from breakeven.capacity.step_model.widths import half_of

HEADING = (
    "| | rows | groups | median error | bias | within 25 % | within 50 % | inside the band |\n"
    "|---|---|---|---|---|---|---|---|\n"
)
WORST = 15  # groups named
NOVELTY = ("1, near what is known", "2", "3", "4, far from it")  # quarters of the rows
INTRODUCTION = """# How good the throughput model is

Written by `make calibrate` on {day}; do not edit. Method: [throughput.md](throughput.md).

{rows:,} published rows of {groups} groups (model, GPU, engine, precision). Every figure below is of rows left
out: constants and effects were fitted anew without them, and no group's errors had a say in the width of its own
band. The median error is of the absolute value, the bias of the signed one, in percent of the measurement: above
zero, we say more than was measured. The band is made to hold 80 % of rows over the first two cuts: groups left out
one by one, and a fifth of them at once, so that relatives are missing too. The others show what it holds where all of
an engine, a GPU generation or a family of models is new.
"""
TEXT = """
What to make of it: a model on a GPU and engine of which relatives were published is predicted well. Where
a whole engine or a GPU generation is new, nothing tells how good its software is: trust the band, not the
middle, and measure. The groups at the bottom of this page are the ones we cannot explain.

Published rows of mixtures of experts are mostly those that vendors show first: with their family left out, we say
less than was measured. A model that nobody tuned for yet may well be slower than its published relatives.
"""
UNEVEN = """## Groups left out, in slices

Rows of a group lie inside the band or outside it together, so the share of a slice of few groups says little. Of the
{slices} slices below with 50 rows or more, {outside} hold fewer than {low:.0%} or more than {high:.0%}. If the groups'
own shares were dealt at random among groups of about as many rows, as if no kind were surer than another, {middle}
would ({least} to {most} in eight deals of ten). So these rows cannot show that a kind needs a wider or narrower band
than it has; more published groups could.
"""
OWN_TEXT = """## With measurements of one's own

Groups left out, of which 1, 2 or 3 rows are given back as if the user had measured them; the other rows are predicted.
The rows given are drawn by chance, five times. A configuration is one layout, engine version and publication of a
group, with at least five rows; a group may hold several. Time per output token is of the rows that publish it: mostly
mixtures on Blackwell and AMD, the hardest ones.

| | rows | median error before | after | within 25 % | inside the band | rows with time per token | before | after |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Rows predicted without others, by what was left out (groups one by one first); `band` in deviations."""

    rows: Table
    cuts: dict[str, LeftOut]
    band: float
    own: OwnCheck
    own_band: float

    @property
    def by_group(self) -> LeftOut:
        """Each row without its group."""
        return next(iter(self.cuts.values()))

    def inside(self, left: LeftOut) -> Mask:
        """Whether the band holds each measurement."""
        return np.asarray(np.abs(left.errors) <= half_of(left.deviations, self.band))


def page(checked: Checked, day: datetime.date) -> str:
    """The page in Markdown."""
    rows = checked.rows
    parts = [
        INTRODUCTION.format(day=day.isoformat(), rows=len(rows.setups), groups=len(set(rows.groups))),
        _cuts(checked, kinds_of(rows)),
        TEXT,
        _own(checked),
        _unevenness(checked),
        *(_table(title, names, checked) for title, names in _slices(checked).items()),
        _worst(checked),
    ]
    return "\n".join(parts)


def _slices(checked: Checked) -> dict[str, list[str]]:
    """Each row's slice, in every way that the page slices the rows."""
    rows = checked.rows
    return {
        "By engine": [level["engine"] for level in rows.levels],
        "By vendor": [level["vendor"] for level in rows.levels],
        "By GPU generation": [level["family"] for level in rows.levels],
        "By GPU": [level["gpu"] for level in rows.levels],
        "By engine's age": _ages(rows),
        "By novelty": _novelty(checked),
        "By family of models": [level["lineage"] for level in rows.levels],
        "By precision": [setup.precision.name for setup in rows.setups],
        "By publication": [setup.bench.series for setup in rows.setups],
        "By load": [setup.bench.load for setup in rows.setups],
        "By model": [setup.architecture.model for setup in rows.setups],
    }


def _unevenness(checked: Checked) -> str:
    """What slices there are outside the aim, and how many chance alone makes."""
    inside = checked.inside(checked.by_group)
    found = uneven(checked.rows.groups, inside, [*_slices(checked).values()])
    low, middle, high = found.by_chance
    return UNEVEN.format(
        slices=found.slices,
        outside=found.outside,
        low=AIMED[0],
        high=AIMED[1],
        middle=f"{middle:.0f}",
        least=f"{low:.0f}",
        most=f"{high:.0f}",
    )


def kinds_of(rows: Table) -> list[str]:
    """Dense or mixture of experts, a row."""
    return ["mixture of experts" if each.mixture else "dense" for each in rows.setups]


def _line(name: str, found: Score, groups: int) -> str:
    return (
        f"| {name} | {found.n:,} | {groups} | {found.median_absolute_percentage_error:.1f} % | {found.bias:+.1%} | "
        f"{found.within_25:.0%} | {found.within_50:.0%} | {found.band_coverage:.0%} |\n"
    )


def _cuts(checked: Checked, kinds: Sequence[str]) -> str:
    lines = []
    for name, left in checked.cuts.items():
        inside = checked.inside(left)
        lines.append(_line(f"**{name}**", score(left.errors, inside), len(set(checked.rows.groups))))
        lines += _lines(kinds, checked, left)
    return "\n## All\n\n" + HEADING + "".join(lines)


def _own(checked: Checked) -> str:
    """The errors before and after measurements of one's own."""
    lines = [
        _own_line(f"{name}, {each.count} given", each, checked.own_band)
        for name, cut in (("one configuration", checked.own.configurations), ("one group", checked.own.groups))
        for each in cut
    ]
    return OWN_TEXT + "".join(lines)


def _own_line(name: str, told: Told, band: float) -> str:
    if not told.after.size:
        return ""
    inside = np.abs(told.after) <= band * told.deviations
    scored = score(told.after, inside)
    before = score(told.before, inside)
    return (
        f"| {name} | {scored.n:,} | {before.median_absolute_percentage_error:.1f} % | "
        f"{scored.median_absolute_percentage_error:.1f} % | {scored.within_25:.0%} | {scored.band_coverage:.0%} | "
        f"{told.tpot_after.size:,} | {_off(told.tpot_before)} | {_off(told.tpot_after)} |\n"
    )


def _off(errors: Floats) -> str:
    return f"{100 * float(np.median(np.abs(np.expm1(errors)))):.1f} %" if errors.size else ""


def _table(title: str, names: Sequence[str], checked: Checked) -> str:
    return f"### {title}\n\n{HEADING}" + "".join(_lines(names, checked, checked.by_group))


def _lines(names: Sequence[str], checked: Checked, left: LeftOut) -> list[str]:
    """A line for the rows of each name."""
    groups: dict[str, set[str]] = {}
    for name, group in zip(names, checked.rows.groups, strict=True):
        groups.setdefault(name, set()).add(group)
    found = scores_by(names, left.errors, checked.inside(left))
    return [_line(name, each, len(groups[name])) for name, each in found.items()]


def _ages(rows: Table) -> list[str]:
    """Years that the engine is older than the newest published one, in halves."""
    return [f"{np.floor(2 * age) / 2:g} years and more" for age in rows.cells["age"]]


def _novelty(checked: Checked) -> list[str]:
    """How much of what groups may differ by was still unknown when the row was predicted: the deviation, unwidened."""
    deviations = checked.by_group.unwidened
    edges = np.quantile(deviations, (0.25, 0.5, 0.75))
    return [NOVELTY[int(at)] for at in np.searchsorted(edges, deviations)]


def _worst(checked: Checked) -> str:
    """The groups that are furthest off, with the direction."""
    names, errors = np.array(checked.rows.groups), checked.by_group.errors
    middle = {str(name): _middle(errors[names == name]) for name in np.unique(names)}
    worst = sorted(middle, key=lambda name: -abs(middle[name]))[:WORST]
    lines = [
        f"| {name.replace('|', ' · ')} | {int((names == name).sum())} | {np.expm1(middle[name]):+.0%} |\n"
        for name in worst
    ]
    title = "## Furthest off\n\nThe group's middle row, predicted against measured.\n\n"
    return title + "| group | rows | predicted |\n|---|---|---|\n" + "".join(lines)


def _middle(errors: Floats) -> float:
    return float(np.median(errors))
