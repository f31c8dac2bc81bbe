"""The configuration of Envoy, as plain data. Why each setting stands there: docs/how-to/gateway.md.

A workload has two routes: the first takes the share of the candidate, which has the API behind it as its next
priority; what is left goes to the API. The share and both shares of copies are runtime keys, changed while it runs.
A secret stands as ${VARIABLE}; start_envoy.py puts the value there when it starts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from breakeven.problems import Problem
from breakeven.proof.gateway.access_log import LOG
from breakeven.proof.gateway.litellm_config import Limits
from breakeven.proof.gateway.routes import Endpoint, Route, Routes, slug
from breakeven.proof.records.row import API as API_ARM
from breakeven.shipped import shipped_text

WORKLOAD_HEADER, MODEL_HEADER = "x-workload", "x-breakeven-model"
NAMING = "proof/gateway/plugins/model_name.lua"
SHARE_KEY, MIRROR_KEY, MIRROR_BACK_KEY = "canary", "mirror", "mirror_back"
WHOLE = 10_000  # shares are counted in this many parts
MOST_COPIES = 8  # in flight; what is more is dropped, never queued
LARGEST_BODY = 32 * 2**20  # bytes that can be sent a second time
NOT_ANSWERED = [400, 401, 403, 404, 408, 413, 422, 429]  # also 400: a context that is too long for our own model only
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
API = "type.googleapis.com/envoy.extensions"
PROTOCOL = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def runtime_key(kind: str, workload: str) -> str:
    """The key under which a share of a workload is changed."""
    return f"{kind}.{slug(workload).replace('-', '_')}"


def fraction(share: float) -> dict[str, Any]:
    """A share as Envoy writes it."""
    return {"numerator": round(share * WHOLE), "denominator": "TEN_THOUSAND"}


def envoy_config(made: Routes, limits: Limits, *, port: int, admin_port: int) -> dict[str, Any]:
    """The whole file. Raises `Problem` where an arm has no address, or the arms differ in their path."""
    for route in made.routes:
        _require_one_path(route)
    return {
        "admin": {"address": _socket("127.0.0.1", admin_port)},
        "layered_runtime": {"layers": [{"name": "admin", "admin_layer": {}}]},
        "static_resources": {
            "listeners": [_listener(made, limits, port)],
            "clusters": [cluster for route in made.routes for cluster in _clusters(route)],
        },
    }


def _listener(made: Routes, limits: Limits, port: int) -> dict[str, Any]:
    manager = {
        "@type": f"{API}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "llm",
        "stream_idle_timeout": _seconds(limits.api_wait),
        "access_log": [_access_log()],
        "route_config": {
            "name": "workloads",
            "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": list(_routes(made, limits))}],
        },
        "http_filters": [_filter("router", "http.router.v3.Router")],
    }
    return {
        "name": "llm",
        "address": _socket("127.0.0.1", port),
        "per_connection_buffer_limit_bytes": LARGEST_BODY,
        "filter_chains": [
            {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
        ],
    }


def _access_log() -> dict[str, Any]:
    fields = {
        "started": "%START_TIME%", "request_id": "%REQ(X-REQUEST-ID)%", "workload": f"%REQ({WORKLOAD_HEADER})%",
        "status": "%RESPONSE_CODE%", "flags": "%RESPONSE_FLAGS%", "assigned": "%UPSTREAM_CLUSTER%",
        "arm": "%UPSTREAM_METADATA(llm:arm)%", "attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
        "milliseconds": "%DURATION%", "milliseconds_to_first_byte": "%RESPONSE_DURATION%",
    }  # fmt: skip
    form = {"@type": f"{API}.access_loggers.file.v3.FileAccessLog", "path": LOG}
    return {
        "name": "envoy.access_loggers.file",
        "typed_config": form | {"log_format": {"json_format": fields}},
    }


def _routes(made: Routes, limits: Limits) -> Iterator[dict[str, Any]]:
    """Of one workload that any request is of, or of those that a header names."""
    named = len(made.routes) > 1
    for route in made.routes:
        match: dict[str, Any] = {"prefix": _path(route.api)}
        if named:
            match["headers"] = [{"name": WORKLOAD_HEADER, "string_match": {"exact": route.workload}}]
        share = _fraction(SHARE_KEY, route, route.shares.share)
        yield {
            "match": match | {"runtime_fraction": share},
            "route": _to(route, f"{route.arm}_first", limits)
            | _mirror("api_copies", MIRROR_BACK_KEY, route, route.shares.mirror_back)
            | {"retry_policy": _next_priority(limits)},
        }
        yield {
            "match": match,
            "route": _to(route, "api_only", limits)
            | _mirror(f"{route.arm}_copies", MIRROR_KEY, route, route.shares.mirror),
        }
    if named:
        text = f"Say which workload it is: header {WORKLOAD_HEADER}, one of: {', '.join(_names(made))}"
        yield {"match": {"prefix": "/"}, "direct_response": {"status": 404, "body": {"inline_string": text}}}


def _names(made: Routes) -> list[str]:
    return [route.workload for route in made.routes]


def _to(route: Route, cluster: str, limits: Limits) -> dict[str, Any]:
    wait = _seconds(limits.api_wait)
    return {"cluster": _cluster_name(route, cluster), "timeout": wait, "auto_host_rewrite": True}


def _mirror(cluster: str, key: str, route: Route, share: float) -> dict[str, Any]:
    policy = {
        "cluster": _cluster_name(route, cluster),
        "disable_shadow_host_suffix_append": True,
        "runtime_fraction": _fraction(key, route, share),
    }
    return {"request_mirror_policies": [policy]}


def _fraction(key: str, route: Route, share: float) -> dict[str, Any]:
    return {"default_value": fraction(share), "runtime_key": runtime_key(key, route.workload)}


def _next_priority(limits: Limits) -> dict[str, Any]:
    """What the candidate does not answer is asked once more of the next priority, the API."""
    name = "envoy.retry_priorities.previous_priorities"
    config = {"@type": f"{API}.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig", "update_frequency": 1}
    return {
        "retry_on": "5xx,connect-failure,reset,retriable-status-codes",
        "retriable_status_codes": NOT_ANSWERED,
        "num_retries": 1,
        "per_try_idle_timeout": _seconds(limits.wait),
        "retry_priority": {"name": name, "typed_config": config},
    }


def _clusters(route: Route) -> Iterator[dict[str, Any]]:
    candidate, api = _endpoint(route.candidate, route.arm), _endpoint(route.api, API_ARM)
    both = [{"priority": 0, "lb_endpoints": [candidate]}, {"priority": 1, "lb_endpoints": [api]}]
    # Envoy's default of three retries at a time turned 40 of 100 answers of 429 into errors of clients.
    many = {"max_retries": 1_000, "max_requests": 100_000, "max_pending_requests": 100_000, "max_connections": 100_000}
    taken_out = {
        "consecutive_5xx": 3,
        "interval": "1s",
        "base_ejection_time": "10s",
        "max_ejection_percent": 100,
    }
    yield _cluster(route, f"{route.arm}_first", both, many) | {
        "common_lb_config": {"healthy_panic_threshold": {"value": 1}},
        "outlier_detection": taken_out,
    }
    yield _cluster(route, "api_only", [{"lb_endpoints": [api]}], many)
    few = {"max_requests": MOST_COPIES, "max_connections": MOST_COPIES, "max_pending_requests": 1}
    yield _cluster(route, f"{route.arm}_copies", [{"lb_endpoints": [candidate]}], few)
    yield _cluster(route, "api_copies", [{"lb_endpoints": [api]}], few)


def _cluster(route: Route, kind: str, endpoints: list[dict[str, Any]], bounds: dict[str, int]) -> dict[str, Any]:
    name = _cluster_name(route, kind)
    secure = [_tls(end) for end in (route.candidate, route.api) if _parts(end).scheme == "https"]
    return {
        "name": name,
        "type": "STRICT_DNS",
        "connect_timeout": "2s",
        "per_connection_buffer_limit_bytes": LARGEST_BODY,
        "circuit_breakers": {"thresholds": [bounds]},
        "load_assignment": {"cluster_name": name, "endpoints": endpoints},
        "typed_extension_protocol_options": {PROTOCOL: _protocol(route)},
    } | ({"transport_socket_matches": secure} if secure else {})


def _protocol(route: Route) -> dict[str, Any]:
    """HTTP/1.1, the key of the endpoint that was chosen (one set before that would go to both arms), and the model's
    name there, where the arms call it differently.
    """
    renamed = route.api.model != route.candidate.model
    headers = {"authorization": "auth"} | ({MODEL_HEADER: "model"} if renamed else {})
    keys = _filter("header_mutation", "http.header_mutation.v3.HeaderMutation")
    keys["typed_config"]["mutations"] = {"request_mutations": [_header(*header) for header in headers.items()]}
    naming = _filter("lua", "http.lua.v3.Lua")
    naming["typed_config"]["default_source_code"] = {"inline_string": shipped_text(NAMING)}
    return {
        "@type": f"type.googleapis.com/{PROTOCOL}",
        "explicit_http_config": {"http_protocol_options": {}},
        "http_filters": [
            keys,
            *([naming] if renamed else []),
            _filter("upstream_codec", "http.upstream_codec.v3.UpstreamCodec"),
        ],
    }


def _header(name: str, of: str) -> dict[str, Any]:
    """A header with what the endpoint says of itself."""
    value = {"key": name, "value": f"%UPSTREAM_METADATA(llm:{of})%"}
    return {"append": {"header": value, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}}


def _filter(name: str, kind: str) -> dict[str, Any]:
    return {"name": f"envoy.filters.http.{name}", "typed_config": {"@type": f"{API}.filters.{kind}"}}


def _endpoint(end: Endpoint, arm: str) -> dict[str, Any]:
    parts = _parts(end)
    name = json.dumps(end.model)[1:-1]  # as it stands inside the quotes of a JSON text
    llm = {"auth": f"Bearer ${{{end.key_variable}}}", "model": name, "arm": arm}
    secure = {"envoy.transport_socket_match": {"tls": slug(end.target)}} if parts.scheme == "https" else {}
    return {
        "endpoint": {"hostname": parts.netloc, "address": _socket(str(parts.hostname), _port(end))},
        "metadata": {"filter_metadata": {"llm": llm} | secure},
    }


def _tls(end: Endpoint) -> dict[str, Any]:
    host = str(_parts(end).hostname)
    name = {"san_type": "DNS", "matcher": {"exact": host}}
    trusted = {"trusted_ca": {"filename": AUTHORITIES}, "match_typed_subject_alt_names": [name]}
    context = {"@type": f"{API}.transport_sockets.tls.v3.UpstreamTlsContext", "sni": host}
    return {
        "name": slug(end.target),
        "match": {"tls": slug(end.target)},
        "transport_socket": {
            "name": "envoy.transport_sockets.tls",
            "typed_config": context | {"common_tls_context": {"validation_context": trusted}},
        },
    }


def _require_one_path(route: Route) -> None:
    """Raise `Problem` unless both arms are called by one path: Envoy sends a request as it came."""
    if _path(route.candidate) != _path(route.api):
        both = f"{_path(route.candidate)} and {_path(route.api)}"
        told = f"{route.workload}: its arms are called by different paths, {both}"
        raise Problem(told, fix="Give both --address with one path, such as /v1, or use --for litellm.")


def _path(end: Endpoint) -> str:
    return f"{_parts(end).path.rstrip('/')}/"


def _parts(end: Endpoint) -> Any:
    if end.address is None:
        told = f"it is not known where {end.target} speaks OpenAI's protocol, and Envoy reads no variables"
        raise Problem(told, fix=f'Say it: --address "{end.target}=https://host/v1".')
    return urlsplit(end.address)


def _port(end: Endpoint) -> int:
    parts = _parts(end)
    return int(parts.port or (443 if parts.scheme == "https" else 80))


def _socket(address: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": address, "port_value": port}}


def _cluster_name(route: Route, kind: str) -> str:
    return f"{slug(route.workload)}.{kind}"


def _seconds(value: float) -> str:
    return f"{value:g}s"
