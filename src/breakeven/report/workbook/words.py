"""The words of the workbook that no number fills in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def words() -> Mapping[str, Any]:
    """Titles, headings and notes, by sheet."""
    text = (files("breakeven.report.workbook") / "words.yaml").read_text("utf-8")
    found: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found
