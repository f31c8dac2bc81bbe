"""Sentences on what stands behind the first answers: chance, gates, owned bases, hidden costs, the robust choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from breakeven.decision.hybrid.hybrid import OwnedReplica
from breakeven.decision.readiness.gates import Gate
from breakeven.numbers.inputs import all_known_from
from breakeven.numbers.operations import OPTION, WORKLOAD
from breakeven.report.pages.parts.columns import called, called_all
from breakeven.report.wording import allowed, few, label, money, month_shortly, percent, plain
from breakeven.study.modes import BOUGHT
from breakeven.study.study import OptionStudy, ServingSummary, Study

MOST_ORIGINS = 3  # places that a number is known from
LEAST_BURST = 0.0005  # of the tokens: less is told as nothing
TOLD = 0.01  # of the mean: a smaller difference to the point of all means is not told


def known_words(study: Study, name: str) -> str:
    """How an input is known and where it is from; where that differs, each with what it holds for."""
    said = [
        f"{kind}, {source}{f' ({few(places, MOST_ORIGINS)})' if places else ''}"
        for (kind, source), places in origins(study, name).items()
    ]
    more = len(said) - MOST_ORIGINS
    return "; ".join(said[:MOST_ORIGINS]) + (f"; and {more:,} more, in study.json" if more > 0 else "")


def origins(study: Study, name: str) -> Mapping[tuple[str, str], list[str]]:
    """Each kind and source of an input with what it holds for; nothing is named where all have the same."""
    one, found = study.basis.inputs[name], dict[tuple[str, str], list[tuple[int, int]]]()
    if one.known_from is None:
        return {(one.kind, str(one.source)): []}
    for index, each in np.ndenumerate(one.known_from):
        found.setdefault((each.kind, str(each.source)), []).append((index[WORKLOAD], index[OPTION]))
    return {known: _places(study, one.known_from.shape, where) for known, where in found.items()}


def _places(study: Study, shape: Sequence[int], where: Sequence[tuple[int, int]]) -> list[str]:
    """What elements belong to: options of which all workloads are meant, else a workload, of an option or of all."""
    names, options = [workload.name for workload in study.basis.demand.workloads], called_all(study.basis)
    if shape[OPTION] == 1:
        return [*dict.fromkeys(names[workload] for workload, _ in where)] if shape[WORKLOAD] > 1 else []
    by_option: dict[int, list[str]] = {}
    for workload, option in dict.fromkeys(where):
        by_option.setdefault(option, []).append(names[workload])
    return [
        place
        for option, those in by_option.items()
        for place in (
            [options[option]]
            if len(those) == shape[WORKLOAD]
            else [f"{workload} · {options[option]}" for workload in those]
        )
    ]


def kinds(study: Study, name: str) -> str:
    """How an input is known, each way once; nothing for what is no input."""
    one = study.basis.inputs.get(name)
    return "" if one is None else ", ".join(dict.fromkeys(each.kind for each in all_known_from(one)))


def replica_words(serving: ServingSummary) -> str:
    """One replica: its number format, GPUs, and how they share the work where that is not the usual way."""
    shared = f" ({serving.layout})" if serving.layout else ""
    return f"{serving.precision} on {serving.gpus_per_replica} x {serving.gpu}{shared}"


def best(study: Study) -> OptionStudy:
    """The option that the verdict speaks of."""
    return study.options[study.verdict.best_option - 1]


def bought(study: Study) -> bool:
    """Whether the verdict speaks of an option that somebody else runs."""
    return study.basis.columns[study.verdict.best_option].mode in BOUGHT


def asked_gates(study: Study) -> list[Gate]:
    """The gates that the case states, and what the options in the table ask although it does not."""
    hosts = {None, *(each.host for each in study.basis.columns)}
    return [each for each in study.basis.gates if each.stated or each.host in hosts]


def how_sure(study: Study, option: OptionStudy) -> str:
    """The chance that it pays, the range, and what it would be worth to know everything first."""
    chance, currency = option.depth.chance, study.basis.header.currency
    if chance is None or study.uncertainty is None:
        return "not drawn"
    low, high = (money(estimate.value, currency) for estimate in (chance.p10, chance.p90))
    error = f"{100 * chance.chance_to_pay.standard_error:.1f}"
    known = money(study.uncertainty.perfect_information.value, currency)
    return (
        f"pays in {percent(chance.chance_to_pay.value)} (± {error} points) of {study.uncertainty.scenarios:,} draws of "
        f"{len(study.uncertainty.inputs)} uncertain inputs; eight in ten lie between {low} and {high}; "
        f"knowing all of them first would be worth {known}{bent(study, option)}"
    )


def bent(study: Study, option: OptionStudy) -> str:
    """How far the mean is from the same sum with every input at its mean, where that is more than a hundredth of it,
    and which input alone makes most of option.
    """
    point, currency = option.horizon.net_present_value, study.basis.header.currency
    apart = option.expected_net_present_value - point
    if not study.curvature or abs(apart) < TOLD * abs(option.expected_net_present_value):
        return ""
    largest = study.curvature[0]
    alone = f"{label(largest.name)} alone bends it by {money(largest.adds, currency)}"
    return f"; with every input at its mean {money(point, currency)} ({alone})"


def price_path(study: Study, option: OptionStudy) -> str | None:
    """What the option is worth if no hosted price ever changes, beside the path that is expected."""
    name, currency = "hosted_price_change_per_month", study.basis.header.currency
    inputs = study.basis.inputs[name]
    if inputs.low is None or inputs.high is None:
        return None
    flat, path = (
        money(value, currency) for value in (option.net_present_value_at_flat_prices, option.horizon.net_present_value)
    )
    low, high = (percent(value, signed=True) for value in (inputs.low, inputs.high))
    return (
        f"with flat API prices {flat}; with {percent(study.means[name], signed=True)} a month, what {low} to {high} "
        f"come to on average, {path}; all other inputs at their means"
    )


def owned_bases(study: Study, option: OptionStudy) -> str | None:
    """Net present value of every owned base, the best marked; None where no GPUs are held."""
    ladder, currency = option.depth.owned_bases, study.basis.header.currency
    if ladder is None or len(ladder.rungs) < 2:
        return None
    top = max(range(len(ladder.rungs)), key=lambda i: ladder.rungs[i].net_present_value)
    decided = [
        i for i, rung in enumerate(ladder.rungs) if rung.replicas == option.replicas and _is_decided(study, option)
    ]
    shown = sorted({*range(max(top - 2, 0), min(top + 3, len(ladder.rungs))), *decided})
    sentences = [
        f"{ladder.rungs[i].replicas:g}: {money(ladder.rungs[i].net_present_value, currency)}"
        + (" (best)" if i == top else "")
        + (" (decided)" if i in decided else "")
        for i in shown
    ]
    spilled = ladder.rungs[top].spill_share
    burst = f"{percent(spilled)} bursts" if spilled >= LEAST_BURST else "nothing bursts"
    worth = (
        f"replicas and what they are worth with every input at its mean: {', '.join(sentences)}; with "
        f"{ladder.rungs[top].replicas:g}, {burst}"
    )
    return f"{worth}; {_at_half(ladder.rungs, top, currency)}"


def _is_decided(study: Study, it: OptionStudy) -> bool:
    """Whether the case states the option's fleet."""
    return study.basis.columns[study.options.index(it) + 1].fixed


