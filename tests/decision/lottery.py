"""A wager with closed forms: a fixed fleet against a bill of uncertain volume and price, both lognormal."""

from __future__ import annotations

from collections.abc import Mapping
from math import erf, exp, hypot, log, sqrt

from staircase import module

from breakeven.decision.comparison import Comparison
from breakeven.decision.risk.draws import draws
from breakeven.decision.risk.uncertainty import Outcomes, simulate
from breakeven.numbers.inputs import P95, Input, Source
from breakeven.numbers.lines import Model, line
from breakeven.numbers.operations import OPTION, along

TEST = Source(title="test")
VOLUME, SPREAD, PRICE, FLEET = 50_000.0, 0.3, 0.5, 20_000.0


@line("replica", source="test")
def replicas(self_hosts):
    """Replicas."""
    return self_hosts


@line("USD", source="test")
def net_present_value(tokens, price, replicas, fleet_cost, self_hosts, nuisance):
    """What the fleet saves."""
    return (tokens * price - replicas * fleet_cost) * self_hosts + nuisance * 0


def lognormal(median: float, spread: float, unit: str = "1") -> Input:
    ends = {"low": median * exp(-spread * P95), "high": median * exp(spread * P95)}
    return Input(likely=median, unit=unit, kind="assumed", source=TEST, distribution="lognormal", **ends)


def comparison() -> Comparison:
    """Buying, and the fleet."""
    names = ["tokens", "price", "fleet_cost", "self_hosts", "nuisance"]
    own = along(OPTION, [0.0, 1.0])
    values = {"tokens": VOLUME, "price": PRICE, "fleet_cost": FLEET, "self_hosts": own, "nuisance": 1.0}
    model = Model(module(replicas, net_present_value), inputs=names)
    return Comparison(model=model, names=("buy", "own"), values=values, fleets=own, months=1)


def outcomes(inputs: Mapping[str, Input], *, seed: int = 1, scenarios: int = 2**14) -> Outcomes:
    return simulate(comparison(), inputs, draws(inputs, scenarios=scenarios, seed=seed))


def one() -> dict[str, Input]:
    """Only the volume is uncertain: W1."""
    return {"tokens": lognormal(VOLUME, SPREAD)}


def two(price_spread: float = 0.2) -> dict[str, Input]:
    """Volume and price are uncertain, and something that does not matter."""
    return one() | {"price": lognormal(PRICE, price_spread, "USD"), "nuisance": lognormal(1.0, 0.5)}


def phi(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


def expected_gain(median: float, spread: float, cost: float = FLEET) -> float:
    """Mean of max(0, X - cost) for lognormal X (Black and Scholes, no interest)."""
    forward = median * exp(spread**2 / 2)
    d1 = log(forward / cost) / spread + spread / 2
    return forward * phi(d1) - cost * phi(d1 - spread)


def worth_of_volume(price_spread: float = 0.2) -> float:
    """EVPPI of the volume, in closed form."""
    mean_price = PRICE * exp(price_spread**2 / 2)
    return expected_gain(VOLUME * mean_price, SPREAD) - (VOLUME * mean_price * exp(SPREAD**2 / 2) - FLEET)


def worth_of_all(price_spread: float = 0.2) -> float:
    """EVPI of volume and price, in closed form."""
    spread = hypot(SPREAD, price_spread)
    return expected_gain(VOLUME * PRICE, spread) - (VOLUME * PRICE * exp(spread**2 / 2) - FLEET)
