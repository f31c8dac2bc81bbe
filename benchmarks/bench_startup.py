"""`breakeven --help` is what a person tries first: it may cost little more than the libraries it is made with."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import program, ratio, versus

BREAKEVEN = str(Path(sys.executable).with_name("breakeven"))
LIBRARIES = "import typer.rich_utils, rich.markdown, rich.table, rich.panel; typer.main.get_command"


@ratio(limit=2.5)
def help_against_its_libraries_alone() -> float:
    return versus(program([BREAKEVEN, "--help"]), program([sys.executable, "-c", LIBRARIES]))
