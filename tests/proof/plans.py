"""Plans as `breakeven plan` writes them, cut down to what a gateway reads."""

from __future__ import annotations

from typing import Any

API, OWN, HOST = "openai/gpt-5-mini", "8B on H100", "llama-3.1-8b at nebius"
SERVED_AS = {HOST: "nebius/meta-llama/Llama-3.1-8B-Instruct"}


def workload(name: str = "chat", **changes: Any) -> dict[str, Any]:
    usual = {"primary": OWN, "fallback": API, "cut_over_month": 3, "shadow": {"days": 21.0, "share": 0.5}}
    return {"name": name, **usual, "ramp": [0.01, 0.05, 0.25, 0.5, 1.0], **changes}


def plan(*workloads: dict[str, Any], targets: dict[str, str] | None = None) -> dict[str, Any]:
    kinds = targets or {API: "api", OWN: "fleet", HOST: "api"}
    return {
        "format": "breakeven plan 1",
        "name": "two arms",
        "targets": [{"name": name, "kind": kind, "served_as": SERVED_AS.get(name)} for name, kind in kinds.items()],
        "workloads": list(workloads or [workload()]),
        "checks": {"quality": {"margin": 0.05, "standard_deviation": 0.3, "type_one_error": 0.05}},
    }
