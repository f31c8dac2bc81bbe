"""Published cases recomputed: what reproduces, what contradicts itself, what was left out."""

from importlib import import_module
from typing import Any

__all__ = ["Reproduction", "verify"]

_HOMES = {"Reproduction": "breakeven.verify.reproduction", "verify": "breakeven.verify.recompute"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
