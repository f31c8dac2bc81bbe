"""The case's demand: from its log, from stated volumes, or from what the API costs today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from breakeven.demand.demand import Demand
from breakeven.demand.log.format.draft_map import read_map
from breakeven.demand.log.histogram import ALL, Sizes
from breakeven.demand.log.table.tables import Clock
from breakeven.demand.log.written_times import Dates
from breakeven.demand.shape.profiles import Percentiles
from breakeven.demand.shape.stated import StatedVolume, stated_demand
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.reading import Reading, demand_of_reading
from breakeven.problems import Notice, Problem, nearest
from breakeven.study.case.case import Case
from breakeven.study.case.schema import LoadPercentiles, Log, Workload
from breakeven.study.resolve.currency import bill_rate

DEFAULT_PROFILE = "conversation"
MTOK = 1e6

SpendPerMtok = Callable[[Sequence["Use"], Sequence[float]], Sequence[float] | np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One workload as the case describes it, and where in the file it does."""

    name: str
    stated: Workload
    hosted_model: str | None
    at: tuple[str | int, ...]


def uses(case: Case, demand: Demand | None) -> tuple[Use, ...]:
    """The workloads of the case; those of the log where the case lists none; else one for everything.

    Raises `Problem` for a gate or an evaluation of a workload that neither case nor log has.
    """
    if demand is not None:
        names = [*(each.name for each in case.file.workloads), *(each.name for each in demand.workloads)]
        _named(case, [*dict.fromkeys(names)])
    return _listed(case, demand)


def _named(case: Case, names: Sequence[str]) -> None:
    """The workloads that gates and evaluations name are there; without a log the case's own checks have seen to it."""
    asked = [("gates", i, each.workload) for i, each in enumerate(case.file.gates)]
    asked += [("evaluations", i, each.workload) for i, each in enumerate(case.file.evaluations)]
    for kind, i, name in asked:
        if name is not None and name not in names:
            what = f'{kind}.{i}.workload: there is no workload "{name}". {nearest(name, names)}'.strip()
            raise Problem(what, where=case.place(kind, i, "workload"), fix=f"There are: {', '.join(names)}.")


