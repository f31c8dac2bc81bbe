"""The lines under the table of the short page: what was not said, what turns it, stress, what it rests on, next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from breakeven.decision.answers.flips import Flip
from breakeven.numbers.inputs import KINDS
from breakeven.report.pages.parts.columns import called, option_of
from breakeven.report.pages.parts.evidence import best, replica_words
from breakeven.report.pages.parts.not_said import named, other, shortly, standing
from breakeven.report.pages.parts.sentences import flip_words, next_steps, top_flips
from breakeven.report.wording import counted, gains, money, percent, volume
from breakeven.study.study import Study

NOT_SAID, FLIPS, STRESS, BASED = "You did not say", "Answer turns at", "If it goes worse", "Based on"
BETWEEN = " · "
MOST = 3  # of defaults, of flips, of steps
SHORTLY = {"half the tokens, same fleet": "half the volume", "same tokens, replicas half as fast": "half the speed"}


def four_lines(study: Study, room: int) -> list[tuple[str, str]]:
    """A label and a line each; `room`: the characters that defaults, and flips, may take."""
    return [
        (NOT_SAID, unsaid(study, room)),
        (FLIPS, flips(study, room)),
        (STRESS, stress(study)),
        (BASED, rests(study)),
    ]


def within(said: Sequence[str], room: int) -> str:
    """As many as there is room for, at least one."""
    kept = [each for i, each in enumerate(said) if not i or len(BETWEEN.join(said[: i + 1])) <= room]
    return BETWEEN.join(kept)


def unsaid(study: Study, room: int) -> str:
    """The defaults that move the answer most, and what the usual alternative of each would make of the gain."""
    currency = study.basis.header.currency
    said = [
        f"{named(one)}: {standing(study, one)} (if {shortly(other(study, one))}: "
        f"{gains(one.worth_then, currency)}{', another answer' if one.turns else ''})"
        for one in study.unsaid[:MOST]
    ]
    return within(said, room) or "nothing that moves the answer"


def flips(study: Study, room: int) -> str:
    """What alone would turn the answer, the most plausible first."""
    option = best(study)
    if option.verdict == "INFEASIBLE":
        return "nothing: it is not possible as it stands"
    top = top_flips(option, MOST)
    near = [flip_shortly(study, flip) for flip in top if flip.plausible != "beyond its range"]
    far = [flip_shortly(study, flip) for flip in top if flip.plausible == "beyond its range"]
    if not near:
        far = [f"nothing usual; {far[0]}", *far[1:]] if far else ["no single figure, from nothing to tenfold"]
    return within(near or far, room)


def flip_shortly(study: Study, flip: Flip) -> str:
    """A flip without the two values of what moves by a share."""
    return flip_words(study, flip).partition(" (")[0]


def stress(study: Study) -> str:
    """The gain or loss at half the volume and at half the speed."""
    currency = study.basis.header.currency
    tests = best(study).half_tests
    said = (f"{SHORTLY.get(test.name, test.name)}: {gains(test.net_present_value, currency)}" for test in tests)
    return BETWEEN.join(said)


def rests(study: Study) -> str:
    """The demand, the replica, how much is known and how, and what stands outside."""
    demand, serving, inputs = study.basis.demand, study.basis.serving, study.basis.inputs
    used = [
        case_input for case_input in inputs.values() if case_input.kind != "constant" and case_input.likely is not None
    ]
    counts = Counter(case_input.kind for case_input in used)
    known = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind])
    aside = f", {counted(demand.rows_set_aside, 'row')} of the log set aside" if demand.rows_set_aside else ""
    outside = [f"without {left.what} ({percent(left.share_of_bill)} of the bill)" for left in study.not_covered]
    own = any(option.gpus for option in study.options)
    best = f", the best of {serving.chosen.looked_at:,} designs" if serving.chosen else ""
    replica = [f"{serving.open_model} in {replica_words(serving)} a replica{best}"] if own else []
    return BETWEEN.join(
        [
            f"{volume(study.volume_mtok)} a month ({demand.kind}{aside})",
            *replica,
            f"{len(used)} inputs: {known}",
            *outside,
        ]
    )


def steps(study: Study) -> list[tuple[str, str]]:
    """What to do next, numbered, a line each."""
    return [("" if i else "Do next", f"{i + 1} {step}") for i, step in enumerate(next_steps(study, MOST))]


def more(study: Study) -> str:
    """Where all else is."""
    told = len(study.basis.notices) + len(study.not_covered)
    notes = f" ({counted(told, 'note')})" if told else ""
    return f"--full{notes}{BETWEEN}explain CASE LINE{BETWEEN}report CASE -o FOLDER"


def left_out(study: Study, columns: list[int]) -> Iterator[str]:
    """The options for which the page has no column, with what each is worth."""
    currency = study.basis.header.currency
    for i in columns:
        it = option_of(study, i)
        worth = "not possible" if it.verdict == "INFEASIBLE" else money(it.expected_net_present_value, currency)
        yield f"{called(study, i)} {worth}"
