"""The ways to get the GPUs, each an option of the comparison, with what it pays for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import get_args

from breakeven.facts.catalog import gpu_offers, gpus, purchase_prices, stale_notice
from breakeven.facts.records import Gpu, PurchaseMode
from breakeven.facts.records import GpuOffer as GpuOfferFact
from breakeven.numbers.inputs import Input, KnownFrom, Source, mixed
from breakeven.numbers.operations import OPTION, Value, along
from breakeven.problems import Notice, Problem
from breakeven.study.case.case import Case
from breakeven.study.case.places import Keys
from breakeven.study.case.schema import GpuOffer, Purchase
from breakeven.study.case.terms.serving import Operations
from breakeven.study.modes import HELD
from breakeven.study.register import register
from breakeven.study.resolve.currency import FACTS, from_facts

USUAL_OPERATIONS: Operations = "business-hours"
SERVER_SHARE = 1.5  # price of a GPU with its share of the server, over the bare GPU; derived, model: node price
SERVER_SOURCE = Source(title="card price x 1.5 for the server (derived: GPU baseboard is 60-70 % of server cost)")
GPUS_PER_SERVER = 8
CONTRACTED_KW = 10.2  # of an 8-GPU server, nameplate
PRICES = {
    "rented": "gpu_price_per_hour",
    "dedicated": "gpu_price_per_hour",
    "serverless": "serverless_price_per_hour",
    "owned": "gpu_purchase_price",
}
FAR = 10  # times a known offer: a price beyond is asked back
MEASURED_KW = {"node_idle_kw": 2.0, "node_busy_kw": 7.0, "colocation_kw_per_node": CONTRACTED_KW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to serve, a column of the comparison. `mode` is "hosted" for the baseline."""

    name: str
    mode: str
    purchase: Purchase
    price: Input | None  # rent, purchase or serverless price, where the mode has one
    notices: tuple[Notice, ...] = ()

    @property
    def holds_gpus(self) -> bool:
        """Whether GPUs are held by the month, so that somebody of ours must answer when one fails."""
        return self.mode in HELD


def offer(case: Case) -> GpuOffer:
    """The GPU offer of the short form, or just the GPU of the full form."""
    stated = case.file.gpu_offer
    if isinstance(stated, GpuOffer):
        return stated
    return GpuOffer(gpu=stated or case.file.self_hosting.gpu or "")


def options(case: Case, card: Gpu, *, nights_on_api: bool = True) -> tuple[Option, ...]:
    """The baseline and one option for each way to get the GPUs; renting at the offer when none is listed.

    What is billed by the token needs none and is found with the other ways to buy. `nights_on_api`: a night incident
    may be routed there.
    """
    hosted = Option(name="hosted API", mode="hosted", purchase=Purchase(mode="endpoint"), price=None)
    stated = offer(case)
    listed = case.file.self_hosting.purchase or (
        Purchase(mode="rented", price_per_gpu_hour=stated.price_per_gpu_hour, source=stated.source, date=stated.date),
    )
    every = [way for way in get_args(Operations) if nights_on_api or way != "business-hours"]
    ways = every if case.file.self_hosting.operations == "every" else (None,)
    made = (_option(case, i, purchase, card) for i, purchase in enumerate(listed) if purchase.mode != "endpoint")
    return (hosted, *(operated(option, way) for option in made for way in (ways if option.holds_gpus else (None,))))


def operated(option: Option, way: Operations | None) -> Option:
    """An option run in one of several ways, its own if it states one."""
    own = option.purchase.operations
    if way is None or own:
        return replace(option, name=f"{option.name}, {own}") if own and not option.purchase.name else option
    purchase = option.purchase.model_copy(update={"operations": way})
    return replace(option, name=f"{option.name}, {way}", purchase=purchase)


def _option(case: Case, index: int, purchase: Purchase, card: Gpu) -> Option:
    at: Keys = ("self_hosting", "purchase", index) if case.file.self_hosting.purchase else ("gpu_offer",)
    names = {"rented": "rent", "owned": "own", "serverless": "serverless", "dedicated": "dedicated"}
    price, notices = _price(case, purchase, card, at)
    return Option(
        name=purchase.name or f"{names[purchase.mode]} {card.key}",
        mode=purchase.mode,
        purchase=purchase,
        price=price,
        notices=notices,
    )


