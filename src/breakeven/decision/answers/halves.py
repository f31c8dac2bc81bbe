"""The same sum again at half the utilization: half the tokens, or replicas half as fast."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.decision.comparison import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfTest:
    """One half-utilization test: costs of the named month, net present value over the horizon."""

    name: str
    hosted_month: float
    option_month: float
    net_present_value: float
    replicas: float

    @property
    def wins(self) -> bool:
        """Whether the option still beats buying; a tie goes to buying."""
        return self.net_present_value > 0


def half_volume(comparison: Comparison, option: int, month: int) -> HalfTest:
    """T1: the whole demand path halves, the decided fleet and the people stay."""
    return _test(
        comparison,
        option,
        month,
        "half the tokens, same fleet",
        {"volume_scale": 0.5, "replicas": comparison.fleets},
    )


def half_speed(comparison: Comparison, option: int, month: int) -> HalfTest:
    """T2: a replica serves half as much, so the fleet is sized again; the people stay."""
    speed = comparison.values["replica_tokens_per_second"]
    changed = {"replica_tokens_per_second": speed / 2}
    changed["replicas"] = comparison.sized_anew(**changed)
    return _test(comparison, option, month, "same tokens, replicas half as fast", changed)


def _test(comparison: Comparison, option: int, month: int, name: str, changed: dict[str, object]) -> HalfTest:
    wanted = ["monthly_cost", "net_present_value", "replicas"]
    got = comparison.model.evaluate({**comparison.values, **changed}, wanted)
    return HalfTest(
        name=name,
        hosted_month=comparison.month(got["monthly_cost"], 0, month),
        option_month=comparison.month(got["monthly_cost"], option, month),
        net_present_value=comparison.month(got["net_present_value"], option, 0),
        replicas=comparison.month(got["replicas"], option, month),
    )
