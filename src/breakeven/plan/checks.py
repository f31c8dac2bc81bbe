"""What is wrong with a portfolio, told before anything is solved."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from math import isclose, isfinite

from breakeven.plan.portfolio import Portfolio
from breakeven.problems import Problem, Problems, nearest


def check(portfolio: Portfolio) -> None:
    """Raise `Problems` with everything that contradicts itself or leaves a workload nowhere to go."""
    found = [*_shapes(portfolio)]
    if not found:
        found = [*_names(portfolio), *_order(portfolio), *_demand(portfolio), *_somewhere(portfolio), *_team(portfolio)]
    if found:
        raise Problems(found)


def _shapes(portfolio: Portfolio) -> Iterator[Problem]:
    if not portfolio.workloads:
        yield Problem("the portfolio has no workloads", fix="List at least one under workloads.")
    if not isclose(sum(portfolio.block_share), 1.0, rel_tol=1e-6):
        yield Problem(f"the shares of the load blocks add up to {sum(portfolio.block_share):g}", fix="They must be 1.")
    for workload in portfolio.workloads:
        if len(workload.load) != len(portfolio.block_share) or len(workload.growth) != portfolio.months:
            yield Problem(
                f'workload "{workload.name}" has {len(workload.load)} blocks and {len(workload.growth)} months',
                fix=f"The portfolio has {len(portfolio.block_share)} blocks and {portfolio.months} months.",
            )
    if len(portfolio.team.person_months) != portfolio.months:
        yield Problem("the team needs one number of person-months for each month")


def _names(portfolio: Portfolio) -> Iterator[Problem]:
    names = [member.name for member in portfolio.workloads]
    targets = [*(target.name for target in portfolio.apis), *(fleet.name for fleet in portfolio.fleets)]
    for kind, listed in (("workload", names), ("target", targets)):
        for name in sorted({one for one in listed if listed.count(one) > 1}):
            yield Problem(f'two {kind}s are named "{name}"', fix="Give each its own name.")
    for workload in portfolio.workloads:
        for other in workload.after:
            if other not in names:
                fix = f"{nearest(other, names)} Workloads: {', '.join(names)}.".strip()
                yield Problem(f'"{workload.name}" comes after "{other}", which is no workload', fix=fix)


def _order(portfolio: Portfolio) -> Iterator[Problem]:
    known = {member.name for member in portfolio.workloads}
    graph = {member.name: [other for other in member.after if other in known] for member in portfolio.workloads}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        yield Problem(f"workloads wait for each other in a circle: {circle}", fix="Take one `after` away.")
    for workload in portfolio.workloads:
        waits = [other for other in workload.after if other in known and portfolio.workload[other].stays_on_api]
        if waits and not workload.stays_on_api:
            what = f'"{workload.name}" comes after "{waits[0]}", which stays on the API'
            yield Problem(what, fix="Let both stay, or take the `after` away.")


def _demand(portfolio: Portfolio) -> Iterator[Problem]:
    for each in portfolio.workloads:
        numbers = [*portfolio.load(each.name).ravel(), each.effort_person_months, each.migration_cost]
        if not all(isfinite(number) for number in numbers):
            yield Problem(f'the load of "{each.name}" has no bound', fix="State a volume and a growth that are finite.")
        elif min(numbers) < 0:
            yield Problem(f'workload "{each.name}" has a negative load, effort or cost', fix="Zero is the least.")


def _somewhere(portfolio: Portfolio) -> Iterator[Problem]:
    """No compliant option: the least gates that would have to give way, workload by workload."""
    for workload in portfolio.workloads:
        offers = portfolio.offers(workload.name)
        if not offers:
            yield Problem(
                f'nothing serves "{workload.name}"', fix="Give it a hosted model, or a fleet that may serve it."
            )
        elif not portfolio.targets(workload.name):
            least = min((portfolio.failed(workload.name, target), target) for target in offers)
            ways = sorted({(len(portfolio.failed(workload.name, t)), t) for t in offers})
            listed = "; ".join(f"{t} if {quoted(portfolio.failed(workload.name, t))} passed" for _, t in ways[:3])
            yield Problem(
                f'"{workload.name}" has no compliant option: every target fails a gate',
                fix=f"The least relaxations: {listed}." if least else "",
            )


def quoted(names: tuple[str, ...]) -> str:
    """Names in quotation marks, joined."""
    return " and ".join(f'"{name}"' for name in names)


def _team(portfolio: Portfolio) -> Iterator[Problem]:
    if any(person_month < 0 for person_month in portfolio.team.person_months):
        yield Problem("the team has fewer than zero people", fix="Zero is the least: then nothing moves.")
    if portfolio.team.parallel_migrations < 1:
        yield Problem("no migration may run: parallel migrations must be 1 or more", fix="Set max_parallel to 1.")
    if any(portfolio.team.person_months):
        return
    forced = [
        workload.name
        for workload in portfolio.workloads
        if not any(t in portfolio.api or not portfolio.fleet[t].moves for t in portfolio.targets(workload.name))
    ]
    for name in forced:
        what = f'"{name}" must leave the API, and the team has nobody to move it'
        yield Problem(what, fix="State the team, or the gate that would let it stay.")
