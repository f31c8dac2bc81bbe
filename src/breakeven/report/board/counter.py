"""The counter-memo: the best honest case for the other side, from the same study and the same numbers."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.report.board.blocks import Bullets, Paragraph, Section, sentence
from breakeven.report.pages.parts.columns import called, called_all
from breakeven.report.pages.parts.evidence import best
from breakeven.report.pages.parts.sentences import flip_words, top_flips, volumes
from breakeven.report.wording import label, money, percent
from breakeven.study.judge.uses import judged_columns
from breakeven.study.study import OptionStudy, Study

MOST = 3


def counter_memo(study: Study) -> Section:
    """Against the best option where the memo is for it; for it where the memo is against it."""
    if study.verdict.answer == "NO COMPLIANT OPTION":
        points = tuple(sentence(point) for point in were_it_permitted(study))
        start = (
            "Nothing may be done as it stands. What each option would be worth if the rules that it fails were changed."
        )
        return Section(title="The counter-memo", blocks=(Paragraph(text=start), Bullets(items=points)))
    option, owns = best(study), study.verdict.answer != "KEEP BUYING"
    points = tuple(sentence(point) for point in (against(study, option) if owns else in_favour(study, option)))
    failed = judged_columns(study.basis)[0].failed
    forbidden = f", which fails {', '.join(failed)}" if failed else ""
    side = f"keep buying{forbidden}" if owns else f"choose {called(study, study.verdict.best_option)}"
    start = f"The best honest case to {side}, from the same numbers."
    if not points:
        return Section(
            title="The counter-memo",
            blocks=(Paragraph(text=f"{start} There is none: no range, gate or half test speaks for it."),),
        )
    return Section(title="The counter-memo", blocks=(Paragraph(text=start), Bullets(items=points)))


def in_favour(study: Study, option: OptionStudy) -> Iterator[str]:
    """What speaks for owning although the answer is to buy."""
    currency = study.basis.header.currency
    if option.break_evens.windows:
        name = called(study, study.verdict.best_option)
        yield f"there is a volume at which it pays: {name} {volumes(study, option)}"
    yield from chance_to_win(study, option)
    first = option.depth.hidden_costs.rungs[0]
    if first.saving_so_far > 0:
        saved = money(first.saving_so_far, currency)
        yield f"the GPUs alone, if busy, save {saved} a month; what eats it is people and upkeep, which can be shared"
    if failed := judged_columns(study.basis)[0].failed:
        yield f"buying fails {', '.join(failed)}, and money does not mend that"
    yield from likely_turns(study, option, "would turn it")
    yield from guessed(study, option)


def were_it_permitted(study: Study) -> Iterator[str]:
    """Each way with what it fails, dearest rule first: today's API, then the options by what they are worth."""
    currency, (today, *others) = study.basis.header.currency, judged_columns(study.basis)
    cost = money(study.hosted_monthly_cost, currency)
    yield f"without {' and '.join(today.failed)}, today's model could stay, at {cost} a month"
    names = called_all(study.basis)[1:]
    ways = sorted(
        zip(study.options, others, names, strict=True), key=lambda way: way[0].expected_net_present_value, reverse=True
    )
    for option, judged, name in ways:
        worth = option.expected_net_present_value
        gain = f"{'gain' if worth > 0 else 'lose'} {money(abs(worth), currency)} against it"
        yield f"without {' and '.join(judged.failed) or 'a fleet that is too small'}, {name} would {gain}"


def against(study: Study, option: OptionStudy) -> Iterator[str]:
    """What speaks for buying although the answer is to own."""
    currency = study.basis.header.currency
    for test in option.half_tests:
        if not test.wins:
            yield f"{test.name}: it loses {money(-test.net_present_value, currency)} over the horizon"
    drawn = option.depth.chance
    if drawn is not None and drawn.chance_to_pay.value < 1:
        lost = percent(1 - drawn.chance_to_pay.value)
        worst = money(drawn.tail_mean.value, currency)
        yield f"it loses in {lost} of the draws, and its worst twentieth averages {worst}"
    if option.exit_cost:
        yield f"going back costs {money(option.exit_cost, currency)} once the API is left"
    unsure = option.depth.gates.unknown
    if option.depth.gates.verdict == "unknown":
        yield f"nobody has shown that it may be done: {', '.join(unsure) or 'no gate was examined'}"
    yield from likely_turns(study, option, "is enough to turn it")
    yield from guessed(study, option)


def chance_to_win(study: Study, it: OptionStudy) -> Iterator[str]:
    """The draws in which owning wins, if there are any."""
    drawn, currency = it.depth.chance, study.basis.header.currency
    if drawn is not None and drawn.chance_to_pay.value > 0:
        best_tenth = money(drawn.p90.value, currency)
        yield f"it pays in {percent(drawn.chance_to_pay.value)} of the draws; one in ten is above {best_tenth}"


def likely_turns(study: Study, it: OptionStudy, what: str) -> Iterator[str]:
    """Single changes that could well happen and turn the answer."""
    found = [flip for flip in top_flips(it, MOST) if flip.plausible != "beyond its range"]
    if found:
        yield f"one change of these {what}: {'; '.join(flip_words(study, flip) for flip in found)}"


def guessed(study: Study, it: OptionStudy) -> Iterator[str]:
    """Influential inputs that nobody measured."""
    flips = [flip for flip in top_flips(it, 2 * MOST) if flip.name in study.basis.inputs]
    names = [label(flip.name) for flip in flips if study.basis.inputs[flip.name].kind == "assumed"]
    if names:
        yield f"among its most influential inputs these are only assumed: {', '.join(names)}"
