"""The sentences of a study: the verdict and its reasons, made from the numbers and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from breakeven.decision.flips import Flip
from breakeven.report.wording import action, label, money, months, percent, plain, price, volume
from breakeven.study.study import BreakEvens, OptionStudy, Study

NOT_EXAMINED = "chance and gates not examined"


def best(study: Study) -> OptionStudy:
    """The self-hosting option that the verdict speaks of."""
    return study.options[study.verdict.best_option - 1]


def headline(study: Study) -> str:
    """What to do, in a few words."""
    own = best(study).name
    return {
        "HOLDS": f"SELF-HOST ({own}) · HOLDS, {NOT_EXAMINED}",
        "FRAGILE": f"SELF-HOST ({own}) PAYS, BUT IS FRAGILE",
        "TIE": "KEEP BUYING · the two cost the same",
        "LOSES": "KEEP BUYING · self-hosting loses at this volume",
        "NEVER": "KEEP BUYING · self-hosting pays at no volume",
        "INFEASIBLE": "KEEP BUYING · infeasible on this fleet",
    }[best(study).verdict]


def reason(study: Study) -> str:
    """Why, in one sentence with the numbers that decide."""
    it, header = best(study), study.basis.header
    npv, over = it.horizon.net_present_value, f"over {header.horizon_months} months"
    worth = money(abs(npv), header.currency, digits=3)
    monthly = money(abs(it.monthly_saving), header.currency, digits=3)
    if it.verdict == "INFEASIBLE":
        return f"{it.replicas:g} replicas are {plain(it.peak_shortfall_replicas)} busy replicas short at the peak."
    per_month = f"{'saves' if it.monthly_saving > 0 else 'loses'} {monthly} in month {header.month}"
    whole = f"{'gains' if npv > 0 else 'loses'} {worth} {over} (net present value)"
    return f"{it.name} {per_month} and {whole}; {_halves(it)}."


def _halves(it: OptionStudy) -> str:
    lost = [test.name for test in it.half_tests if not test.wins]
    if not lost:
        return "it still pays at half the utilization, both ways"
    if it.horizon.net_present_value <= 0:
        return "at half the utilization it loses more"
    return f"at half the utilization it does not pay ({'; '.join(lost)})"


def windows(found: BreakEvens) -> Iterator[str]:
    """Every window of volume that pays, in words."""
    for each in found.windows:
        if each.to_mtok is None:
            yield f"above {volume(each.from_mtok)} a month, and for ever"
        else:
            yield f"from {volume(each.from_mtok)} to {volume(each.to_mtok)} a month"


def volumes(study: Study, it: OptionStudy) -> str:
    """The break-even volumes in one line."""
    found, header = it.break_evens, study.basis.header
    said = [*windows(found)]
    if not said:
        if found.sign_beyond is None:
            return f"no volume up to {volume(found.searched_to_mtok)} a month pays; beyond is not known"
        return "never: no volume pays"
    more = f"; {len(said) - 3} more windows" if len(said) > 3 else ""
    spend = money(found.windows[0].from_spend, header.currency, digits=3)
    return f"pays {'; '.join(said[:3])}{more} (API spend {spend})"


def margin(it: OptionStudy) -> str:
    """How far the volume may move."""
    if it.margin.down is not None:
        up = "without limit" if it.margin.up is None else percent(it.margin.up, signed=True)
        return f"volume may fall {percent(-it.margin.down)} or rise {up} before the answer turns"
    if it.margin.to_win is not None:
        return f"the nearest paying volume is {percent(it.margin.to_win, signed=True)} away"
    return "there is no paying volume to reach"


def utilization(it: OptionStudy) -> str:
    """Reached, needed, possible."""
    used = it.utilization
    needed = "no utilization is enough" if used.needed is None else f"{percent(used.needed)} needed to break even"
    return f"{percent(used.reached)} reached, {needed}, {percent(used.ceiling)} possible under the peak"


def over_time(study: Study, it: OptionStudy) -> str:
    """Payback, and whether it stays paid."""
    view, currency = it.horizon, study.basis.header.currency
    if view.payback.months is None:
        return f"never pays back within {study.basis.header.horizon_months} months"
    said = [
        f"pays back in month {view.payback.completes_in_month} ({months(view.payback.months)};"
        f" discounted {months(view.discounted_payback.months)})"
    ]
    if view.under_water_again_in_month:
        said.append(f"under water again in month {view.under_water_again_in_month}")
        said.append(
            f"best stopped after month {view.stop_month}: "
            f"{money(view.net_present_value_if_stopped, currency, digits=3)}"
        )
    if view.irr_per_month is not None:
        said.append(f"IRR {percent(view.irr_per_month)} a month")
    return ", ".join(said)


def flip_words(study: Study, flip: Flip) -> str:
    """One flip: 'engineers who run it +2.0 % (0.5 to 0.51)'."""
    name = {"volume_scale": "volume", "price_scale": "all hosted prices"}.get(flip.name, label(flip.name))
    if flip.at is None or flip.change is None:
        return f"{name}: cannot flip it"
    if flip.name in ("volume_scale", "price_scale"):
        return f"{name} {percent(flip.change, signed=True)}"
    unit = study.basis.inputs[flip.name].unit
    if flip.absolute:
        return f"{name} {percent(flip.at, signed=True)}" if unit == "1" else f"{name} {plain(flip.at)} {unit}"
    money_unit = study.basis.header.currency in unit
    shown = [
        price(value, study.basis.header.currency) if money_unit else plain(value) for value in (flip.likely, flip.at)
    ]
    return f"{name} {percent(flip.change, signed=True)} ({shown[0]} to {shown[1]})"


def not_assessed(study: Study, it: OptionStudy) -> str:
    """Costs that stand at zero because nobody has said what they are; the first with the value that turns it."""
    inputs = study.basis.inputs
    said = []
    if float(np.max(inputs["opportunity_multiple"].likely)) == 1.0:
        flip = next((one for one in it.flips if one.name == "opportunity_multiple"), None)
        turn = f"turns it at {plain(flip.at)} times their cost" if flip and flip.at is not None else "cannot turn it"
        said.append(f"opportunity cost of the engineers (0; {turn})")
    names = {"loss_per_outage_hour": "losses from outages", "readiness_person_months": "readiness gaps"}
    said += [f"{label} (0)" for name, label in names.items() if not np.any(inputs[name].likely)]
    return ", ".join(said) or "nothing: every cost has a figure"


def top_flips(study: Study, it: OptionStudy, count: int) -> list[Flip]:
    """The nearest flips, one for each label."""
    found: dict[str, Flip] = {}
    for flip in it.flips:
        if flip.at is not None:
            found.setdefault(label(flip.name), flip)
    return [*found.values()][:count]


def next_steps(study: Study, count: int = 3) -> list[str]:
    """What to do next week: first what would settle the nearest flips that are not measured."""
    steps = []
    for flip in best(study).flips:
        known = study.basis.inputs.get(flip.name)
        if flip.at is not None and known is not None and known.kind != "measured":
            steps.append(action(flip.name))
    if study.basis.gates:
        steps.insert(0, f"Examine the gates yourself ({', '.join(study.basis.gates)}): breakeven does not yet.")
    return [*dict.fromkeys(step for step in steps if step)][:count]
