"""The smallest plan in which one workload moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PLAN: dict[str, Any] = {
    "format": "breakeven plan 1", "name": "case", "as_of": "2026-11-01", "currency": "USD", "months": 12, "money": {},
    "search": {}, "targets": [{"name": "api/model", "kind": "api"}, {"name": "fleet", "kind": "fleet"}],
    "checks": {"quality": {"margin": 0.05, "standard_deviation": 0.3, "type_one_error": 0.05}},
    "phases": [],
    "workloads": [
        {"name": "chat", "primary": "fleet", "fallback": "api/model", "today": "api/model",
         "shadow": {"days": 14, "share": 1.0, "pairs_per_day": 100.0}, "ramp": [0.01, 0.05, 0.25, 0.5, 1.0],
         "canary_share": 0.02, "cut_over_month": 1},
        {"name": "stays", "primary": "api/model", "fallback": None, "shadow": None, "ramp": [], "cut_over_month": None},
    ],
}  # fmt: skip


def written(path: Path, **changed: Any) -> Path:
    """The plan in a file: JSON is YAML."""
    path.write_text(json.dumps(PLAN | changed))
    return path
