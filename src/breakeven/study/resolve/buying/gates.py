"""The gates of a case: those it states, its list of hosts, and what must be answered although the case is silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from breakeven.capacity.fit.precision import is_narrowed
from breakeven.decision.answers.rivals import RivalTerms
from breakeven.decision.readiness.gates import Gate, Side, applies, host_of
from breakeven.decision.readiness.gates import Use as Asked
from breakeven.facts.catalog import open_model
from breakeven.facts.model_names import precision_in
from breakeven.facts.precisions import precision_called, precision_named, same_family
from breakeven.facts.records import OpenModel
from breakeven.study.case import schema
from breakeven.study.case.case import Case
from breakeven.study.resolve.buying.same_weights import is_same
from breakeven.study.resolve.demand import Use as Bought
from breakeven.study.resolve.evidence.evaluations import (
    QUALITY,
    cache_gate,
    evaluated,
    gates_answered,
    weights_gate,
)

NOT_TESTED = "nobody has said that the narrower format keeps the quality"
ALL_OTHERS = "*"
REFUSED = "your list of hosts"  # a rule of the case: one name, one price, whichever hosts it keeps out


def gates_of(
    case: Case, workloads: Sequence[Bought], model: OpenModel, ways: Iterable[RivalTerms], *, precision: str
) -> tuple[Gate, ...]:
    """Every gate; one on quality is asked of the open model, wherever it runs, and of a format only where we serve.

    `precision`: of the weights that we would serve.
    """
    stated = stated_gates(case, model, precision)
    known = {host_of(use.hosted_model) for use in workloads}
    others = [host_of(way.model) or way.name for way in ways if way.kind != "frontier"]
    dedicated = [purchase for purchase in case.file.self_hosting.purchase if purchase.mode == "dedicated"]
    others += [purchase.host.lower() if purchase.host else purchase.name or "" for purchase in dedicated]
    hosts = dict.fromkeys(host for host in others if host not in known)
    return (
        *stated,
        *_quality(stated, workloads, model),
        *_narrowed(stated, workloads, narrowed_formats(case, model, precision)),
        *_hosts(case, stated, [*hosts, *known]),
    )


def stated_gates(case: Case, model: OpenModel, precision: str) -> tuple[Gate, ...]:
    """What the case says: its gates, what its evaluations of this model answer, and what the fleets of its plan say of
    the quality of these weights. Of number formats, those that we would serve.
    """
    measured = evaluated(case, model)
    said = [_stated(each, model) for each in case.file.gates]
    said = [gate for gate in said if not (_is_open(gate) and _answer_to(gate, measured, of_all=False))]
    theirs = [gate for i in range(len(case.file.fleets)) for gate in _of_fleet(case, i, model)]
    theirs = [gate for gate in theirs if not (_is_open(gate) and _answer_to(gate, [*said, *measured], of_all=True))]
    return tuple(each for each in (*said, *measured, *theirs) if _is_served(each, precision, case))


def _of_fleet(case: Case, index: int, model: OpenModel) -> Iterator[Gate]:
    """What a fleet of the plan says of the quality of these weights. One that names a narrower format of its own was
    tested in it: what fails there fails in that format.
    """
    fleet = case.file.fleets[index]
    asked = [asked_gate for asked_gate in fleet.gates if is_quality(asked_gate.name)]
    if not asked or not serves(case, index, model):
        return
    precision = fleet.precision or precision_in(fleet.model or "")
    cache = fleet.kv_cache if "kv_cache" in fleet.model_fields_set else "16-bit"
    for asked_gate in asked:
        gate = _stated(schema.Gate(**asked_gate.model_dump()), model)
        tested = gates_answered(model, precision, cache, asked_gate.verdict)
        if gate.side != "open model" or tested == [QUALITY]:
            yield gate
        else:
            yield from (gate if name == QUALITY else replace(gate, name=name, side="self-hosting") for name in tested)


def serves(case: Case, index: int, model: OpenModel) -> bool:
    """Whether a fleet of the plan serves these weights. Raises `Problem` at a model that is not known."""
    fleet = case.file.fleets[index]
    name = fleet.model or case.file.self_hosting.model or case.file.open_model
    if name == model.key or name is None or fleet.config is not None:
        return name == model.key
    with case.telling("fleets", index, "model"):
        return open_model(name).key == model.key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOnApi:
    """The workloads that a failed gate of their own keeps where they are bought today, with the gates: `everywhere`
    where the open model fails it, `from_ours` where only what we would serve does.
    """

    everywhere: Mapping[str, tuple[str, ...]]
    from_ours: Mapping[str, tuple[str, ...]]


def kept_on_api(gates: Sequence[Gate], workloads: Sequence[Bought]) -> KeptOnApi:
    """What does not move because a gate of that workload alone fails, and what moves is judged without it. Nothing is
    kept of what may not stay on the API; where nothing would be left to move, the gate rules the option out.
    """
    moving = [use for use in workloads if not use.stated.stays_on_api]
    closed = {use.name for use in moving if _failed(gates, use.name, "hosted")}
    alone = [gate for gate in gates if gate.workload is not None]
    everywhere = {use.name: _failed(alone, use.name, "open model") for use in moving if use.name not in closed}
    from_ours = {use.name: _failed(alone, use.name, "self-hosting") for use in moving if use.name not in closed}
    everywhere = _unless_all({name: failed for name, failed in everywhere.items() if failed}, len(moving))
    left = {name: failed for name, failed in from_ours.items() if failed and name not in everywhere}
    return KeptOnApi(everywhere=everywhere, from_ours=_unless_all(left, len(moving) - len(everywhere)))


def _unless_all(kept: dict[str, tuple[str, ...]], moving: int) -> dict[str, tuple[str, ...]]:
    return {} if len(kept) == moving else kept


def _failed(gates: Iterable[Gate], workload: str, side: Side) -> tuple[str, ...]:
    """The gates of one side that a workload fails, whatever the host."""
    use = Asked(workload=workload, sides=frozenset({side}))
    return tuple(dict.fromkeys(gate.name for gate in gates if gate.verdict == "fail" and gate.host is None
                               and applies(gate, use)))  # fmt: skip


def as_kept(workloads: Sequence[Bought], kept: KeptOnApi) -> list[Bought]:
    """The same workloads, where those that a gate keeps everywhere stay on the API."""
    stay = {"stays_on_api": True}
    return [
        replace(use, stated=use.stated.model_copy(update=stay)) if use.name in kept.everywhere else use
        for use in workloads
    ]


def formats_in(name: str) -> set[str]:
    """The number formats that a gate names."""
    return {each for each in name.lower().split() if precision_called(each)}


def _narrower(name: str, model: OpenModel) -> set[str]:
    """The formats that a gate names and that are narrower than the maker's: those of the cache always are."""
    return {each for each in formats_in(name) if _of_cache(name) or is_narrowed(model, each)}


