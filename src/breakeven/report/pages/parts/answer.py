"""The answer in words: what to do, what to answer first, why, and where the saving comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from breakeven.report.pages.parts.columns import always, called, in_order, is_bought, side_in_a_sentence, way
from breakeven.report.pages.parts.evidence import best, bought
from breakeven.report.wording import counted, few, gains, label, money, month_shortly, odds, sentence
from breakeven.study.judge.uses import judged_columns, kept_where_it_is
from breakeven.study.modes import BOUGHT
from breakeven.study.resolve.buying.gates import formats_in
from breakeven.study.resolve.evidence.evaluations import QUALITY
from breakeven.study.study import Basis, Column, OptionStudy, Study

MOST_NAMED = 3  # workloads in a sentence


def headline(study: Study) -> str:
    """What to do, in one sentence; what must be answered first stands in it."""
    option, verdict = best(study), study.verdict
    if verdict.answer == "NO COMPLIANT OPTION":
        return f"{verdict.answer}: {nothing_left(option)}."
    if verdict.answer == "KEEP BUYING":
        return f"{verdict.answer}{', ON A BETTER CONTRACT' if as_it_is(study) else ''}: {why_not(study, option)}."
    named = verdict.answer if bought(study) else f"{verdict.answer} ({way(study, verdict.best_option)})"
    if verdict.first and not verdict.commit:
        return f"{named}, if {to_answer(study)}."
    if not verdict.commit:
        return f"{named}: NOT YET. It pays on average, but loses in most scenarios."
    if bought(study):
        named = f"{named} ({called(study, verdict.best_option)})"
    return {
        "ROBUST": f"{named}: it pays, and everything was examined.",
        "HOLDS": f"{named}: it pays, {until(study)}.",
        "FRAGILE": f"{named}: it pays, but not by a safe margin.",
        "FORCED": f"{named}: your own rules leave nothing better.",
    }[option.verdict]


def why(study: Study) -> str:
    """The sentences under the answer: what to do until then, the reason, the best rival, what holds it up."""
    said = [until_then(study), ruled_out(study), kept(study), reason(study), beside(study), better_contract(study)]
    said.append(not_before(study))
    return " ".join(filter(None, said))


def ruled_out(study: Study) -> str:
    """That today's model may not be kept, and by which rule; empty where it may."""
    failed = judged_columns(study.basis)[0].failed
    return f"Today's API fails {', '.join(failed)}." if failed else ""


def kept(study: Study) -> str:
    """Which workloads stay where they are because they fail a gate of their own; empty where none does."""
    gates: dict[tuple[str, ...], list[str]] = {}
    for name, failed in kept_where_it_is(study.basis).items():
        gates.setdefault(failed, []).append(name)
    return " ".join(
        f"{few(names, MOST_NAMED)} {'stays' if len(names) == 1 else 'stay'} on today's API: {', '.join(failed)} fails."
        for failed, names in gates.items()
    )


def until_then(study: Study) -> str:
    """What to do while the best option waits; empty where it need not."""
    if study.verdict.commit:
        return ""
    at = study.verdict.option
    if not at or study.basis.columns[at].mode == "hosted":
        return "Until then keep buying."
    return f"Until then: {called(study, at)}."


def why_not(study: Study, it: OptionStudy) -> str:
    """Why nothing else is taken, in a few words."""
    if it.verdict == "INFEASIBLE":
        return "a gate forbids all else" if it.depth.gates.failed else "the fleet that the case fixes is too small"
    if it.verdict == "NEVER" and any(each.verdict == "LOSES" for each in study.options):
        return "nothing else pays at this volume"
    return {
        "NEVER": "nothing else pays at any volume",
        "TIE": "the two cost nearly the same",
    }.get(it.verdict, "nothing else pays at this volume")


def nothing_left(it: OptionStudy) -> str:
    """Why nothing may be taken: today's model fails a rule, and so does all else, or it cannot carry the load."""
    if it.depth.gates.failed:
        return "everything fails a rule of yours"
    return "today's API fails a rule, and the fleet that the case fixes is too small"


def to_answer(study: Study) -> str:
    """What to answer before anybody commits."""
    return asked_before(study.basis, study.basis.columns[study.verdict.best_option], study.verdict.first)


def asked_before(basis: Basis, column: Column, first: Sequence[str]) -> str:
    """The same of an option and the gates that hold it back."""
    model, host = basis.serving.open_model, column.host or column.name
    hosts = [each for each in first if each.startswith("host ")]
    quality = [each for each in first if each not in hosts]
    if not quality:
        return f"you may buy {model} from {host}"
    passes = f"{model}{'' if column.mode in BOUGHT else narrowed(quality)} passes your quality test"
    return f"{passes} and you may buy it from {host}" if hosts else passes


def narrowed(gates: Iterable[str]) -> str:
    """The formats that gates ask about, in words that follow the model: " in fp8"."""
    return "".join(each.removeprefix(QUALITY) for each in gates if each.startswith(QUALITY) and formats_in(each))


def as_it_is(study: Study) -> OptionStudy | None:
    """Today's model on today's contract, where a better one is cheaper."""
    pairs = zip(study.basis.columns[1:], study.options, strict=True)
    return next((each for column, each in pairs if column.mode == "hosted"), None)


