"""How often enough nodes are up: availability of k out of n, and what one common cause takes away.

Method: docs/method/capacity.md. Plain numbers: hours, shares between 0 and 1, counts.
"""

from __future__ import annotations

from math import exp, fsum, lgamma, log, log1p

from breakeven.problems import Problem

COMMON_CAUSE_SHARE = 1e-3  # share of time a driver, deploy or power stops all; judgement
MOST_SPARES = 100  # nodes; beyond this the target is out of reach for any practical fleet


class BadAvailability(Problem):
    """A share, time or count that availability cannot be computed from."""


class Unreachable(Problem):
    """No practical number of spare nodes reaches the availability asked for."""


def node_mtbf_hours(gpu_mtbf_hours: float, gpus_per_node: int) -> float:
    """Mean time between failures of a node that any of its GPUs stops [hours]."""
    _positive("gpu_mtbf_hours", gpu_mtbf_hours)
    _positive("gpus_per_node", gpus_per_node)
    return gpu_mtbf_hours / gpus_per_node


def node_availability(mtbf_hours: float, mttr_hours: float) -> float:
    """Share of time one node is up: MTBF / (MTBF + MTTR). 6,334.63 h and 24 h give 0.996226."""
    _positive("mtbf_hours", mtbf_hours)
    if not mttr_hours >= 0:
        raise BadAvailability(f"mttr_hours is {mttr_hours:g}", fix="Give the hours to replace it, 0 or more.")
    return mtbf_hours / (mtbf_hours + mttr_hours)


def k_of_n_availability(needed: int, nodes: int, availability: float) -> float:
    """Share of time at least `needed` of `nodes` independent nodes are up.

    The binomial sum over failures, in logarithms so that large fleets do not underflow. 3 of 4 at
    0.996226 is 0.999915.
    """
    _share("availability", availability)
    if needed <= 0:
        return 1.0
    if nodes < needed or availability == 0:
        return 0.0
    if availability == 1:
        return 1.0
    up, down = log(availability), log1p(-availability)
    log_terms = (
        lgamma(nodes + 1) - lgamma(failed + 1) - lgamma(nodes - failed + 1) + (nodes - failed) * up + failed * down
        for failed in range(nodes - needed + 1)
    )
    return min(fsum(exp(log_term) for log_term in log_terms), 1.0)


def least_nodes(needed: int, availability: float, target: float) -> int:
    """The fewest nodes of which `needed` are up for at least the `target` share of time.

    Before common cause, which no number of nodes in one place cures.
    """
    _share("availability", availability)
    _share("target", target)
    for nodes in range(needed, needed + MOST_SPARES + 1):
        if k_of_n_availability(needed, nodes, availability) >= target:
            return nodes
    raise Unreachable(
        f"{needed} nodes up for {target:.4%} of the time needs more than {MOST_SPARES} spares, each "
        f"node being up for {availability:.4%}",
        fix="Lower the target, or replace failed nodes sooner (mttr_hours).",
    )


def _positive(name: str, value: float) -> None:
    if not value > 0:
        raise BadAvailability(f"{name} is {value:g}; it must be greater than zero", fix=f"Give {name} above zero.")


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise BadAvailability(
            f"{name} is {value:g}; it is a share of time and must lie between 0 and 1",
            fix="Write 99.9 % as 0.999.",
        )
