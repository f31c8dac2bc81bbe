"""The sentences behind the answer, made from the numbers and from nothing else: volumes, flips, what to do next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from breakeven.decision.answers.flips import COUNTS, RATES, Flip
from breakeven.report.pages.parts.answer import narrowed, not_before
from breakeven.report.pages.parts.evidence import best, bought
from breakeven.report.wording import action, counted, label, money, percent, plain, price, volume, words
from breakeven.study.judge.answer import loses_mostly
from breakeven.study.judge.uses import judged_columns, quality_answers
from breakeven.study.questions.capital import capital_of, payback_of
from breakeven.study.study import Basis, BreakEvens, OptionStudy, Study

OTHER_WEIGHTS = "Judge {model} on your own tasks."
ANOTHER_MODEL = "Name another open model (open_model): {model} failed its quality test, wherever it runs."
SETTLE = "See what to find out first: `breakeven value-of-information {file}`."
VET = "Find out whether you may buy from {host} (hosts.allow)."
OFFER = "Ask {host} for an offer at your volume."


TODAYS_PRICE = ("input_price_per_mtok", "output_price_per_mtok", "hosted_discount", "price_scale")


def windows(found: BreakEvens) -> Iterator[str]:
    """Every window of volume that pays, in words."""
    for each in found.windows:
        if each.to_mtok is None:
            yield f"above {volume(each.from_mtok)} a month for good"
        else:
            start, end = volume(each.from_mtok), volume(each.to_mtok)
            number, _, unit = start.partition(" ")
            yield f"at {end}" if start == end else f"from {number if end.endswith(unit) else start} to {end}"


def volumes(study: Study, option: OptionStudy) -> str:
    """The break-even volumes in one line."""
    break_evens, currency = option.break_evens, study.basis.header.currency
    sentences = [*dict.fromkeys(windows(break_evens))]  # of windows that round to one, one
    if not sentences:
        if break_evens.sign_beyond is None:
            return f"no volume up to {volume(break_evens.searched_to_mtok)} a month pays; beyond is not known"
        if break_evens.smaller_base_pays_from_mtok is not None:
            base = volume(break_evens.smaller_base_pays_from_mtok)
            return f"never while it serves everything; a base whose peaks burst pays above {base} a month"
        return "never: no volume pays" if option.verdict == "NEVER" else "never while it serves everything"
    shown = (
        sentences
        if len(sentences) <= 3
        else [*sentences[:2], f"in {counted(len(sentences) - 3, 'more window')}", sentences[-1]]
    )
    month = "" if break_evens.windows[-1].to_mtok is None else " a month"
    start = break_evens.windows[0]
    spend = f" ({volume(start.from_mtok)}: an API spend of {money(start.from_spend, currency)})"
    listed = " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
    return f"pays {listed}{month}{spend if start.from_mtok else ''}"


def margin(it: OptionStudy) -> str:
    """How far the volume may move."""
    if it.margin.down is not None:
        up = "without limit" if it.margin.up is None else percent(it.margin.up)
        return f"volume may fall {percent(-it.margin.down)} or rise {up} before the answer turns"
    if it.margin.to_win is not None:
        return f"the nearest paying volume is {percent(it.margin.to_win, signed=True)} away"
    return "there is no paying volume to reach"


def utilization(option: OptionStudy) -> str:
    """Reached, needed, possible."""
    used = option.utilization
    if used is None:
        return "no GPUs are held, so none stand idle"
    nothing = "no utilization makes this fleet break even"
    needed = nothing if used.needed is None else f"{percent(used.needed)} to break even"
    most = percent(used.ceiling)
    waits = used.batch_in_free_hours
    batch = "" if waits is None else f"; {percent(waits)} of the batch work fits into hours in which the fleet is idle"
    if used.reached > used.ceiling:
        above = f"above the {most} of a fleet that serves its own peaks, because they burst"
        return f"{percent(used.reached)} reached, {above}; {needed}{batch}"
    return f"{percent(used.reached)} reached; {needed}; {most} is the most its peaks allow{batch}"


def over_time(study: Study, option: OptionStudy) -> str:
    """When cash is back, whether it stays so, and what it earns; for owned GPUs also what the monthly charge says."""
    at = study.options.index(option) + 1
    cash, currency, returns = payback_of(study, at), study.basis.header.currency, study.financials[at].returns
    assert cash is not None
    assert returns is not None
    if cash.month is None:
        parts = [f"cash is never back within {study.basis.header.horizon_months} months"]
    else:
        parts = [f"cash is back in month {cash.month}" if cash.month else "no cash is ever tied up"]
    if cash.lost_in_month:
        stopped = money(returns.net_present_value_if_stopped, currency)
        parts += [f"under water again in month {cash.lost_in_month}"]
        parts += [f"best stopped after month {returns.stop_month}: {stopped}"] if returns.stop_month else []
    if cash.rate_per_month is not None:
        parts.append(f"IRR {percent(cash.rate_per_month)} a month")
    return ", ".join(parts) + by_charge(study, at)


def by_charge(study: Study, column: int) -> str:
    """What the view says that spreads owned hardware over its life, named as such; empty where none is bought."""
    hardware = capital_of(study, column).hardware
    if not hardware:
        return ""
    view = study.options[column - 1].horizon
    month = view.payback.completes_in_month
    back = "never pays back" if month is None else f"pays back in month {month}"
    rate = "" if view.irr_per_month is None else f", IRR {percent(view.irr_per_month)} a month"
    paid = money(hardware, study.basis.header.currency)
    return f"; with {paid} of hardware spread as a monthly charge instead of paid: {back}{rate}"


def turns(study: Study, it: OptionStudy, count: int) -> str:
    """What turns the verdict: what plausibly can, then what would have to leave its usual range."""
    found = top_flips(it, count)
    near = [flip_words(study, flip) for flip in found if flip.plausible != "beyond its range"]
    far = [flip_words(study, flip) for flip in found if flip.plausible == "beyond its range"]
    if far:
        near = near or ["nothing within its usual range"]
        return f"{'; '.join(near)}; beyond the usual: {'; '.join(far)}"
    return "; ".join(near) or "no single input, from nothing to tenfold"


def flip_words(study: Study, flip: Flip) -> str:
    """One flip: 'engineers who run it +2.0 % (0.5 to 0.51)'."""
    name = label(flip.name)
    if flip.at is None or flip.change is None:
        return f"{name}: cannot turn it"
    if flip.name in RATES:
        return f"{name} {percent(flip.at, signed=True)} a month (expected: {percent(flip.expected)})"
    if flip.name in ("volume_scale", "price_scale"):
        return f"{name} {percent(flip.change, signed=True)}"
    now, then = (shown_value(study, flip.name, value) for value in (flip.expected, flip.at))
    if flip.absolute or flip.name in COUNTS:
        return f"{name} of {then} (now {now if flip.expected else 'none'})"
    return f"{name} {_moved(flip.change)} ({now} to {then})"


def input_words(study: Study, name: str, value: float) -> str:
    """A value of an input with its unit, as a sentence has it."""
    if name in RATES:
        return f"{percent(value)} a month"
    return percent(value) if name in ("volume_scale", "price_scale") else shown_value(study, name, value)


def _moved(change: float) -> str:
    return percent(change, signed=True) if change <= 2 else f"x {plain(1 + change)}"


def shown_value(study: Study, name: str, value: float) -> str:
    """A value of an input as its unit asks for."""
    return value_words(study.basis, name, value)


def value_words(basis: Basis, name: str, value: float) -> str:
    """The same of an input that nothing was decided from yet."""
    one = basis.inputs[name]
    if one.unit == "MTok/month":
        return volume(value)
    if basis.header.currency in one.unit:
        return price(value, basis.header.currency)
    if one.unit == "1" and name.endswith(("_share", "_discount", "_saving", "_per_year")):
        return percent(value)
    return plain(value)


def not_assessed(study: Study, option: OptionStudy) -> str:
    """Costs that stand at zero because nobody has said what they are; the first with the value that turns it."""
    inputs = study.basis.inputs
    sentences = []
    if float(np.max(inputs["opportunity_multiple"].likely)) == 1.0:
        flip = next((one for one in option.flips if one.name == "opportunity_multiple"), None)
        turn = f"turns it at {plain(flip.at)} times their cost" if flip and flip.at is not None else "cannot turn it"
        sentences.append(f"opportunity cost of the engineers (0; {turn})")
    names = {"loss_per_outage_hour": "losses from outages", "readiness_person_months": "readiness gaps"}
    names = {name: label for name, label in names.items() if name != "readiness_person_months" or not _examined(study)}
    sentences += [f"{label} (0)" for name, label in names.items() if not np.any(inputs[name].likely)]
    return ", ".join(sentences) or "nothing: every cost has a figure"


def _examined(study: Study) -> bool:
    return study.basis.readiness is not None


def top_flips(it: OptionStudy, count: int) -> list[Flip]:
    """The nearest flips, one for each label."""
    found: dict[str, Flip] = {}
    for flip in it.flips:
        if flip.at is not None:
            found.setdefault(label(flip.name), flip)
    return [*found.values()][:count]


def next_steps(study: Study, count: int = 3) -> list[str]:
    """What to do next week: what is not money, then what would settle the flips that are plausible and not measured."""
    option, inputs = best(study), study.basis.inputs
    steps = []
    if option.verdict == "INFEASIBLE" and not option.depth.gates.failed:
        steps.append(f"State {option.replicas_needed:g} replicas or more, or none: the fleet then follows the demand.")
    if loses_mostly(option):
        steps.append(SETTLE.format(file=study.basis.header.file))
    steps += asked_first(study, option)
    if not_before(study):
        steps.append(f"Close the gaps that `breakeven readiness {study.basis.header.file}` lists, cheapest first.")
    plausible = [flip for flip in option.flips if flip.at is not None and flip.plausible != "beyond its range"]
    for flip in plausible:
        known = inputs.get(flip.name)
        if known is not None and known.kind != "measured" and fits(study, flip.name):
            steps.append(advice(study, flip))
    if study.verdict.answer == "KEEP BUYING" and option.break_evens.windows:
        steps.append(f"Decide again when the volume nears {volume(_nearest_edge(study, option))} a month.")
    steps += [template.format(file=study.basis.header.file) for template in words()["general"]]
    return [*dict.fromkeys(step for step in steps if step)][:count]


def advice(study: Study, flip: Flip) -> str:
    """What to do about an input that could turn the answer, with the value at which it does."""
    at = "" if flip.at is None else shown_value(study, flip.name, flip.at)
    return (action(flip.name) or "").format(at=at)


def fits(study: Study, name: str) -> bool:
    """Whether the advice on an input fits: a host is asked only where it wins, today's only where it may be kept, a
    longer log only where there is one.
    """
    if name.startswith("elsewhere_"):
        return study.verdict.answer == "BUY ELSEWHERE"
    if name in TODAYS_PRICE:
        return judged_columns(study.basis)[0].verdict != "fail"
    return name != "volume_scale" or study.basis.demand.kind == "measured"


def asked_first(study: Study, option: OptionStudy) -> Iterator[str]:
    """The open gates, those that hold the answer back first; and whom to ask for an offer."""
    column, model = study.basis.columns[study.verdict.best_option], study.basis.serving.open_model
    judged, host = option.depth.gates, column.host or column.name
    formats, asked = narrowed(judged.unknown), quality_answers(study.basis, study.verdict.best_option)
    if "fail" in asked:
        yield ANOTHER_MODEL.format(model=model)
    elif formats or "unknown" in asked:
        yield OTHER_WEIGHTS.format(model=f"{model}{formats}")
    if bought(study) and study.verdict.answer == "BUY ELSEWHERE":
        if any(gate.startswith("host ") for gate in judged.first):
            yield VET.format(host=host)
        yield OFFER.format(host=host)
    others = [gate for gate in judged.unknown if gate not in judged.first]
    if others:
        yield f"Answer the open gates: {', '.join(others)}."


def _nearest_edge(study: Study, it: OptionStudy) -> float:
    """The end of a winning window that lies nearest to the plan."""
    ends = [end for each in it.break_evens.windows for end in (each.from_mtok, each.to_mtok) if end is not None]
    return min(ends, key=lambda end: abs(end - study.volume_mtok))
