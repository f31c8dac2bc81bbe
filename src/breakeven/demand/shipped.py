"""The data files that lie beside this stage's code: profiles, column names, samples."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from breakeven.demand.log.engine.engine import yaml


@cache
def shipped(name: str) -> Any:
    """The content of one of our own YAML files."""

    return yaml().load(files("breakeven.demand").joinpath(name).read_text("utf-8"))
