"""The page of defaults: what the case of five keys does not say, and what it would give otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from _generate.names import GENERATED
from _generate.tables import table

from breakeven.decision.answers.unsaid import Unsaid
from breakeven.report.wording import label, money, percent, plain
from breakeven.study.case.case import Case
from breakeven.study.questions.defaults import Defaults, defaults_of

LEAST = 0.02  # of the discounted hosted cost
READ = """\
*Stands* is the mean of the range where the input is drawn. The alternative is the end of its range (5th or 95th \
percentile) that moves the result more, or a choice that others make. *Bought* and *own* are what it does to the net \
present value of the best host of the same weights and of the best way to serve them yourself: point answers, every \
drawn input at its mean, fleets as decided; a choice is resolved anew with its own fleet. `breakeven decide` shows the \
five largest of your own case as *Not said*, `breakeven flips` all of them. Whoever states a key takes it out of the \
list.

Costs that stand at zero because nobody can guess them (what the engineers are worth elsewhere, losses from outages, \
readiness gaps) have no alternative here; the page tells them as *Not assessed*. Prices of the host, model and GPU \
that the case names are facts of their day, no defaults."""
README = Path(__file__).resolve().parents[2] / "README.md"


@cache
def five_keys() -> str:
    """The case of five keys, as the README has it."""
    return (
        README.read_text("utf-8").partition("```yaml\n# case.yaml: five keys")[2].partition("\n")[2].partition("```")[0]
    )


@cache
def found() -> Defaults:
    """Its defaults, on a day that stays."""
    return defaults_of(Case.parse(f"as_of: 2026-11-21\n{five_keys()}"))


def rows() -> Iterator[tuple[str, ...]]:
    """Every default that moves an option by more than `LEAST`, the largest first."""
    its = found()
    for key in sorted({*its.bought, *its.own}, key=its.share, reverse=True):
        if its.share(key) > LEAST:
            yield row(key, its)


def row(key: str, its: Defaults) -> tuple[str, ...]:
    """One default: where it stands, and what the alternative does to either side."""
    either = [each[key] for each in (its.bought, its.own) if key in each]
    one = max(either, key=lambda each: abs(each.moves))
    return (
        f"`{key}`",
        label(one.name) if one.name else one.meaning,
        _value(one.stands),
        _value(one.alternative),
        *(_moves(each.get(key), its.hosted_cost, one) for each in (its.bought, its.own)),
        one.source.title,
        one.source.date,
        f"[inputs](inputs.md#{one.name})" if one.name else "[case](case.md)",
    )


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else plain(value) if abs(value) >= 0.1 else f"{value:.3g}"


def _moves(its: Unsaid | None, whole: float, one: Unsaid) -> str:
    """How far one side moves; of the other side the alternative may be another one, which is said."""
    if its is None or abs(its.moves) < 0.0005 * whole:
        return "0"
    other = "" if its.alternative == one.alternative else f" (at {_value(its.alternative)})"
    return f"{money(its.moves, 'USD')}, {percent(its.moves / whole, signed=True)}{other}"


def page() -> str:
    """The whole page."""
    its = found()
    head = (
        f"# Defaults that matter\n\n{GENERATED}\n\nA case of five keys leaves nearly everything open:\n\n"
        f"```yaml\n{five_keys()}```\n\nThese are the defaults that move what an option is worth by more than "
        f"{100 * LEAST:.0f} % of the discounted hosted cost ({money(its.hosted_cost, 'USD')} over 36 "
        f"months), the largest first. {READ}\n\n"
    )
    heading = ("key", "default", "stands", "alternative", "bought", "own", "source", "date", "change it")
    return head + table(heading, [*rows()])
