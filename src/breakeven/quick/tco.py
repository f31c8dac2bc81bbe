"""The function of the brief, bit for bit. Imports nothing, so that it can be copied into a notebook."""

from __future__ import annotations

from typing import Literal, TypedDict

Cheaper = Literal["hosted", "self-hosted"]


class Comparison(TypedDict):
    """Two monthly costs in whole dollars, and which is lower before rounding; a tie goes to self-hosting."""

    hosted_usd: int
    self_hosted_usd: int
    cheaper: Cheaper


def tco_compare(
    monthly_tokens_millions: float,
    hosted_price_per_m: float,
    gpu_monthly: float,
    gpus: float,
    eng_monthly: float,
    utilization: float = 0.5,  # noqa: ARG001  the brief's function takes it and never uses it
) -> Comparison:
    """Hosted against self-hosted cost of a month. Rounds half to even, at the very end."""
    hosted = monthly_tokens_millions * hosted_price_per_m
    self_hosted = gpus * gpu_monthly + eng_monthly
    return {
        "hosted_usd": round(hosted),
        "self_hosted_usd": round(self_hosted),
        "cheaper": "hosted" if hosted < self_hosted else "self-hosted",
    }
