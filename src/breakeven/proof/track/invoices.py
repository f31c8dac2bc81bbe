"""What is on a cloud's bill beside tokens: GPUs, hosts, storage, traffic, from FOCUS and CUR files.

A line is told by the words of its service and its meter (invoices.yaml); what is neither is counted and told, and is
in no line of the plan.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from itertools import compress
from pathlib import Path
from typing import Any

from breakeven.files import LARGEST_MADE, text_of
from breakeven.problems import Problem
from breakeven.proof.track.actuals import Actuals, Spell, What
from breakeven.proof.track.opencost import number_of, spell_of
from breakeven.shipped import shipped
from breakeven.written import csv_rows


def is_invoice(header: list[str]) -> bool:
    """Whether a CSV with this header is a bill in a form that is known."""
    return form_of(header) is not None


def form_of(header: list[str]) -> Mapping[str, Any] | None:
    """The form whose columns the header has."""
    names = {name.strip() for name in header}
    return next((form for form in _words()["forms"] if {form[key] for key in ("start", "end", "cost")} <= names), None)


def invoice_actuals(path: Path, currency: str) -> Actuals:
    """The charges of a bill that are no tokens. Raises `Problem` for another currency than the case's."""
    rows = csv_rows(text_of(path, largest=LARGEST_MADE).splitlines(), str(path))
    header = next(rows, [])
    form = form_of(header)
    assert form is not None
    spells, other, unsaid, charges = list[Spell](), list[float](), 0, 0
    for charges, row in enumerate(rows, start=1):
        line, where = dict(zip(header, row, strict=False)), f"{path}:{charges + 1}"
        paid_in = (line.get(form["currency"]) or "").strip().upper()
        if paid_in not in ("", currency):
            fix = "Give a bill in the case's currency."
            raise Problem(f"it is in {paid_in}, the case counts in {currency}", where=where, fix=fix)
        kind, amount = kind_of(line, form), number_of(line.get(form["cost"]), where)
        unsaid += not paid_in
        if kind == "other":
            other.append(amount)
        elif kind != "tokens":
            first, days = spell_of(line.get(form["start"]), line.get(form["end"]), where)
            spells.append(Spell(what=kind, first=first, days=days, amount=amount, source=path.name, rank=1))
    if not charges:
        raise Problem("the bill holds no charge", where=str(path), fix="Is it of the right month? Export it again.")
    told = (
        f"{path.name}: {len(other):,} charges, {currency} {sum(other):,.2f}, are neither tokens nor GPUs: in no line.",
        f"{path.name}: {unsaid:,} charges name no currency, and are taken as {currency}.",
    )
    return Actuals(spells=tuple(spells), notices=tuple(compress(told, (other, unsaid))))


def kind_of(line: Mapping[str, str], form: Mapping[str, Any]) -> Any:
    """Which line of the plan a charge belongs to; "tokens", or "other"."""
    said = " ".join(line.get(name) or "" for name in form["words"])
    for kind, pattern in _patterns():
        if pattern.search(said):
            return kind
    return "other"


def _patterns() -> Iterator[tuple[What | str, re.Pattern[str]]]:
    for kind, words in _words()["kinds"].items():
        yield kind, re.compile(words, re.IGNORECASE)


def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = shipped("proof/track/invoices.yaml")
    return found


def header_of(path: Path) -> list[str]:
    """The first line of a CSV."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return next(csv.reader([file.readline(2**16)]), [])