def _of_cache(name: str) -> bool:
    return "cache" in name.lower().split()


def _is_served(gate: Gate, precision: str, case: Case) -> bool:
    """Whether a gate is of what we would serve: one on the quality in a number format only where it is ours."""
    if not gate.first or gate.side != "self-hosting":
        return True
    formats = formats_in(gate.name)
    if _of_cache(gate.name):
        return case.file.self_hosting.kv_cache in formats
    return any(same_family(precision_named(precision), each) for each in formats)


def narrowed_formats(case: Case, model: OpenModel, precision: str) -> tuple[str, ...]:
    """Gates of formats that nobody named and that are narrower than what the maker publishes."""
    own = case.file.self_hosting
    found = []
    if own.measured is None and case.format_said is None and is_narrowed(model, precision):
        found.append(weights_gate(precision))
    if own.kv_cache != "16-bit" and not case.given("self_hosting", "kv_cache"):
        found.append(cache_gate(own.kv_cache))
    return tuple(found)


def is_quality(name: str) -> bool:
    """Whether a gate asks if the model is good enough, by its name."""
    return QUALITY in name.lower().split()


def _stated(gate: schema.Gate, model: OpenModel) -> Gate:
    quality = is_quality(gate.name)
    side: Side = gate.applies_to
    if quality:
        side = "self-hosting" if _narrower(gate.name, model) else "open model"
    return Gate(
        name=gate.name,
        verdict=gate.verdict,
        side=side,
        workload=gate.workload,
        host=gate.host.lower() if gate.host else None,
        first=quality,
        evidence=gate.evidence,
    )