def _price(case: Case, purchase: Purchase, card: Gpu, at: Keys) -> tuple[Input | None, tuple[Notice, ...]]:
    """What the case states of the price, else what is published."""
    name = PRICES[purchase.mode]
    stated, price_said, where = _stated_price(case, purchase, at)
    if stated is None:
        price, notices = _published(case, purchase, card, name)
        return from_facts(case, price), notices
    if name != "gpu_purchase_price":
        asked_back(case, card, stated, where)
    source = case.source(*where)
    if price_said.source:
        source = Source(title=price_said.source, date=price_said.date)
    price = Input(
        likely=stated, unit=register()[name].unit, kind="published", source=source, meaning=register()[name].meaning
    )
    old = stale_notice(f"price of {card.key}", source, case.as_of) if price_said.date != "unknown" else None
    return price, (old,) if old else ()


def asked_back(case: Case, card: Gpu, price: float, where: Keys) -> None:
    """Refuse a price of a GPU-hour that is ten times above or below any known offer: another unit, most likely.

    Nothing is asked of nothing, of another currency than that of the offers, or where no offer is known.
    """
    modes: tuple[PurchaseMode, ...] = ("on_demand", "serverless")
    offers = (offer for mode in modes for key in gpus() for offer in gpu_offers(key, mode, on=case.as_of))
    known = [offer.usd_per_gpu_hour for offer in offers]
    if not price or not known or case.file.currency != FACTS:
        return
    least, most = min(known) / FAR, max(known) * FAR
    if least <= price <= most:
        return
    what = (
        f"{price:,g} {FACTS} for an hour of {card.key} is {'above' if price > most else 'below'} every known offer by "
        f"more than {FAR} times: they lie from {min(known):g} to {max(known):g}"
    )
    fix = "Is it the price of buying one? That is price_per_gpu, under self_hosting.purchase, mode: owned."
    raise Problem(what, where=case.place(*where), fix=fix if price > most else "Is it in another unit?")


def _stated_price(case: Case, purchase: Purchase, at: Keys) -> tuple[float | None, Purchase | GpuOffer, Keys]:
    """The price in the case, who says it, and where: in the purchase, or for renting in the offer."""
    if purchase.mode == "owned":
        return purchase.price_per_gpu, purchase, (*at, "price_per_gpu")
    if purchase.price_per_gpu_hour is None and purchase.mode == "rented":
        return offer(case).price_per_gpu_hour, offer(case), ("gpu_offer",)
    return purchase.price_per_gpu_hour, purchase, (*at, "price_per_gpu_hour")


def _published(case: Case, purchase: Purchase, card: Gpu, name: str) -> tuple[Input, tuple[Notice, ...]]:
    if purchase.mode == "owned":
        return _purchase_price(case, card)
    if purchase.mode == "dedicated":
        raise Problem(
            f"no price of a dedicated endpoint on {card.key} is known",
            where=case.place("self_hosting", "purchase"),
            fix="State price_per_gpu_hour: what its host asks for one GPU for an hour.",
        )
    return _market_price(case, card, "on_demand" if purchase.mode == "rented" else "serverless", register()[name].unit)


def market_offers(case: Case, card: Gpu, mode: PurchaseMode) -> tuple[GpuOfferFact, ...]:
    """The published offers that count: of the providers and regions that the case allows."""
    search = case.file.self_hosting.search
    offers = gpu_offers(card.key, mode, on=case.as_of)
    if search is None:
        return offers
    providers, regions = ({name.lower() for name in some} for some in (search.providers, search.regions))
    return tuple(
        listed_offer
        for listed_offer in offers
        if (not providers or listed_offer.provider.lower() in providers)
        and (not regions or listed_offer.region.lower() in regions)
    )


def _market_price(case: Case, card: Gpu, mode: PurchaseMode, unit: str) -> tuple[Input, tuple[Notice, ...]]:
    """The median of the published offers, dated ones if there are any, with their range."""
    offers = market_offers(case, card, mode)
    dated = [listed_offer for listed_offer in offers if listed_offer.source.date != "unknown"] or list(offers)
    if not dated:
        raise Problem(
            f"no {mode.replace('_', '-')} price of {card.key} is known",
            where=case.place("gpu_offer"),
            fix="State price_per_gpu_hour. `breakeven facts prices` lists what is known.",
        )
    prices = sorted(listed_offer.usd_per_gpu_hour for listed_offer in dated)
    newest = max(dated, key=lambda listed_offer: listed_offer.source.date)
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


