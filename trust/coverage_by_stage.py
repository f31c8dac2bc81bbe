"""`make coverage`: of the lines of each stage, how many its own tests run. Needs coverage.py, which is not locked:
its package brings a .pth file, and none may (SECURITY.md). Install it where you like and name that in PYTHONPATH.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from trust.results import ROOT, keep

BESIDE = {
    "costs": ("tests/second_engine", "tests/examples", "tests/test_bounds.py")
}  # tests of a stage that are not in its folder


def main() -> int:
    """Exit code 1 where a stage's tests fail."""
    parser = argparse.ArgumentParser(prog="python -m trust.coverage_by_stage", description=__doc__)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help="absent: all that have tests of their own")
    asked = parser.parse_args()
    return max([measured(stage) for stage in asked.stages or stages()])


def stages() -> list[str]:
    """Folders of the package that have one of the same name under tests."""
    return sorted(
        each.name
        for each in (ROOT / "src" / "breakeven").iterdir()
        if (each / "__init__.py").is_file() and (ROOT / "tests" / each.name).is_dir()
    )


def measured(stage: str) -> int:
    """Run the tests of a stage, keep the share of its lines that they ran."""
    with tempfile.TemporaryDirectory() as folder:
        data, report = f"--data-file={folder}/data", f"{folder}/report.json"
        source = f"--source=breakeven.{stage}"
        code = _run(
            "run", data, source, "-m", "pytest", "-q", "--durations=25", f"tests/{stage}", *BESIDE.get(stage, ())
        )
        _run("json", data, "-q", "-o", report)
        files = json.loads(Path(report).read_text("utf-8"))["files"]
    lines = sum(each["summary"]["num_statements"] for each in files.values())
    ran = sum(each["summary"]["covered_lines"] for each in files.values())
    least = sorted(files, key=lambda name: -files[name]["summary"]["missing_lines"])[:8]
    for name in least:
        print(f"{name}: {files[name]['summary']['missing_lines']} not run: {files[name]['missing_lines'][:30]}")
    print(f"{stage}: {ran} of {lines} lines", flush=True)
    keep("coverage", {"stage": stage, "lines": lines, "ran": ran, "tests_passed": code == 0})
    return int(code != 0)


def _run(*arguments: str) -> int:
    command: Sequence[str] = (sys.executable, "-m", "coverage", *arguments)
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
