"""Files of actuals, whatever they are: told by what stands in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from breakeven.files import LARGEST_MADE, ordinary, text_of, unreadable
from breakeven.problems import Problem
from breakeven.proof.track.actuals import Actuals, together
from breakeven.proof.track.engine_counters import counter_actuals, is_counters
from breakeven.proof.track.invoices import header_of, invoice_actuals, is_invoice
from breakeven.proof.track.opencost import allocation_actuals, is_opencost, opencost_actuals
from breakeven.proof.track.usage_logs import usage_actuals
from breakeven.written import csv_rows, json_of

LOOKED_AT = 2**16  # characters of the start of a file


def read_actuals(paths: Sequence[Path], currency: str) -> Actuals:
    """Everything the files tell. Raises `Problem`."""
    return together(_read(path, currency) for path in paths)


def _read(path: Path, currency: str) -> Actuals:
    ordinary(path)
    start = _start(path)
    if is_counters(start):
        return counter_actuals(path)
    if start.lstrip().startswith("{") and path.suffix.lower() == ".json":
        try:
            data = json_of(text_of(path, largest=LARGEST_MADE))
        except json.JSONDecodeError:
            data = None
        if is_opencost(data):
            return opencost_actuals(data, path)
    if path.suffix.lower() == ".csv":
        header = header_of(path)
        if "gpuCost" in header:
            rows = csv_rows(text_of(path, largest=LARGEST_MADE).splitlines(), str(path))
            names = next(rows)
            return allocation_actuals([dict(zip(names, row, strict=False)) for row in rows], path)
        if is_invoice(header):
            return _bill(path, currency)
    return usage_actuals(path, currency)


def _bill(path: Path, currency: str) -> Actuals:
    """A bill of tokens, of machines, or of both; one without tokens is no error here."""
    machines = invoice_actuals(path, currency)
    try:
        tokens = usage_actuals(path, currency)
    except Problem:
        if not machines.spells:
            raise
        return machines
    told = tokens.notices if tokens.spells else ()  # rows that are no tokens have just been read as machines
    return Actuals(spells=tokens.spells + machines.spells, notices=told + machines.notices)


def _start(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LOOKED_AT).decode("utf-8", errors="replace")
    except OSError as error:
        raise unreadable(path, error) from None
