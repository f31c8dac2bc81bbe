"""The verdict: the largest thing on the screen, its three numbers, and the sentences that carry it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from breakeven.decision.risk.uncertainty import OptionOutcome
from breakeven.report.board.blocks import Figure, Tone
from breakeven.report.board.content import TONES
from breakeven.report.board.request import figures
from breakeven.report.pages.parts.answer import headline, why
from breakeven.report.pages.parts.behind import subject
from breakeven.report.pages.parts.evidence import best
from breakeven.report.pages.parts.sentences import next_steps
from breakeven.report.wording import money, percent
from breakeven.study.study import Study
from breakeven.web.markup import Html, el, join, said

SEPARATORS = re.compile(r"(, (?=if )|: )")
MOST_STEPS = 4


def verdict(study: Study) -> Html:
    """The whole verdict of a study."""
    return join(
        [
            answer(headline(study), tone(study), why(study)),
            numbers(figures_of(study)),
            el("p", subject(study), class_="subject"),
        ]
    )


def tone(study: Study) -> Tone:
    """The colour of the answer: what may not be committed to yet is open, whatever its class."""
    return TONES.get(best(study).verdict, "bad") if study.verdict.commit else "open"


def answer(headline_: str, tone: str, because: str) -> Html:
    """The sentence. What stands before its colon, or before its condition, is what to do; it is the largest."""
    first, _, rest = (*SEPARATORS.split(headline_, maxsplit=1), "", "")[:3]
    return el(
        "div",
        el("h1", el("span", first, class_="do"), " ", el("span", rest, class_="what") if rest else None),
        el("p", said(because), class_="why"),
        class_=f"answer {tone}",
    )


def numbers(shown: Sequence[Figure]) -> Html:
    """Some numbers, each with what it is and what it stands on."""
    return el(
        "dl",
        (
            el(
                "div",
                el("dt", figure.label),
                el("dd", figure.value, class_="value"),
                el("dd", said(figure.note), class_="note"),
            )
            for figure in shown
        ),
        class_="figures",
    )


def figures_of(study: Study) -> Sequence[Figure]:
    """Those of the memo, with the chance where the answers before had it."""
    option = best(study)
    gain, saved, *spent = figures(study, option)
    return (gain, saved, chance(option.depth.chance, study.basis.header.currency), *spent)


def chance(drawn: OptionOutcome | None, currency: str, not_yet: str = "") -> Figure:
    """The chance that it pays; `not_yet`: why there is none so far."""
    label = "chance that it pays"
    if drawn is None:
        return Figure(label=label, value="…", note=not_yet or "no finalist, so not drawn")
    between = " to ".join(money(at.value, currency) for at in (drawn.p10, drawn.p90))
    return Figure(label=label, value=percent(drawn.chance_to_pay.value), note=f"eight draws in ten: {between}")


def steps(study: Study) -> Html:
    """What to do in the next days."""
    return el("ol", (el("li", said(each)) for each in next_steps(study, MOST_STEPS)))