def _listed(case: Case, demand: Demand | None) -> tuple[Use, ...]:
    file = case.file
    if file.workloads:
        return tuple(
            Use(
                name=workload.name,
                stated=workload,
                hosted_model=workload.hosted_model or file.hosted_model,
                at=("workloads", i),
            )
            for i, workload in enumerate(file.workloads)
        )
    names = [workload.name for workload in demand.workloads] if demand else ["all"]
    return tuple(
        Use(name=name, stated=Workload(name=name), hosted_model=file.hosted_model, at=("hosted_model",))
        for name in names
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Logged:
    """The one reading of a case's log, and the demand that it shows."""

    reading: Reading
    demand: Demand

    @property
    def sizes(self) -> tuple[Sizes, ...]:
        """Lengths of its requests by workload; none where it sums them."""
        return self.reading.sizes

    def sizes_of(self, workload: str) -> Sizes | None:
        """The lengths of one workload, else of all together; None where they are not known."""
        by_name = {each.workload: each for each in self.sizes}
        return by_name.get(workload) or by_name.get(ALL)


def columns_of(case: Case, log: Log) -> dict[str, str] | None:
    """What the case calls the columns of its log, itself or in a file of its own."""
    said = log.columns
    if isinstance(said, str):
        with case.telling("log", "columns"):
            return read_map(case.folder / said)
    return said or None


def _clock(log: Log) -> Clock | None:
    """What the case says of times that count from the start of a trace."""
    if log.time_unit is None:
        return None
    if log.starts is None:
        return Clock(unit=log.time_unit)
    start = datetime.fromisoformat(log.starts)
    return Clock(unit=log.time_unit, starts=int((start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp()))


def logged(case: Case, set_aside_to: Path | None = None, *, requests: bool = False) -> Logged | None:
    """What the case's log shows; None when it names none. Rows that cannot be read go to a file, if one is named.

    `requests`: its requests one by one, too.
    """
    if case.file.log is None:
        return None
    log = case.file.log if isinstance(case.file.log, Log) else Log(path=case.file.log)
    reading = read_log(
        case.folder / log.path,
        columns=columns_of(case, log),
        workload="all",
        set_aside_to=set_aside_to,
        requests=requests,
        clock=_clock(log),
        dates=Dates(order=log.dates or "", zone=log.log_zone or ""),
    )
    whole = case.file.load_profile
    profile = log.load_profile_if_short or (whole if isinstance(whole, str) else None)
    demand = demand_of_reading(reading, time_zone=case.file.time_zone, profile_if_short=profile)
    return Logged(reading=reading, demand=demand)


def demand_of(case: Case, demand: Demand | None, workloads: tuple[Use, ...], unit_cost: SpendPerMtok) -> Demand:
    """The demand of the case's workloads. `unit_cost(uses, shares_of_output)`: USD per MTok of each, bought today."""
    if demand is not None:
        return _matched(case, demand, workloads)
    profile = shape_of(case.file.load_profile) or DEFAULT_PROFILE
    spends = [spend_of(case, use, len(workloads)) for use in workloads]
    paid = [(use, spend) for use, spend in zip(workloads, spends, strict=True) if spend is not None]
    bought = iter(_bought(case, paid, profile, unit_cost))
    volumes = [
        _volume(case, use, len(workloads), profile) if spend is None else next(bought)
        for use, spend in zip(workloads, spends, strict=True)
    ]
    return stated_demand(volumes, profile, source=case.source(*workloads[0].at))


def _matched(case: Case, demand: Demand, workloads: tuple[Use, ...]) -> Demand:
    """The log's demand, restricted to and ordered by the case's workloads; what is left out is refused."""
    by_name = {workload.name: workload for workload in demand.workloads}
    for use in workloads:
        if use.name not in by_name:
            raise Problem(
                f'the log has no workload "{use.name}"',
                where=case.place(*use.at, "name"),
                fix=f"{nearest(use.name, by_name)} It has: {', '.join(sorted(by_name)[:10])}.".strip(),
            )
    missing = sorted(set(by_name) - {use.name for use in workloads})
    if missing:
        raise Problem(
            f"the log has workloads that the case does not list: {', '.join(missing[:10])}",
            where=case.place("workloads"),
            fix="Add them (with `stays_on_api: true` if they are not to move), or the bill would be too small.",
        )
    return replace(demand, workloads=tuple(by_name[use.name] for use in workloads))


def _says_nothing(stated: Workload) -> bool:
    """Whether a workload states no volume of its own."""
    volumes = (stated.tokens_per_month, stated.input_tokens_per_month, stated.output_tokens_per_month)
    return not any((stated.api_spend_per_month, *volumes, stated.requests_per_month))


def spend_of(case: Case, use: Use, count: int) -> float | None:
    """What a workload's API costs a month [USD], where that is stated of it or, shared out evenly, of all."""
    spend, whole = use.stated.api_spend_per_month, case.file.api_spend_per_month
    if _says_nothing(use.stated) and whole is not None:
        spend = whole / count
    return None if spend is None else spend * bill_rate(case)


def _volume(case: Case, use: Use, count: int, profile: str | Percentiles) -> StatedVolume:
    """What the case states of one workload, the short form's total shared out evenly when there are several."""
    stated, tokens = use.stated, use.stated.tokens_per_month
    if _says_nothing(stated) and case.file.tokens_per_month is not None:
        tokens = case.file.tokens_per_month / count
    return StatedVolume(
        name=use.name,
        input_mtok_per_month=in_mtok(stated.input_tokens_per_month),
        output_mtok_per_month=in_mtok(stated.output_tokens_per_month),
        total_mtok_per_month=in_mtok(tokens),
        requests_per_month=stated.requests_per_month,
        cached_share_of_input=stated.cached_share,
        load_profile=shape_of(stated.load_profile) or profile,
        source=case.source(*use.at),
    )


def _bought(
    case: Case, paid: Sequence[tuple[Use, float]], profile: str | Percentiles, unit_cost: SpendPerMtok
) -> Iterator[StatedVolume]:
    """The volumes that the spends buy at today's prices, each in the mix of its profile."""
    if not paid:
        return
    profiles = [shape_of(use.stated.load_profile) or profile for use, _ in paid]
    costs = unit_cost([use for use, _ in paid], [_share_of_output(load_profile) for load_profile in profiles])
    for (use, spend), used_profile, price in zip(paid, profiles, costs, strict=True):
        if not price > 0:
            raise Problem(
                f"{use.name}: the API costs nothing at these prices, so its spend says nothing of the volume",
                fix="State tokens_per_month instead.",
            )
        yield StatedVolume(
            name=use.name,
            total_mtok_per_month=spend / float(price),
            cached_share_of_input=use.stated.cached_share,
            load_profile=used_profile,
            source=case.source(*use.at),
        )


@cache
def _share_of_output(profile: str | Percentiles) -> float:
    """The output's share of all tokens in the mix of a profile."""
    one = stated_demand([StatedVolume(total_mtok_per_month=1.0, load_profile=profile)]).workloads[0]
    return one.output_mtok_per_month


def shape_of(stated: str | LoadPercentiles | None) -> str | Percentiles | None:
    """The load's shape as the demand stage takes it: a profile's name, or percentiles."""
    if not isinstance(stated, LoadPercentiles):
        return stated
    return Percentiles(**stated.model_dump())


def in_mtok(tokens: float | None) -> float | None:
    """Tokens in millions."""
    return None if tokens is None else tokens / MTOK


def aside_notices(demand: Demand) -> tuple[Notice, ...]:
    """How many rows of the log could not be read, and why."""
    aside = sum(each.rows for each in demand.set_aside)
    if not aside:
        return ()
    reasons = "; ".join(f"{each.rows:,}: {each.reason}" for each in demand.set_aside)
    rows = f"{aside:,} of {demand.rows_read + aside:,} rows of the log"
    what = f"{rows} could not be used and were set aside ({reasons}): volumes are a lower bound."
    return (Notice(what=what, fix="-o DIR keeps them in set_aside.csv."),)
