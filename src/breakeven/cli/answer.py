"""Answers for programs: JSON, in UTF-8 whatever the terminal speaks."""

from __future__ import annotations

import io
import json
import sys
from datetime import date
from typing import Any

import typer


def print_json(document: Any) -> None:
    """The document as JSON; a day is written as 2026-11-21."""
    print_text(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=_day))


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def print_text(text: str) -> None:
    """Text that a program reads. Half a letter (a lone surrogate of a file's name) is written as its JSON escape."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    typer.echo(text)