def _quality(stated: Sequence[Gate], workloads: Sequence[Bought], model: OpenModel) -> Iterator[Gate]:
    """Quality is unknown for every workload that is another model today, where the case does not speak of it."""
    answered = {gate.workload for gate in stated if gate.side == "open model" and gate.host is None}
    moving = [use for use in workloads if not use.stated.stays_on_api]
    changing = [use.name for use in moving if not is_same(use.hosted_model or "", model)]
    silent = [] if None in answered else [name for name in changing if name not in answered]
    named = [None] if silent and len(silent) == len(moving) else silent
    evidence = "the case says nothing of it"
    yield from (
        Gate(name=QUALITY, verdict="unknown", side="open model", workload=name, first=True, stated=False,
             evidence=evidence)
        for name in named
    )  # fmt: skip


def _narrowed(stated: Sequence[Gate], workloads: Sequence[Bought], names: Iterable[str]) -> Iterator[Gate]:
    """A narrowed format has a quality of its own, unknown until the case answers it by its name."""
    moving = [use.name for use in workloads if not use.stated.stays_on_api]
    for name in names:
        answered = {gate.workload for gate in stated if gate.name.lower() == name}
        silent = [] if None in answered else [workload for workload in moving if workload not in answered]
        yield from (
            Gate(name=name, verdict="unknown", side="self-hosting", workload=workload, first=True, stated=False,
                 evidence=NOT_TESTED)
            for workload in ([None] if silent and len(silent) == len(moving) else silent)
        )  # fmt: skip


def _is_open(gate: Gate) -> bool:
    """Whether a gate on quality is stated as unknown, of no host of its own."""
    return gate.first and gate.verdict == "unknown" and gate.host is None


def _answer_to(gate: Gate, answers: Iterable[Gate], *, of_all: bool) -> bool:
    """Whether any of these speaks of what a gate on quality asks; `of_all`: also one for all workloads."""
    asked = gate.workload, None if of_all else gate.workload
    return any(
        each.first and each.host is None and each.workload in asked and each.side == gate.side
        and (gate.side == "open model" or each.name.lower() == gate.name.lower()) for each in answers
    )  # fmt: skip


def _hosts(case: Case, stated: Sequence[Gate], hosts: Iterable[str]) -> Iterator[Gate]:
    """Whether each host may be bought from. One is vetted when it is allowed, a gate on it passes, or we buy there."""
    allow = {known_host.lower() for known_host in case.file.hosts.allow}
    refuse = {known_host.lower() for known_host in case.file.hosts.refuse}
    others = ALL_OTHERS in refuse
    passes = {gate.host for gate in stated if gate.host and gate.verdict == "pass"}
    today = {host_of(workload.hosted_model) for workload in case.file.workloads} | {host_of(case.file.hosted_model)}
    for host in hosts:
        if host in refuse or (others and host not in allow | today):
            yield Gate(name=REFUSED, verdict="fail", side="hosted", host=host, stated=False,
                       evidence="hosts.refuse")  # fmt: skip
        elif host not in allow | passes | today:
            yield Gate(name=f"host {host}", verdict="unknown", side="hosted", host=host, first=True, stated=False,
                       evidence="neither in hosts.allow nor by a gate that passes")  # fmt: skip
