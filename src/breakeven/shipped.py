"""The files that ship beside the code: tables, wordings, formats. Named by their path under src/breakeven."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any


@cache
def shipped(path: str) -> Any:
    """The content of one of our own YAML files, such as "study/inputs.yaml"; read once, so nobody may change it."""
    yaml = import_module("ruamel.yaml").YAML(typ="safe", pure=True)  # a slow import: `--help` does not wait for it
    return yaml.load(shipped_text(path))


def shipped_text(path: str) -> str:
    """The text of one of our own files."""
    return files("breakeven").joinpath(path).read_text(encoding="utf-8")


@cache
def shipped_names(folder: str) -> tuple[str, ...]:
    """The names of the YAML files in one of our own folders, in order, without their ending."""
    names = (each.name for each in files("breakeven").joinpath(folder).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))