def _at_half(rungs: Sequence[OwnedReplica], top: int, currency: str) -> str:
    """What the best base is worth at half the demand, and the best of those that pay there too where it is another."""
    best, safe = rungs[top], [each for each in rungs if each.at_half > 0 and each.net_present_value > 0]
    said = f"at half the demand {best.replicas:g} are worth {money(best.at_half, currency)}"
    if best in safe or not safe:
        return said
    robust = max(safe, key=lambda each: each.net_present_value)
    planned, half = (money(each, currency) for each in (robust.net_present_value, robust.at_half))
    return f"{said}; {robust.replicas:g} pay there too: {planned}, and {half} at half"


def hidden_costs(study: Study, option: OptionStudy) -> str | None:
    """What is saved counting busy GPUs only, and the cost that ends it; None where somebody else runs it."""
    if bought(study):
        return None
    ladder, currency = option.depth.hidden_costs, study.basis.header.currency
    first, last = ladder.rungs[0], ladder.rungs[-1]
    start = f"counting busy GPUs only it saves {money(first.saving_so_far, currency)} a month"
    if first.saving_so_far <= 0:
        return f"even counting busy GPUs only it saves nothing ({money(first.saving_so_far, currency)} a month)"
    if ladder.turns_at is None:
        return f"{start}, with everything {money(last.saving_so_far, currency)}"
    turn = ladder.rungs[ladder.turns_at]
    return f"{start}; it is gone with {turn.label} (another {money(turn.adds, currency)})"


