"""What a gateway needs of a plan: for each workload that moves its two arms, and the shares to begin with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from breakeven.problems import Problem, nearest
from breakeven.proof.records.live_plan import Shares
from breakeven.proof.records.row import arm_of
from breakeven.shipped import shipped

HOSTS = "proof/gateway/hosts.yaml"
OWN_PROVIDER = "hosted_vllm"  # LiteLLM's name for any server of one's own that speaks OpenAI's protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One arm. `address`: None where the provider's own is known to the gateway. `*_variable`: in the environment."""

    target: str
    provider: str
    model: str
    address: str | None
    key_variable: str
    address_variable: str | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """What must be set before the gateway starts."""
        return tuple(filter(None, (self.key_variable, None if self.address else self.address_variable)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One workload between the API that serves it today and the candidate: a fleet of one's own, or another host.

    `arm`: what the candidate is called in rows and names.
    """

    workload: str
    api: Endpoint
    candidate: Endpoint
    arm: str
    shares: Shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """What moves, and in `notices` what the gateway leaves where it is, and why."""

    plan: str
    routes: tuple[Route, ...]
    notices: tuple[str, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of all arms, each once."""
        named = (name for route in self.routes for end in (route.api, route.candidate) for name in end.variables)
        return tuple(dict.fromkeys(named))

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every arm once, the candidates last."""
        arms = [route.api for route in self.routes] + [route.candidate for route in self.routes]
        return tuple({each.target: each for each in arms}.values())


def routes_of(
    plan: Mapping[str, Any], *, addresses: Mapping[str, str] | None = None, models: Mapping[str, str] | None = None
) -> Routes:
    """The workloads of a plan that move, to a fleet of one's own or to another host, and have an API behind them.

    `addresses`: target -> where it is served; `models`: target -> the name it is served by. Raises `Problem` where
    nothing moves, a target is unknown, or an address is none or holds a password.
    """
    addresses, models = addresses or {}, models or {}
    targets = {str(target["name"]): target for target in plan["targets"]}
    for name in (*addresses, *models):
        if name not in targets:
            fix = nearest(name, targets) or f"It has {', '.join(targets)}."
            raise Problem(f'"{name}" is no target of the plan', fix=fix)
    for address in addresses.values():
        _check(address)
    kinds = {name: str(target["kind"]) for name, target in targets.items()}
    ends = {name: _endpoint(target, addresses.get(name), models.get(name)) for name, target in targets.items()}
    stays = {workload["name"]: _stays(workload, kinds) for workload in plan["workloads"]}
    moving = tuple(_route(workload, ends, kinds) for workload in plan["workloads"] if not stays[workload["name"]])
    if not moving:
        raise Problem("no workload of the plan moves with an API behind it", fix="There is nothing to route.")
    made = Routes(
        plan=str(plan["name"]),
        routes=moving,
        notices=tuple(f"{name} {why}" for name, why in stays.items() if why),
    )
    _refuse_same_names(made)
    return made


def _stays(workload: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    """Why the gateway has nothing to do with a workload; empty where it has."""
    primary, at_api = workload["primary"], kinds[workload["primary"]] == "api"
    if workload["cut_over_month"] is None:
        return f"stays at {primary}." if at_api else "is served by the fleet already and does not move."
    if workload["fallback"] is None:
        return "may not be sent to any API: it has no way back, and no share of it can be routed."
    if workload["fallback"] == primary:
        return f"may be sent to {primary} alone: it has no way back, and no share of it can be routed."
    return ""


def _route(workload: Mapping[str, Any], ends: Mapping[str, Endpoint], kinds: Mapping[str, str]) -> Route:
    return Route(
        workload=str(workload["name"]),
        api=ends[workload["fallback"]],
        candidate=ends[workload["primary"]],
        arm=arm_of(kinds[workload["primary"]]),
        shares=Shares(mirror=float((workload["shadow"] or {}).get("share", 1.0))),
    )


def _endpoint(stated: Mapping[str, Any], address: str | None, model: str | None) -> Endpoint:
    target = str(stated["name"])
    host, _, name = str(stated.get("served_as") or target).partition("/")
    if stated["kind"] != "api":
        variable = f"SELF_{variable_name(target)}"
        return Endpoint(
            target=target,
            provider=OWN_PROVIDER,
            model=model or slug(target),
            address=address,
            key_variable=f"{variable}_API_KEY",
            address_variable=f"{variable}_API_BASE",
        )
    known = shipped(HOSTS).get(host, {})
    return Endpoint(
        target=target,
        provider="openai" if address else known.get("provider", "openai"),
        model=model or name or target,
        address=address or known.get("address"),
        key_variable=known.get("key", f"{variable_name(host)}_API_KEY"),
        address_variable=None if known else f"{variable_name(host)}_API_BASE",
    )


def slug(name: str) -> str:
    """Small letters, digits and hyphens, as names in a cluster are written."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50].strip("-") or "x"


def variable_name(name: str) -> str:
    """Large letters, digits and underscores."""
    return slug(name).upper().replace("-", "_")


def _check(address: str) -> None:
    """Raise `Problem` for what is no address, or holds a secret."""
    fix = "Write it as https://host:port/v1; keys are read from the environment."
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        whole = False
    if not whole:
        raise Problem(f'"{address}" is no address of a server', fix=fix)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Problem(f"the address of {parts.hostname} holds more than host, port and path", fix=fix)


def _refuse_same_names(made: Routes) -> None:
    """Raise `Problem` where two names become one in variables or files."""
    for names in ([route.workload for route in made.routes], [each.target for each in made.endpoints]):
        short: dict[str, str] = {}
        for name in names:
            if (other := short.setdefault(slug(name), name)) != name:
                raise Problem(f'"{other}" and "{name}" would both be called {slug(name)}', fix="Rename one of them.")