def _purchase_price(case: Case, card: Gpu) -> tuple[Input, tuple[Notice, ...]]:
    """The newest price of a whole server, else of the card with its share of the server."""
    known = sorted(purchase_prices(card.key, on=case.as_of), key=lambda known_price: known_price.source.date)
    if not known:
        raise Problem(
            f"no purchase price of {card.key} is known",
            where=case.place("self_hosting", "purchase"),
            fix="State price_per_gpu, with its share of the server.",
        )
    servers = [known_price for known_price in known if known_price.gpus > 1]
    chosen = servers[-1] if servers else known[-1]
    value = chosen.usd / chosen.gpus * (1.0 if servers else SERVER_SHARE)
    stale = stale_notice(f"purchase price of {card.key}", chosen.source, case.as_of)
    price = Input(
        likely=value,
        low=value * 0.75,
        high=value * 1.35,
        distribution="triangular",
        unit=register()["gpu_purchase_price"].unit,
        kind="modelled",
        source=chosen.source if servers else replace(SERVER_SOURCE, date=chosen.source.date),
        meaning=register()["gpu_purchase_price"].meaning,
    )
    return price, (stale,) if stale else ()


def by_option(all_options: Sequence[Option], mode: str, value: float) -> Value:
    """A value for the options of one mode, zero for the others."""
    return along(OPTION, [value if each.mode == mode else 0.0 for each in all_options])


def bill_unit(option: Option) -> float:
    """GPUs that are paid for together: what the case says, else whole servers when owned."""
    stated = option.purchase.gpus_billed_together
    return float(stated or (GPUS_PER_SERVER if option.mode == "owned" else 1))


def given(name: str, value: Value, source: Source) -> Input:
    """A number that follows from the structure of the case."""
    default = register()[name]
    return replace(default, likely=value, source=source, low=None, high=None)


def option_inputs(
    all_options: Sequence[Option], base: Mapping[str, Input], stated: Mapping[str, Input], source: Source
) -> dict[str, Input]:
    """What differs between the options; where an option says nothing, it takes what holds for all (`base`)."""
    return _prices(all_options) | _mix(all_options, base, source) | _owned(all_options, base, stated)


def _prices(all_options: Sequence[Option]) -> dict[str, Input]:
    """Price inputs of the modes that the case uses; other modes pay nothing of theirs."""
    prices_paid: dict[str, Input] = {}
    for name in dict.fromkeys(PRICES.values()):
        modes = [mode for mode, of_input in PRICES.items() if of_input == name]
        mine = [option.price for option in all_options if option.mode in modes and option.price is not None]
        if mine:
            prices = [option.price.likely if option.mode in modes and option.price else 0.0 for option in all_options]
            priced = [option.price if option.mode in modes and option.price else mine[0] for option in all_options]
            known = [KnownFrom(kind=price.kind, source=price.source) for price in priced]
            prices_paid[name] = mixed(replace(mine[0], likely=along(OPTION, prices)), OPTION, known)
    return prices_paid


def _mix(all_options: Sequence[Option], base: Mapping[str, Input], source: Source) -> dict[str, Input]:
    """Reserved and spot shares, and GPUs that are owned already."""
    names = ("reserved_share", "reserved_discount", "spot_share", "spot_net_saving", "gpus_already_owned",
             "idle_value_per_gpu_month")  # fmt: skip
    mixed_inputs = {}
    for name in names:
        values = [getattr(option.purchase, name) for option in all_options]
        if any(values):
            likely = [base[name].likely if value is None else float(value) for value in values]
            mixed_inputs[name] = given(name, along(OPTION, likely), source)
    return mixed_inputs


def _owned(all_options: Sequence[Option], base: Mapping[str, Input], stated: Mapping[str, Input]) -> dict[str, Input]:
    """Power and space, which only those pay who own their GPUs: measured figures unless the case has its own."""
    found = {name: stated[name].likely if name in stated else value for name, value in MEASURED_KW.items()}
    return {name: replace(base[name], likely=by_option(all_options, "owned", value)) for name, value in found.items()}
