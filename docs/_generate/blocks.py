"""What stands between two markers of a page is made anew, so that nothing is written twice and nothing is stale.

<!-- lines: gpu_rent rent_rate -->      formulas of these lines
<!-- functions: decision.financials.tax_shield -->   what these functions compute
<!-- run: breakeven facts gpus -->      what the command prints
<!-- file: examples/a.yaml -->          a file
<!-- verdict: examples/a.yaml -->       the verdict of a case, in two sentences
<!-- benchmarks: -->                   the results of load generators that are read
<!-- readiness: -->                     the readiness questions
<!-- rooms: -->                        the folders of the code, and what is in each
<!-- checked: -->                      what was checked against what
<!-- limits: -->                       the limits of every method page
<!-- trust: mutants -->                what the runs that try to break it found
<!-- backtest: -->                      how well the roofline meets published rows, GPU by GPU
<!-- end -->
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from _generate import (
    backtests,
    benchmarks,
    commands,
    evidence,
    formulas,
    functions,
    logs,
    picture,
    readiness,
    rooms,
    trust,
)

MARKED = re.compile(r"(?m)^<!-- (\w+):(.*?)-->\n(?:.*?\n)??<!-- end -->$", re.DOTALL)
LANGUAGES = {".yaml": "yaml", ".py": "python", ".yml": "yaml"}


def renewed(text: str, path: str) -> str:
    """The page with every block made anew."""
    if text.count("<!-- end -->") != len(MARKED.findall(text)):
        raise SystemExit(f"{path}: a marker is not closed, or <!-- end --> closes nothing.")

    def fresh(found: re.Match[str]) -> str:
        kind, what = found[1], found[2].strip()
        if kind not in MAKERS:
            raise SystemExit(f"{path}: unknown marker {kind}.")
        return f"<!-- {kind}: {what}{' ' if what else ''}-->\n{MAKERS[kind](what)}\n<!-- end -->"

    return MARKED.sub(fresh, text)


def _run(command: str) -> str:
    said, code = commands.answer(command)
    left = f"\n(exit code {code})" if code else ""
    return f"```console\n$ {command}\n{said}{left}\n```"


def _file(path: str) -> str:
    return f"```{LANGUAGES[Path(path).suffix]}\n{Path(path).read_text('utf-8').rstrip()}\n```"


MAKERS: dict[str, Callable[[str], str]] = {
    "lines": lambda names: formulas.block(names.split()),
    "functions": lambda names: functions.block(names.split()),
    "run": _run,
    "file": _file,
    "verdict": picture.verdict,
    "backtest": lambda _: backtests.by_gpu(),
    "readiness": lambda _: readiness.dimensions(),
    "profiles": lambda _: logs.profiles(),
    "columns": lambda _: logs.columns(),
    "formats": lambda _: logs.log_formats(),
    "rooms": lambda _: rooms.listed(),
    "benchmarks": lambda _: benchmarks.formats(),
    "checked": lambda _: evidence.checked(),
    "trust": trust.told,
    "limits": lambda _: evidence.limits(),
}
