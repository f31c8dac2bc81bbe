"""The brief's demo, exactly as asked (`tco_compare`), and what it leaves unsaid (`quick` → `QuickAnswer`)."""

from importlib import import_module
from typing import Any

from breakeven.quick.tco import tco_compare

__all__ = ["QuickAnswer", "quick", "tco_compare"]

_HOMES = {"QuickAnswer": "breakeven.quick.answer", "quick": "breakeven.quick.ask"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
