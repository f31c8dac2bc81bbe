"""Every option of a basis: all ways to buy, and for each way to hold GPUs the best owned base with burst.

Where the API's throughput can be bought in committed units, each option but today's bill holds the number of them that
is best for what it still buys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from breakeven.decision.comparison import BASELINE, of_options
from breakeven.decision.hybrid.hybrid import sizes_to_look_at, spares
from breakeven.decision.hybrid.tranches import chosen_path, months_of
from breakeven.decision.hybrid.units import units_by_fleet, with_units
from breakeven.numbers.distributions import Floats
from breakeven.numbers.inputs import expected
from breakeven.numbers.operations import OPTION, Value, pick
from breakeven.study.judge.bought import CHOSEN, baseline_of, on_the_best_contract, reordered, with_hosts
from breakeven.study.judge.uses import judged_columns
from breakeven.study.modes import HELD
from breakeven.study.register import full_model
from breakeven.study.resolve.serving.fleets_by_month import kept
from breakeven.study.study import Basis, Column

BURSTS = " + API"  # after the key of the whole fleet: the base with burst on the same GPUs


def with_every_option(basis: Basis) -> Basis:
    """The same basis with all that one can do beside what the case lists."""
    return with_fitted_options(with_hosts(basis))


def with_fitted_options(basis: Basis) -> Basis:
    """The same of a basis that holds every way to buy: what is fitted to its inputs, contracts and owned bases."""
    return with_hybrids(on_the_best_contract(with_decided_bases(basis)))


def with_decided_bases(basis: Basis) -> Basis:
    """The same basis, where a fleet that the case states cannot carry the peak alone it is a base that bursts.

    Not where a gate forbids the API, or where nothing serves beside the spares: such a fleet is too small.
    """
    values, months = expected(basis.inputs), range(basis.header.horizon_months)
    if judged_columns(basis)[BASELINE].verdict == "fail":
        return basis
    got = full_model().evaluate({**values, "replicas": basis.fleets}, ["peak_shortfall"])["peak_shortfall"]
    columns = []
    for option, column in enumerate(basis.columns):
        fleet = np.array(pick(basis.fleets, option=option, month=months), dtype=float)
        short = float(np.max(pick(got, option=option, month=months))) > 0
        bursts = column.fixed and not column.hybrid and short and bool(np.all(fleet > spares(values)))
        columns.append(replace(column, name=hybrid_name(column.name, fleet), hybrid=True) if bursts else column)
    return replace(basis, columns=tuple(columns))


def with_hybrids(basis: Basis) -> Basis:
    """The same basis with a column for the best owned base of each held fleet, where it is another fleet."""
    basis = with_best_units(basis)
    bases = best_bases(basis)
    order, columns, held = [], [], []
    for option, column in enumerate(basis.columns):
        order.append(option)
        columns.append(column)
        held.append(of_options(basis.fleets, [option]))
        if option in bases:
            order.append(option)
            columns.append(based(column, bases[option]))
            held.append(np.broadcast_to(bases[option], held[-1].shape))
    inputs = {name: reordered(one, order) for name, one in basis.inputs.items()}
    wide = replace(basis, columns=tuple(columns), inputs=inputs, fleets=np.concatenate(held, axis=OPTION))
    return with_best_units(wide)


def based(column: Column, path: Floats) -> Column:
    """The column of the base with burst beside that of the whole fleet."""
    key = f"{column.key}{BURSTS}" if column.key else ""
    return Column(name=hybrid_name(column.name, path), mode=column.mode, hybrid=True, key=key)


def in_units(basis: Basis) -> bool:
    """Whether the API's throughput can be bought in committed units."""
    return bool(np.any(basis.inputs["committed_units"].likely))


def with_best_units(basis: Basis) -> Basis:
    """The basis with the best number of committed units of every option for its fleet, by month.

    The first has its own already, and today's contract is what it is.
    """
    if not in_units(basis):
        return basis
    months, values = basis.header.horizon_months, expected(basis.inputs)
    for option in (i for i, column in enumerate(basis.columns) if column.mode != "hosted"):
        fleet = np.array(pick(basis.fleets, option=option, month=range(months)), dtype=float)
        units, _ = units_by_fleet(full_model(), values, option, fleet[None, :], months)
        values = with_units(values, option, units[0])
    chosen = replace(basis.inputs["committed_units"], likely=values["committed_units"], source=CHOSEN)
    return replace(basis, inputs={**basis.inputs, "committed_units": chosen})


def as_stated(basis: Basis) -> Basis:
    """The basis with the case's own options only, and today's contract."""
    own = [i for i, column in enumerate(basis.columns) if column.fixed or not column.hybrid]
    kept = [i for i in own if basis.columns[i].mode not in ("hosted", "endpoint")]
    today = max(i for i, column in enumerate(basis.columns) if column.mode == "hosted")
    order = [today, *kept]
    return replace(
        basis,
        columns=tuple(basis.columns[i] for i in order),
        inputs={name: reordered(one, order) for name, one in basis.inputs.items()}
        | {"is_baseline": replace(basis.inputs["is_baseline"], likely=baseline_of(len(order)))},
        fleets=of_options(basis.fleets, order),
    )


def best_bases(basis: Basis) -> dict[int, Floats]:
    """By option the best base by month, where a smaller fleet with burst beats serving everything."""
    return bases_of(basis.columns, expected(basis.inputs), basis.fleets, basis.header.horizon_months)


def bases_of(columns: Sequence[Column], values: Mapping[str, Value], fleets: Value, months: int) -> dict[int, Floats]:
    """The same of columns whose inputs stand at `values`, `fleets` serving everything. Units are chosen where there
    are any; else all fleets of all columns are looked at together.
    """
    model = full_model()
    held = [i for i, column in enumerate(columns) if column.mode in HELD and not column.fixed]
    if not held:
        return {}
    load = values["load"] if "load" in values else model.evaluate(values, ["load"])["load"]
    sizes = {i: np.array(sizes_to_look_at(model, {**values, "load": load}, i), dtype=float) for i in held}
    whole = {i: np.array(pick(fleets, option=i, month=range(months)), dtype=float) for i in held}
    rows = {i: np.vstack([np.repeat(sizes[i][:, None], months, axis=1), whole[i]]) for i in held}
    if np.any(values["committed_units"]):
        by_option = {i: units_by_fleet(model, values, i, rows[i], months)[1] for i in held}
    else:
        by_option = months_of(model, values, rows, months)
    stays, bases = kept([column.mode for column in columns], values), {}
    for i, option_months in by_option.items():
        path, worth = chosen_path(sizes[i], option_months.of(slice(-1)), keeps=stays[i])
        if worth > option_months.as_they_are()[-1] and np.any(path < whole[i]):
            bases[i] = path
    return bases


def hybrid_name(name: str, path: Floats) -> str:
    """What the column is called."""
    least, most = float(np.min(path)), float(np.max(path))
    held = f"{most:g}" if least == most else f"{least:g} to {most:g}"
    return f"{name}, {held} replica{'s' if most != 1 else ''} + API"
