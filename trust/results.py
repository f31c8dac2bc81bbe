"""What the runs by hand found, one line of JSON a run in trust/results; docs/method/trust.md is made of these."""

from __future__ import annotations

import json
import platform
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
FOUND = Path(__file__).parent / "found.yaml"


def keep(kind: str, result: Mapping[str, Any], *, folder: Path = RESULTS) -> None:
    """Append the result of a run, with its day, what was run, and where."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short=8", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    about = {"date": time.strftime("%Y-%m-%d", time.gmtime()), "commit": commit, "python": platform.python_version()}
    with (folder / f"{kind}.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(about | dict(result))}\n")


def kept(kind: str, *, folder: Path = RESULTS) -> list[dict[str, Any]]:
    """Every run of a kind, in the order in which they were made."""
    path = folder / f"{kind}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def found() -> list[dict[str, str]]:
    """What was found and mended: when, what, how, and the test that keeps it so."""
    return list(YAML(typ="safe").load(FOUND) or [])