def better_contract(study: Study) -> str:
    """What the contract of today costs more than the best one for today's model; empty where it is the best."""
    today, header = as_it_is(study), study.basis.header
    if today is None:
        return ""
    more = money(-today.expected_net_present_value, header.currency)
    units = " to ".join(f"{each:g}" for each in units_held(study))
    return f"All is held against a better contract ({units} committed units): today's costs {more} more."


def units_held(study: Study) -> list[float]:
    """The least and the most committed units of the best contract for today's model."""
    held = np.asarray(study.basis.inputs["committed_units"].likely)[0, 0, 0, 0]
    return sorted({float(held.min()), float(held.max())})


def two_steps(study: Study) -> str:
    """Where the saving comes from: another model first, then serving it yourself; empty where nobody sells it."""
    steps, header = study.verdict.steps, study.basis.header
    if not steps.bought or steps.another_model is None:
        return ""
    name = study.basis.columns[steps.bought].name
    what = "another model" if study.basis.serving.other_models else "another host"
    first = f"{what}, {name}, {_gains(steps.another_model, header.currency)}"
    if steps.serving_it_yourself is None:
        return f"In one step: {first}."
    second = f"serving it yourself {_gains(steps.serving_it_yourself, header.currency)} against that"
    return f"In two steps over {header.horizon_months} months: {first}; {second}."


def _gains(worth: float, currency: str) -> str:
    return f"{'saves' if worth > 0 else 'loses'} {money(abs(worth), currency)}"


def until(study: Study) -> str:
    """What a win still waits for: open questions first, then readiness."""
    ready = study.basis.readiness
    if best(study).depth.gates.verdict != "pass":
        return "with questions left open (see Do next)"
    if ready is None:
        return "if the team is ready"
    return "once the team is ready" if not ready.ready else "though no scenarios were drawn"


def not_before(study: Study) -> str:
    """That production cannot start yet; empty where it can, where nothing is recommended, or nobody has looked."""
    ready = study.basis.readiness
    if ready is None or ready.ready or study.verdict.answer == "KEEP BUYING" or bought(study):
        return ""
    held, as_of = ready.blocking or ready.red or ready.yellow, study.basis.header.as_of
    return (
        f"It cannot start before {month_shortly(as_of, ready.earliest_start_month)}: readiness lacks {', '.join(held)}."
    )


def reason(study: Study) -> str:
    """Why, in one sentence with the numbers that decide."""
    option, at = best(study), study.verdict.best_option
    if option.verdict == "INFEASIBLE" and option.depth.gates.failed:
        return f"{sentence(called(study, at))} fails {', '.join(_of_whom(study, option.depth.gates.failed))}."
    if option.verdict == "INFEASIBLE":
        fleet = f"{counted(option.replicas, 'replica')} cannot carry the peak"
        return (
            f"{sentence(called(study, at))}: {fleet}; {option.replicas_needed:g} are needed to keep the promise in the "
            "busiest month."
        )
    return f"{sentence(side_in_a_sentence(study, at))} {against_today(study, at)}{on_average(study, option)}"


def _of_whom(study: Study, failed: Iterable[str]) -> Iterator[str]:
    """The gates with the workloads that fail them, where these are not all."""
    for name in failed:
        gates = [gate for gate in study.basis.gates if gate.name == name and gate.verdict == "fail"]
        whom = [gate.workload for gate in gates if gate.workload is not None]
        yield f"{name} for {few(whom, MOST_NAMED)}" if len(whom) == len(gates) else name


def beside(study: Study) -> str:
    """The best rival of the other side, in one sentence; empty where there is none."""
    rival = [i for i in in_order(study)[: always(study)] if i and study.basis.columns[i].mode != "hosted"][1:]
    if not rival or is_bought(study, rival[0]) == bought(study):
        return ""
    option, currency = study.options[rival[0] - 1], study.basis.header.currency
    whole, chance = option.expected_net_present_value, option.depth.chance
    month = f"{money(abs(option.monthly_saving), currency)} a month {'less' if option.monthly_saving > 0 else 'more'}"
    total = gains(whole, currency)
    odds_of = "" if chance is None else f", pays in {odds(chance.chance_to_pay.value)}"
    return f"{sentence(side_in_a_sentence(study, rival[0]))}: {month}, {total}{odds_of}."


def against_today(study: Study, column: int) -> str:
    """What a column does to the named month and to the horizon, and how often that is a gain."""
    it, header = study.options[column - 1], study.basis.header
    month = f"{_against(it.monthly_saving, header.currency)} a month than today's model"
    whole = it.expected_net_present_value
    total = gains(whole, header.currency)
    chance = it.depth.chance
    odds_of = "" if chance is None else f"; it pays in {odds(chance.chance_to_pay.value)} scenarios"
    return f"costs {month} and {total} over {header.horizon_months} months (in today's money){odds_of}."


def on_average(study: Study, it: OptionStudy) -> str:
    """That the class rests on the mean of the draws, where the draw of all means has another sign; else nothing."""
    at_means = it.horizon.net_present_value
    if (at_means > 0) == (it.expected_net_present_value > 0):
        return ""
    told = money(at_means, study.basis.header.currency)
    return f" That is the mean over all scenarios; with every input at its mean it is {told}."


def _against(saving: float, currency: str) -> str:
    return f"{money(abs(saving), currency)} {'less' if saving > 0 else 'more'}"


def rests_on(study: Study) -> str:
    """The assumed inputs that could easily turn the verdict; empty when it rests on none."""
    names = [label(each) for each in study.verdict.rests_on_assumptions]
    return f"It rests on what is only assumed: {', '.join(names)}." if names else ""
