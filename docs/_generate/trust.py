"""What the runs by hand found, as tables: the newest run of each kind and room, and sums over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from _generate.tables import table
from trust.faults import FAULTS
from trust.mutants import looked_at
from trust.results import found, kept

Row = Sequence[str]


def told(what: str) -> str:
    """The table of one kind of run."""
    return KINDS[what]().rstrip()


def _inputs() -> str:
    tried, wrong = _summed("fuzz", "tried"), _summed("fuzz", "wrong")
    rows = [(name, f"{count:,}", f"{wrong[name]:,}") for name, count in tried.items()]
    return table(("kind of input", "tried", "went wrong, then mended"), [*rows, _total(tried, wrong)])


def _faults() -> str:
    injected, wrong = _summed("faults", "injected"), _summed("faults", "wrong")
    commands = dict.fromkeys(name.partition(": ")[0] for name in injected)
    rows = [
        (name, *(f"{injected[f'{name}: {fault}']:,}" for fault in FAULTS), f"{_of(wrong, name):,}") for name in commands
    ]
    sums = [sum(count for name, count in injected.items() if name.endswith(fault)) for fault in FAULTS]
    total = ("**all**", *(f"{each:,}" for each in sums), f"{wrong.total():,}")
    return table(("command", *FAULTS, "not whole or done twice, then mended"), [*rows, total])


def _of(counts: Counter[str], command: str) -> int:
    return sum(count for name, count in counts.items() if name.partition(": ")[0] == command)


def _summed(kind: str, key: str) -> Counter[str]:
    """Counts by name over all runs of a kind."""
    return sum((Counter(run[key]) for run in kept(kind)), Counter())


def _total(some: Counter[str], wrong: Counter[str]) -> Row:
    return ("**all**", f"{some.total():,}", f"{wrong.total():,}")


def _newest(kind: str, key: str) -> dict[str, dict[str, Any]]:
    """The last run of each room, stage or load."""
    return {run[key]: run for run in kept(kind)}


def _mutants() -> str:
    runs = _newest("mutants", "room")
    rows = [_scored(room, run) for room, run in sorted(runs.items())]
    whole = {key: sum(run[key] for run in runs.values()) for key in ("tried", "caught")}
    said = table(("room", "faults made", "noticed", "share", "day"), [*rows, _scored("**all**", whole | {"date": ""})])
    return f"{said}\n{len(looked_at())} survivors were looked at and are no fault; they are left out above."


def _scored(room: str, run: dict[str, Any]) -> Row:
    share = f"{run['caught'] / run['tried']:.0%}" if run["tried"] else ""
    return (room, f"{run['tried']:,}", f"{run['caught']:,}", share, run["date"])


def _coverage() -> str:
    runs = sorted(_newest("coverage", "stage").items())
    rows = [(name, f"{r['lines']:,}", f"{r['ran']:,}", f"{r['ran'] / r['lines']:.1%}", r["date"]) for name, r in runs]
    return table(("stage", "lines", "run by its own tests", "share", "day"), rows)


def _loads() -> str:
    rows = [
        (name, run["held"], f"{run['growth']:.2f}", f"{run['memory_growth']:.2f}", run["date"])
        for name, run in _newest("load", "load").items()
    ]
    return table(("load", "held", "time, per unit, over a small one", "memory over a small one", "day"), rows)


def _found() -> str:
    rows: Iterable[Row] = (
        (f"{each['date']}", each["by"], each["found"], each["mended"], f"`{each['kept_by']}`") for each in found()
    )
    return table(("day", "by", "found", "mended", "kept so by"), rows)


KINDS: dict[str, Callable[[], str]] = {
    "inputs": _inputs,
    "faults": _faults,
    "mutants": _mutants,
    "coverage": _coverage,
    "loads": _loads,
    "found": _found,
}