def gates(study: Study, option: OptionStudy) -> str:
    """What the gates say of the option, and what each failed one costs."""
    judged, currency = option.depth.gates, study.basis.header.currency
    sentences = []
    if not any(gate.stated for gate in study.basis.gates):
        sentences.append(
            "none stated: residency, quality, licence and latency are not examined, so it cannot be robust"
        )
    if judged.failed:
        sentences.append(f"failed: {', '.join(judged.failed)}")
    if judged.unknown:
        sentences.append(f"unknown: {', '.join(judged.unknown)}; unknown is not a pass")
    costs = [
        f"{constraint.gate} costs {money(constraint.cost, currency)}"
        for constraint in study.cost_of_gates
        if constraint.cost
    ]
    sentences += [f"{'; '.join(costs)} over the horizon"] if costs else []
    if study.least_relaxations:
        sentences.append(f"no option meets them all; the least to relax: {', '.join(study.least_relaxations)}")
    sentences = sentences or ["all pass"]
    if judged.verdict == "pass" and study.basis.readiness is None and not bought(study):
        sentences.append("readiness is not examined, so not robust")
    return "; ".join(sentences)


def readiness(study: Study) -> str | None:
    """What readiness allows and when production may start; None where it was not examined."""
    examined = study.basis.readiness
    if examined is None:
        return None
    colours = [
        f"{name}: {', '.join(those)}" for name, those in (("red", examined.red), ("yellow", examined.yellow)) if those
    ]
    listed = "; ".join(colours) or "everything is green"
    if examined.ready:
        return f"{allowed(examined.allows)} today; {listed}"
    work = f"{plain(examined.person_months)} person-months of work, in what is paid once"
    start = month_shortly(study.basis.header.as_of, examined.earliest_start_month)
    return f"{allowed(examined.allows)} today, all of the traffic from {start} ({work}); {listed}"


def robust(study: Study) -> str | None:
    """Why the recommended option is not the one with the highest value; None when it is."""
    found, currency = study.robust, study.basis.header.currency
    if found.recommended == found.best:
        return None
    return (
        f"{called(study, found.best)} is worth {money(found.given_up, currency)} more as planned, but risks "
        f"{money(found.spared, currency)} more if demand halves or doubles"
    )


def when_to_start(study: Study) -> str | None:
    """Now, later or never, and what the right to go back is worth; None where the horizon is too short to wait in."""
    timing, currency = study.timing, study.basis.header.currency
    if timing is None:
        return None
    acts = timing.actions
    now = max(acts.actions[action] for action in ("start now, locked", "start now, releasable"))
    month = f"month {timing.months[0]}"
    if acts.best == "host":
        return f"neither now nor later: a start after {month} is not worth it however hosted prices move"
    if acts.best == "wait":
        gained = money(acts.value_of_waiting, currency)
        return f"not yet: seeing first how hosted prices move, until {month}, is worth {gained} more than starting now"
    lost = money(now - acts.actions["wait"], currency)
    sentence = f"now: to wait and see how hosted prices move, until {month}, would cost {lost}"
    if not timing.releasable:
        return f"{sentence}; what is owned or reserved cannot go back"
    back = money(acts.value_of_route_back, currency)
    premium = money(acts.premium_per_month, currency)
    if not round(acts.value_of_route_back):
        return f"{sentence}; the right to go back is worth nothing"
    return f"{sentence}; the right to go back is worth {back}, up to {premium} a month for GPUs that can be given back"
