"""The answer in words: what to do, what to answer first, why, and where the saving comes from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from breakeven.report.pages.parts.evidence import best, bought
from breakeven.report.wording import counted, label, money, percent
from breakeven.study.judge.answer import loses_mostly
from breakeven.study.resolve.buying.gates import formats_in
from breakeven.study.resolve.evidence.evaluations import QUALITY
from breakeven.study.study import OptionStudy, Study


def headline(study: Study) -> str:
    """What to do, in a few words."""
    option, verdict = best(study), study.verdict
    if verdict.answer == "NO COMPLIANT OPTION":
        return verdict.answer
    if verdict.answer == "KEEP BUYING":
        return f"{verdict.answer}{', ON A BETTER CONTRACT' if as_it_is(study) else ''} · {why_not(study, option)}"
    if verdict.first and not verdict.commit:
        name = "" if bought(study) else f" ({option.name})"
        return f"DO NOT COMMIT YET · {verdict.answer}{name}, if {to_answer(study)}"
    named = f"{verdict.answer} ({option.name})"
    if not verdict.commit:
        return f"DO NOT COMMIT YET · {named} pays on average, but loses in most draws"
    return {
        "ROBUST": f"{named} · ROBUST",
        "HOLDS": f"{named} · HOLDS {until(study)}",
        "FRAGILE": f"{named} PAYS, BUT IS FRAGILE",
        "FORCED": f"{named} · FORCED, the gates leave nothing better",
    }[option.verdict]


def why_not(study: Study, it: OptionStudy) -> str:
    """Why nothing else is taken, in a few words."""
    if it.verdict == "INFEASIBLE":
        return "a gate forbids all else" if it.depth.gates.failed else "infeasible on this fleet"
    if it.verdict == "NEVER" and any(each.verdict == "LOSES" for each in study.options):
        return "nothing else pays at this volume"
    return {
        "NEVER": "nothing else pays at any volume",
        "TIE": "the two cost the same",
    }.get(it.verdict, "nothing else pays at this volume")


def to_answer(study: Study) -> str:
    """What to answer before anybody commits."""
    column, model = study.basis.columns[study.verdict.best_option], study.basis.serving.open_model
    host = column.host or column.name
    hosts = [each for each in study.verdict.first if each.startswith("host ")]
    quality = [each for each in study.verdict.first if each not in hosts]
    if not quality:
        return f"you may buy {model} from {host}"
    passes = f"{model}{f' at {host}' if bought(study) else narrowed(quality)} passes your quality test"
    return f"{passes} and you may buy there" if hosts else passes


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
    return f"All is held against today's model with {units} committed units; today's contract costs {more} more."


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
    """What a win still waits for: open gates first, then readiness."""
    ready = study.basis.readiness
    if best(study).depth.gates.verdict != "pass":
        return "while the gates are open"
    if ready is None:
        return "if the team is ready"
    return "once the team is ready" if not ready.ready else "until it is drawn"


def not_before(study: Study) -> str:
    """That production cannot start yet; empty where it can, where nothing is recommended, or nobody has looked."""
    ready = study.basis.readiness
    if ready is None or ready.ready or study.verdict.answer == "KEEP BUYING" or bought(study):
        return ""
    held = ready.blocking or ready.red or ready.yellow
    return f"It cannot start before month {ready.earliest_start_month}: readiness lacks {', '.join(held)}."


def reason(study: Study) -> str:
    """Why, in one sentence with the numbers that decide."""
    option, header = best(study), study.basis.header
    if option.verdict == "INFEASIBLE" and option.depth.gates.failed:
        return f"{option.name} fails {', '.join(option.depth.gates.failed)}."
    if option.verdict == "INFEASIBLE":
        fleet = f"{counted(option.replicas, 'replica')} cannot carry the peak"
        return (
            f"{option.name}: {fleet}; {option.replicas_needed:g} are needed to keep the promise in the busiest month."
        )
    per_month = f"{_against(option.monthly_saving, header.currency, digits=3)} in month {header.month}"
    whole = f"{_against(option.expected_net_present_value, header.currency)} over {header.horizon_months} months"
    name = f"on average {option.name}" if loses_mostly(option) else option.name
    against = "than keeping today's model"
    sentence = f"{name} costs {per_month}, and {whole} {against} (net present value){_halves(option)}{_odds(option)}."
    return f"{sentence}{on_average(study, option)}"


def on_average(study: Study, it: OptionStudy) -> str:
    """That the class rests on the mean of the draws, where the draw of all means has another sign; else nothing."""
    at_means = it.horizon.net_present_value
    if (at_means > 0) == (it.expected_net_present_value > 0):
        return ""
    told = money(at_means, study.basis.header.currency, digits=3)
    return f" That is the mean over the draws, which the class uses; with every input at its mean it is {told}."


def _against(saving: float, currency: str, *, digits: int | None = None) -> str:
    return f"{money(abs(saving), currency, digits=digits)} {'less' if saving > 0 else 'more'}"


def _odds(it: OptionStudy) -> str:
    """That it should not be committed to, where most draws lose."""
    if not loses_mostly(it) or it.depth.chance is None:
        return ""
    return f"; it loses in {percent(1 - it.depth.chance.chance_to_pay.value)} of the draws: do not commit to it yet"


def _halves(it: OptionStudy) -> str:
    if it.expected_net_present_value <= 0:
        return ""
    lost = [test.name for test in it.half_tests if not test.wins]
    if len(it.half_tests) == 1:
        return f"; at half the volume it {'does not pay' if lost else 'still pays'}"
    if not lost:
        return "; it still pays at half the utilization, both ways"
    return "; at half the utilization it does not pay" + ("" if len(lost) > 1 else f" ({lost[0]})")


def rests_on(study: Study) -> str:
    """The assumed inputs that could easily turn the verdict; empty when it rests on none."""
    names = [label(each) for each in study.verdict.rests_on_assumptions]
    return f"It rests on what is only assumed: {', '.join(names)}." if names else ""
