"""What the case did not say: the defaults that move the result most, and what the alternative of each would give."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.decision.answers.unsaid import Choice, Unsaid
from breakeven.report.pages.parts.sentences import input_words
from breakeven.report.wording import label, money, percent
from breakeven.study.study import Study

MOST = 5
PRECISION = "self_hosting.precision"
SHARES = ("hosted.discount", "hosted.gateway_fee")


def not_said(study: Study) -> str | None:
    """The largest defaults of the option that the verdict is on; of the precision what it does to serving it ourselves.

    None where every default that moves the result was stated.
    """
    currency = study.basis.header.currency
    defaults = [f"{money(study.unsaid[0].worth, currency)} as it stands"] if study.unsaid else []
    defaults += [
        f"{named(one)} {standing(study, one)} ({shortly(other(study, one))}: "
        f"{money(one.worth_then, currency)}{', turns it' if one.turns else ''})"
        for one in study.unsaid[:MOST]
    ]
    if not any(one.key == PRECISION for one in study.unsaid[:MOST]):
        defaults += [*precisions(study)]
    return "; ".join(defaults) or None


def precisions(study: Study) -> Iterator[str]:
    """What another precision would make of serving it ourselves, where the case names none."""
    currency = study.basis.header.currency
    for each in study.basis.choices:
        if each.key == PRECISION and not (each.cannot or each.worth["own"] is None):
            worth, then = (
                money(float(value or 0.0), currency) for value in (each.worth["own"], each.worth_then["own"])
            )
            yield f"{each.meaning} {each.stands} ({each.alternative}: serving it yourself {then}, not {worth})"


def shortly(value: str) -> str:
    """A rate whose period stands before it already."""
    return value.removesuffix(" a month")


def named(one: Unsaid) -> str:
    """What a default is called in a sentence."""
    return label(one.name) if one.name else one.meaning


def standing(study: Study, one: Unsaid) -> str:
    """Where it stands: a drawn input at its mean."""
    return in_words(one, one.stands) if isinstance(one.stands, str) else input_words(study, one.name, one.stands)


def other(study: Study, one: Unsaid) -> str:
    """The alternative."""
    said = one.alternative
    return in_words(one, said) if isinstance(said, str) else input_words(study, one.name, said)


def in_words(one: Unsaid, said: str) -> str:
    """What a choice stands at: a share as a percentage."""
    return percent(float(said)) if one.key in SHARES else said


def impossible(choices: tuple[Choice, ...]) -> list[str]:
    """Alternatives that give no answer, and why."""
    return [f"{each.meaning} {each.alternative}: {each.cannot}" for each in choices if each.cannot]
