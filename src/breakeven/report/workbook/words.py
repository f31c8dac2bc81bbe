"""The words of the workbook that no number fills in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from breakeven.shipped import shipped


def words() -> Mapping[str, Any]:
    """Titles, headings and notes, by sheet."""
    found: Mapping[str, Any] = shipped("report/workbook/words.yaml")
    return found
