"""HTTPRoutes of Kubernetes' Gateway API, as plain data: weights and copies. Their limits: docs/how-to/gateway.md."""

from __future__ import annotations

from typing import Any

from breakeven.proof.gateway.envoy_config import WHOLE, WORKLOAD_HEADER
from breakeven.proof.gateway.routes import Endpoint, Route, Routes, slug

PORT = 80
PREFIX = "/v1/"


def http_routes(made: Routes, *, parent: str, namespace: str | None = None) -> list[dict[str, Any]]:
    """One route a workload. `parent`: the Gateway that they hang on."""
    named = len(made.routes) > 1
    return [_http_route(route, parent, namespace, named=named) for route in made.routes]


def _http_route(route: Route, parent: str, namespace: str | None, *, named: bool) -> dict[str, Any]:
    match: dict[str, Any] = {"path": {"type": "PathPrefix", "value": PREFIX}}
    if named:
        match["headers"] = [{"type": "Exact", "name": WORKLOAD_HEADER, "value": route.workload}]
    moved = round(route.shares.share * WHOLE)
    rule: dict[str, Any] = {
        "matches": [match],
        "backendRefs": [_backend(route.api, WHOLE - moved), _backend(route.candidate, moved)],
    }
    if route.shares.mirror > 0:
        rule["filters"] = [_mirror(route.candidate, route.shares.mirror)]
    about = {"name": slug(route.workload), "labels": {"app.kubernetes.io/managed-by": "breakeven"}}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": about | ({"namespace": namespace} if namespace else {}),
        "spec": {"parentRefs": [{"name": parent}], "rules": [rule]},
    }


def _mirror(candidate: Endpoint, share: float) -> dict[str, Any]:
    """Whole percents as such; a finer share as a fraction, of which not every gateway knows."""
    percent = round(100 * share, 2)
    part: dict[str, Any] = {"percent": int(percent)} if percent == int(percent) else {}
    if not part:
        part = {"fraction": {"numerator": max(round(share * WHOLE), 1), "denominator": WHOLE}}
    there = {"backendRef": {"name": slug(candidate.target), "port": PORT}}
    return {"type": "RequestMirror", "requestMirror": there | part}


def _backend(end: Endpoint, weight: int) -> dict[str, Any]:
    return {"name": slug(end.target), "port": PORT, "weight": weight}
