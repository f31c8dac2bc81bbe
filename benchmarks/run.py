"""Run the benchmarks and compare each ratio with its limit and with the stored baseline.

    python -m benchmarks.run              all of them (make bench)
    python -m benchmarks.run startup      those whose name contains the word
    python -m benchmarks.run --save       store what was measured as the new baseline

A ratio fails above its limit, or when it is worse than the baseline by more than the tolerance. The
baseline changes only with --save, in a commit that says why.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import LIMITS
from rich.console import Console
from rich.table import Table

from breakeven.outputs import write

HERE = Path(__file__).parent
BASELINE = HERE / "baseline.json"
TOLERANCE = 0.3  # two busy cores move an unchanged ratio by up to a fifth


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One measured ratio beside what it may be."""

    name: str
    ratio: float
    limit: float
    baseline: float | None

    @property
    def verdict(self) -> str:
        if self.ratio > self.limit:
            return "over its limit"
        if self.baseline is None:
            return "new"
        return "slower" if self.ratio > self.baseline * (1 + TOLERANCE) else "ok"


def discover() -> dict[str, float]:
    """The limit of every benchmark, by name; importing the files registers them."""
    for path in sorted(HERE.glob("bench_*.py")):
        importlib.import_module(f"benchmarks.{path.stem}")
    return dict(LIMITS)


def measure(name: str, limit: float, stored: dict[str, float]) -> Result:
    module, _, function = name.rpartition(".")
    value = getattr(importlib.import_module(f"benchmarks.{module}"), function)()
    return Result(name=name, ratio=value, limit=limit, baseline=stored.get(name))


def table(results: list[Result]) -> Table:
    shown = Table("benchmark", "ratio", "baseline", "limit", "", box=None, pad_edge=False)
    for each in results:
        before = "–" if each.baseline is None else f"{each.baseline:.2f}"
        shown.add_row(each.name, f"{each.ratio:.2f}", before, f"{each.limit:g}", each.verdict)
    return shown


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.run", description="Speed, as ratios measured in one run.")
    parser.add_argument("word", nargs="?", default="", help="only benchmarks whose name contains it")
    parser.add_argument("--save", action="store_true", help="store the ratios as the new baseline")
    chosen = parser.parse_args(arguments)
    stored: dict[str, float] = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    limits = {name: limit for name, limit in discover().items() if chosen.word in name}
    if not limits:
        print(f'No benchmark has "{chosen.word}" in its name. Known: {", ".join(LIMITS)}.', file=sys.stderr)
        return 2
    results = [measure(name, limit, stored) for name, limit in limits.items()]
    Console().print(table(results))
    if chosen.save:
        stored |= {each.name: round(each.ratio, 3) for each in results}
        write(BASELINE, json.dumps(dict(sorted(stored.items())), indent=2) + "\n")
    bad = {"over its limit"} if chosen.save else {"over its limit", "slower"}
    return int(any(each.verdict in bad for each in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
