"""The configuration of LiteLLM's proxy, as plain data. Why each setting stands there: docs/how-to/gateway.md.

A workload is a group of deployments under its own name, which clients call as `model`. Beside it stand four groups of
one deployment each: where it falls back to, where copies go, the API once more as its own noise floor, and the API for
copies of what the candidate answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from breakeven.proof.gateway.routes import Endpoint, Route, Routes, slug
from breakeven.proof.records.row import API, NOISE

PLUGINS = ("canary_plugin.py", "shadow_logger.py")
NOISE_SHARE = 0.1  # of the copied requests also go to the API again; judgement: 28 days of a tenth bound its noise
MASTER_KEY = "LITELLM_MASTER_KEY"
HASH_KEY = "BREAKEVEN_HASH_KEY"
NEVER_OUT = 0  # seconds in which an arm is taken out of rotation after a fault
FAULTS_BEFORE_OUT = {
    "InternalServerErrorAllowedFails": 2,
    "TimeoutErrorAllowedFails": 1,
    "RateLimitErrorAllowedFails": 2,
    "BadRequestErrorAllowedFails": 1000,  # the request's own fault, not the server's
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and money. `wait`: for the candidate's answer, or its next piece; then the API answers.

    `copies_per_day` bounds what copies sent to the API may cost a day [USD]; the answering API has no budget, since
    one that is spent would close the way back.
    """

    wait: float = 20.0
    api_wait: float = 600.0
    out_of_rotation: float = 10.0
    copies_per_day: float = 10.0


def litellm_config(made: Routes, limits: Limits) -> dict[str, Any]:
    """The whole file."""
    names = [route.workload for route in made.routes]
    back = [{name: [api_group(name)]} for name in names]
    return {
        "model_list": [entry for route in made.routes for entry in _deployments(route, limits)],
        "router_settings": {
            "routing_strategy": "simple-shuffle",
            "num_retries": 0,
            "retry_after": 0,
            "cooldown_time": limits.out_of_rotation,
            "fallbacks": back,
            "context_window_fallbacks": back,
            "enable_pre_call_checks": False,
        },
        "litellm_settings": {
            "callbacks": [f"{plugin.removesuffix('.py')}.instance" for plugin in PLUGINS],
            "drop_params": True,
            "request_timeout": limits.api_wait,
        },
        "general_settings": {"master_key": _reference(MASTER_KEY)},
    }


def api_group(workload: str) -> str:
    """Where a workload falls back to."""
    return f"{workload}--api"


def candidate_group(route: Route) -> str:
    """Where copies of a workload's requests go."""
    return f"{route.workload}--{route.arm}"


def back_group(workload: str) -> str:
    """Where copies of what the candidate answers go: the API, as what it is held against."""
    return f"{workload}--back"


def noise_group(workload: str) -> str:
    """The API once more: how much it differs from itself."""
    return f"{workload}--aa"


def _deployments(route: Route, limits: Limits) -> Iterator[dict[str, Any]]:
    """The group itself, then the three beside it. Weights hold until the plugin has read the live plan."""
    name, arm, shares = route.workload, route.arm, route.shares
    api, candidate = _api(route.api, limits), _candidate(route.candidate, limits)
    bounded = api | {"max_budget": limits.copies_per_day, "budget_duration": "1d"}
    copied, plain = _weight((1 - shares.share) * shares.mirror), _weight((1 - shares.share) * (1 - shares.mirror))
    to_one = {"silent_model": candidate_group(route)}
    to_both = {"silent_model": [candidate_group(route), noise_group(name)]}
    back = candidate | {"weight": 0.0, "silent_model": back_group(name)}
    yield _entry(name, api | {"weight": plain}, route, API)
    yield _entry(name, api | to_one | {"weight": copied * (1 - NOISE_SHARE)}, route, API, copies=arm)
    yield _entry(name, api | to_both | {"weight": copied * NOISE_SHARE}, route, API, copies=f"{arm}+{NOISE}")
    yield _entry(name, candidate | {"weight": _weight(shares.share)}, route, arm, limits=limits)
    yield _entry(name, back, route, arm, copies=API, limits=limits)
    yield _entry(api_group(name), api, route, API, role="fallback")
    yield _entry(candidate_group(route), candidate, route, arm, role="copy")
    yield _entry(noise_group(name), bounded, route, NOISE, role="copy")
    yield _entry(back_group(name), bounded, route, API, role="copy")


def _entry(
    group: str,
    parameters: dict[str, Any],
    route: Route,
    arm: str,
    *,
    copies: str = "none",
    role: str = "",
    limits: Limits | None = None,
) -> dict[str, Any]:
    """One deployment. With `limits` it may be taken out of rotation after faults; an API arm and a copy never are."""
    suffix = [role] if role else [copies] if copies != "none" else []
    info: dict[str, Any] = {
        "id": ".".join([slug(route.workload), arm, *suffix]),
        "workload": route.workload,
        "arm": arm,
        "candidate": route.arm,
        "copies": copies,
        "cooldown_time": NEVER_OUT if limits is None else limits.out_of_rotation,
    }
    if limits is not None:
        info["allowed_fails_policy"] = dict(FAULTS_BEFORE_OUT)
    return {"model_name": group, "litellm_params": parameters, "model_info": info}


def _api(end: Endpoint, limits: Limits) -> dict[str, Any]:
    return _parameters(end) | {"timeout": limits.api_wait, "max_retries": 0}


def _candidate(end: Endpoint, limits: Limits) -> dict[str, Any]:
    return _parameters(end) | {"timeout": limits.wait, "stream_timeout": limits.wait, "max_retries": 0}


def _parameters(end: Endpoint) -> dict[str, Any]:
    made: dict[str, Any] = {"model": f"{end.provider}/{end.model}", "api_key": _reference(end.key_variable)}
    if end.address:
        made["api_base"] = end.address
    elif end.address_variable:
        made["api_base"] = _reference(end.address_variable)
    return made


def _reference(variable: str) -> str:
    """How LiteLLM is told to read the environment."""
    return f"os.environ/{variable}"


def _weight(share: float) -> float:
    return round(100 * share, 6)
