"""How the case would serve the open model: does it fit, how fast is a replica, and what each way to buy costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from breakeven.capacity.memory import Fit, fit
from breakeven.capacity.replica import mean_context_tokens
from breakeven.capacity.throughput import StatedThroughput, throughput
from breakeven.capacity.throughput_band import ThroughputBand
from breakeven.demand.demand import Demand
from breakeven.facts.catalog import gpu, gpu_offers, open_model, published_throughput, purchase_prices, stale_notice
from breakeven.facts.records import Gpu, OpenModel, PurchaseMode
from breakeven.numbers.inputs import Input, Source
from breakeven.numbers.operations import OPTION, WORKLOAD, Value, along
from breakeven.problems import Notice, Problem
from breakeven.study.case import Case
from breakeven.study.register import register
from breakeven.study.resolve_demand import Use
from breakeven.study.schema import GpuOffer, Purchase, Stated

SERVER_SHARE = 1.5  # price of a GPU with its share of the server, over the bare GPU; derived, model: node price
SERVER_SOURCE = Source(title="card price x 1.5 for the server (derived: GPU baseboard is 60-70 % of server cost)")
GPUS_PER_SERVER = 8
CONTRACTED_KW = 10.2  # of an 8-GPU server, nameplate
MEASURED_KW = {"node_idle_kw": 2.0, "node_busy_kw": 7.0, "colocation_kw_per_node": CONTRACTED_KW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What one replica is and does for each workload."""

    model: OpenModel
    gpu: Gpu
    precision: str
    fit: Fit
    bands: tuple[ThroughputBand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to serve, a column of the comparison. `mode` is "hosted" for the baseline."""

    name: str
    mode: str
    purchase: Purchase
    price: Input | None  # rent, purchase or serverless price, where the mode has one
    notices: tuple[Notice, ...] = ()


def serving(case: Case, demand: Demand, workloads: Sequence[Use]) -> Serving:
    """Check that the model fits and look up what a replica serves of each workload."""
    chosen, card = _model(case), _gpu(case)
    plan, precision = case.file.self_hosting, case.file.self_hosting.precision or "bf16"
    lengths = [(max(each.mean_input_tokens, 1.0), max(each.mean_output_tokens, 1.0)) for each in demand.workloads]
    context = max(mean_context_tokens(*each) for each in lengths)
    try:
        held = fit(chosen, card, precision, context, gpus_per_replica=plan.gpus_per_replica)
    except Problem as problem:
        raise Problem(problem.what, where=case.place("self_hosting", "gpu"), fix=problem.fix) from None
    rows = published_throughput()
    bands = tuple(
        throughput(
            model=chosen,
            gpu=card,
            precision=precision,
            gpus_per_replica=held.gpus_per_replica,
            mean_input_tokens=mean_input,
            mean_output_tokens=mean_output,
            measurements=rows,
            stated=_stated_speed(case, i, use),
        )
        for i, (use, (mean_input, mean_output)) in enumerate(zip(workloads, lengths, strict=True))
    )
    return Serving(model=chosen, gpu=card, precision=precision, fit=held, bands=bands)


def _model(case: Case) -> OpenModel:
    at = ("self_hosting", "model") if case.file.self_hosting.model else ("open_model",)
    name = case.file.self_hosting.model or case.file.open_model or ""
    try:
        return open_model(name)
    except Problem as problem:
        raise Problem(problem.what, where=case.place(*at), fix=problem.fix) from None


def offer(case: Case) -> GpuOffer:
    """The GPU offer of the short form, or just the GPU of the full form."""
    stated = case.file.gpu_offer
    if isinstance(stated, GpuOffer):
        return stated
    return GpuOffer(gpu=stated or case.file.self_hosting.gpu or "")


def _gpu(case: Case) -> Gpu:
    at: tuple[str, ...] = ("self_hosting", "gpu") if case.file.self_hosting.gpu else ("gpu_offer",)
    try:
        return gpu(case.file.self_hosting.gpu or offer(case).gpu)
    except Problem as problem:
        raise Problem(problem.what, where=case.place(*at), fix=problem.fix) from None


def _stated_speed(case: Case, index: int, use: Use) -> StatedThroughput | None:
    own = use.stated.tokens_per_second
    speed = own if own is not None else case.file.self_hosting.tokens_per_second
    if speed is None:
        return None
    at: tuple[str | int, ...] = (
        ("workloads", index, "tokens_per_second") if own is not None else ("self_hosting", "tokens_per_second")
    )
    if isinstance(speed, Stated):
        return StatedThroughput(
            tokens_per_second=speed.likely, low=speed.low, high=speed.high, kind=speed.kind, source=case.source(*at)
        )
    return StatedThroughput(tokens_per_second=speed, kind="measured", source=case.source(*at))


def options(case: Case, card: Gpu) -> tuple[Option, ...]:
    """The baseline and one option for each way to get the GPUs; renting at the offer when none is listed."""
    hosted = Option(name="hosted API", mode="hosted", purchase=Purchase(mode="endpoint"), price=None)
    stated = offer(case)
    listed = case.file.self_hosting.purchase or (
        Purchase(mode="rented", price_per_gpu_hour=stated.price_per_gpu_hour, source=stated.source, date=stated.date),
    )
    return (hosted, *(_option(case, i, each, card) for i, each in enumerate(listed)))


def _option(case: Case, index: int, purchase: Purchase, card: Gpu) -> Option:
    at: tuple[str | int, ...] = (
        ("self_hosting", "purchase", index) if case.file.self_hosting.purchase else ("gpu_offer",)
    )
    source = Source(title=purchase.source or str(case.source(*at).title), date=purchase.date)
    names = {"rented": "rent", "owned": "own", "serverless": "serverless", "endpoint": "dedicated endpoint"}
    name = purchase.name or f"{names[purchase.mode]} {card.key}"
    price, notices = _price(case, purchase, card, source)
    return Option(name=name, mode=purchase.mode, purchase=purchase, price=price, notices=notices)


def _price(case: Case, purchase: Purchase, card: Gpu, source: Source) -> tuple[Input | None, tuple[Notice, ...]]:
    if purchase.mode == "endpoint":
        return None, ()
    if purchase.mode == "owned":
        return _purchase_price(case, purchase, card, source)
    name = "gpu_price_per_hour" if purchase.mode == "rented" else "serverless_price_per_hour"
    unit, meaning = register()[name].unit, register()[name].meaning
    if purchase.price_per_gpu_hour is not None:
        stated = Input(likely=purchase.price_per_gpu_hour, unit=unit, kind="published", source=source, meaning=meaning)
        return stated, ()
    mode: PurchaseMode = "on_demand" if purchase.mode == "rented" else "serverless"
    return _market_price(case, card, mode, unit)


def _market_price(case: Case, card: Gpu, mode: PurchaseMode, unit: str) -> tuple[Input, tuple[Notice, ...]]:
    """The median of the published offers, dated ones if there are any, with their range."""
    found = gpu_offers(card.key, mode, on=case.as_of)
    dated = [each for each in found if each.source.date != "unknown"] or list(found)
    if not dated:
        raise Problem(
            f"no {mode.replace('_', '-')} price of {card.key} is known",
            where=case.place("gpu_offer"),
            fix="State price_per_gpu_hour. `breakeven facts prices` lists what is known.",
        )
    prices = sorted(each.usd_per_gpu_hour for each in dated)
    newest = max(dated, key=lambda each: each.source.date)
    source = replace(newest.source, title=f"median of {len(prices)} published {mode.replace('_', '-')} offers")
    stale = stale_notice(f"rent of {card.key}", newest.source, case.as_of)
    price = Input(
        likely=median(prices),
        low=prices[0],
        high=prices[-1],
        distribution="triangular",
        unit=unit,
        kind=newest.kind,
        source=source,
        meaning="rent of one GPU for an hour",
    )
    return price, (stale,) if stale else ()


def _purchase_price(case: Case, purchase: Purchase, card: Gpu, source: Source) -> tuple[Input, tuple[Notice, ...]]:
    unit = register()["gpu_purchase_price"].unit
    if purchase.price_per_gpu is not None:
        return Input(likely=purchase.price_per_gpu, unit=unit, kind="published", source=source), ()
    known = sorted(purchase_prices(card.key, on=case.as_of), key=lambda each: each.source.date)
    if not known:
        raise Problem(
            f"no purchase price of {card.key} is known",
            where=case.place("self_hosting", "purchase"),
            fix="State price_per_gpu, with its share of the server.",
        )
    servers = [each for each in known if each.gpus > 1]
    chosen = servers[-1] if servers else known[-1]
    value = chosen.usd / chosen.gpus * (1.0 if servers else SERVER_SHARE)
    stale = stale_notice(f"purchase price of {card.key}", chosen.source, case.as_of)
    price = Input(
        likely=value,
        low=value * 0.75,
        high=value * 1.35,
        distribution="triangular",
        unit=unit,
        kind="modelled",
        source=chosen.source if servers else SERVER_SOURCE,
    )
    return price, (stale,) if stale else ()


def by_option(all_options: Sequence[Option], mode: str, value: float) -> Value:
    """A value for the options of one mode, zero for the others."""
    return along(OPTION, [value if each.mode == mode else 0.0 for each in all_options])


def fleet_inputs(
    case: Case, all_options: Sequence[Option], found: Serving, workloads: Sequence[Use]
) -> dict[str, Input]:
    """Everything about GPUs and replicas as inputs over the workload and option axes."""
    speeds = Input(
        likely=along(WORKLOAD, [each.p50 for each in found.bands]),
        low=found.bands[0].p10,
        high=found.bands[0].p90,
        distribution="lognormal",
        unit=register()["replica_tokens_per_second"].unit,
        kind=found.bands[0].kind,
        source=found.bands[0].source,
        meaning=register()["replica_tokens_per_second"].meaning,
    )
    at = case.source("self_hosting")
    plain = {
        "replica_tokens_per_second": speeds,
        "gpus_per_replica": _given("gpus_per_replica", float(found.fit.gpus_per_replica), at),
        "spare_replicas": _given(
            "spare_replicas", {"api": 0.0, "n+1": 1.0, "n+2": 2.0}[case.file.self_hosting.redundancy], at
        ),
        "gpus_billed_together": _given(
            "gpus_billed_together",
            along(OPTION, [bill_unit(each) for each in all_options]),
            at,
        ),
        "migration_cost_per_workload": _migration(workloads, at),
    }
    return plain | _prices(all_options, at) | _owned(all_options, at)


def bill_unit(option: Option) -> float:
    """GPUs that are paid for together: what the case says, else whole servers when owned."""
    stated = option.purchase.gpus_billed_together
    return float(stated or (GPUS_PER_SERVER if option.mode == "owned" else 1))


def _given(name: str, value: Value, source: Source) -> Input:
    default = register()[name]
    return replace(default, likely=value, source=source, low=None, high=None)


def _migration(workloads: Sequence[Use], source: Source) -> Input:
    default = register()["migration_cost_per_workload"]
    stated = [default.likely if use.stated.migration_cost is None else use.stated.migration_cost for use in workloads]
    return replace(default, likely=along(WORKLOAD, stated))


def _prices(all_options: Sequence[Option], source: Source) -> dict[str, Input]:
    """Price inputs of the modes that the case uses; other modes pay nothing of theirs."""
    found: dict[str, Input] = {}
    modes = {"rented": "gpu_price_per_hour", "serverless": "serverless_price_per_hour", "owned": "gpu_purchase_price"}
    for mode, name in modes.items():
        mine = [each for each in all_options if each.mode == mode and each.price is not None]
        if mine and mine[0].price is not None:
            prices = [each.price.likely if each.mode == mode and each.price else 0.0 for each in all_options]
            found[name] = replace(mine[0].price, likely=along(OPTION, prices))
    for field in ("reserved_share", "reserved_discount", "spot_share", "spot_net_saving"):
        values = [getattr(each.purchase, field) for each in all_options]
        if any(values):
            default = register()[field]
            likely = [default.likely if value is None else value for value in values]
            found[field] = _given(field, along(OPTION, likely), source)
    for field in ("input_price_per_mtok", "output_price_per_mtok"):
        values = [getattr(each.purchase, field) or 0.0 for each in all_options]
        if any(values):
            found[f"endpoint_{field.removesuffix('_per_mtok')}"] = _given(
                f"endpoint_{field.removesuffix('_per_mtok')}", along(OPTION, values), source
            )
    return found


def _owned(all_options: Sequence[Option], source: Source) -> dict[str, Input]:
    """Power, space and what stands in the rack already, for options that own their GPUs."""
    if not any(each.mode == "owned" for each in all_options):
        return {}
    found = {
        name: replace(register()[name], likely=by_option(all_options, "owned", value))
        for name, value in MEASURED_KW.items()
    }
    for field in ("gpus_already_owned", "idle_value_per_gpu_month"):
        values = [float(getattr(each.purchase, field)) for each in all_options]
        if any(values):
            found[field] = _given(field, along(OPTION, values), source)
    return found
