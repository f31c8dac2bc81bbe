"""`make mutants`: faults put into costs, decision and proof one by one; a fault that no test notices is a test too few.

Each mutant runs in a fork that has the libraries loaded and breakeven not: the mutated module is what gets imported,
and the tests that read it are run until one fails. What was looked at and is no fault stands in trust/survivors.yaml.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from ruamel.yaml import YAML

from trust.mutations import Mutant, mutants
from trust.results import ROOT, keep

SOURCE = ROOT / "src"
STAGES = ("costs", "decision", "proof")
LEFT_OUT = ("plugins", "__init__.py")  # plugins run in other programs
SLOW = 25.0  # CPU seconds; tests that take longer are not asked
PATIENCE = 12  # seconds on the clock for each of the CPU, so that a busy machine is no fault
LIBRARIES = (
    "numpy",
    "scipy.stats",
    "scipy.optimize",
    "pandas",
    "ibis.backends.duckdb",
    "pydantic",
    "hypothesis",
    "pytest",
)
SECOND_ENGINE = ["tests/second_engine/test_agreement.py::test_two_engines_agree[0]"]  # 125 cases
CAUGHT, SURVIVED, HUNG = "caught", "survived", "hung"
LOOKED_AT = Path(__file__).parent / "survivors.yaml"


@cache
def rooms() -> dict[str, list[Path]]:
    """The files of each room of the three stages; the lines of costs are one room."""
    found: dict[str, list[Path]] = {}
    for stage in STAGES:
        for path in sorted((SOURCE / "breakeven" / stage).rglob("*.py")):
            if not any(part in LEFT_OUT for part in path.parts):
                inside = path.parent.relative_to(SOURCE / "breakeven")
                found.setdefault(inside.as_posix(), []).append(path)
    return found


def sample(place: str, count: int | None = None) -> list[Mutant]:
    """So many mutants of a room or module, the same of the same code: those whose keys come first; None is all.

    Those that were looked at are left out.
    """
    paths = rooms().get(place) or [(SOURCE / "breakeven" / place).with_suffix(".py")]
    found = [each for path in paths for each in made(path) if each.key not in looked_at()]
    return sorted(found, key=lambda each: each.key)[:count]


def made(path: Path) -> list[Mutant]:
    """Every mutant of a file."""
    return [*mutants(module_of(path), path)]


@cache
def looked_at() -> dict[str, str]:
    """Survivors that a person has looked at, by key, and why each is no fault."""
    listed = YAML(typ="safe").load(LOOKED_AT) or {}
    return {key: why for why, keys in listed.items() for key in keys}


def module_of(path: Path) -> str:
    inside = path.relative_to(SOURCE) if path.is_relative_to(SOURCE) else Path(path.name)
    return ".".join(inside.with_suffix("").parts)


def asked_of(mutant: Mutant) -> list[str]:
    """Files of tests that import the module, or what imports it; those of its own room first, then all of the room."""
    readers = [mutant.module, *(module_of(path) for path in _sources() if mutant.module in path.read_text("utf-8"))]
    reading = [path for path in _tests() if any(each in path.read_text("utf-8") for each in readers)]
    found = [*beside(mutant), *_relative(reading), *_relative(_of_room(mutant))]
    return [*dict.fromkeys([*found, *(SECOND_ENGINE if mutant.module.startswith("breakeven.costs") else [])])]


def beside(mutant: Mutant) -> list[str]:
    """Files of tests in the room of the module that import it; all of the room where none does."""
    room = _of_room(mutant)
    return _relative([path for path in room if mutant.module in path.read_text("utf-8")] or room)


def _of_room(mutant: Mutant) -> list[Path]:
    room = ROOT.joinpath("tests", *mutant.module.split(".")[1:-1])
    return [path for path in _tests() if path.is_relative_to(room)]


def _relative(paths: Iterable[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


@cache
def _tests() -> list[Path]:
    return [path for path in sorted((ROOT / "tests").rglob("test_*.py")) if "heavy" not in path.parts]


@cache
def _sources() -> list[Path]:
    return sorted((SOURCE / "breakeven").rglob("*.py"))


def outcome(mutant: Mutant | None, tests: Sequence[str], limit: float) -> tuple[str, float]:
    """How the tests end with the mutant in place (None: with nothing changed), and in how many CPU seconds."""
    load()
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            _become(mutant, tests, Path(folder), limit)
        code, took = _waited(child, time.monotonic() + limit * PATIENCE)
    return HUNG if code is None else SURVIVED if code == 0 else CAUGHT, took


@cache
def load() -> None:
    """The libraries, once: a fork then begins at breakeven itself."""
    for name in LIBRARIES:
        import_module(name)


def _become(mutant: Mutant | None, tests: Sequence[str], folder: Path, limit: float) -> None:
    """In the child: put the fault in place, run the tests, leave."""
    code = 99
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 1))
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        for name in [name for name, module in sys.modules.items() if _is_ours(module)]:
            del sys.modules[name]  # whoever runs in tests has them loaded already, without the fault
        if mutant is not None:
            path = folder / f"{mutant.module}.py"
            path.write_text(mutant.source, "utf-8")
            sys.meta_path.insert(0, _Instead(mutant.module, path))
        os.environ["CI"] = "1"  # the same examples each time
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        code = int(pytest.main([*options, *tests]))
    finally:
        os._exit(code)


def _is_ours(module: ModuleType) -> bool:
    """A module of breakeven or of its tests."""
    path = Path(getattr(module, "__file__", None) or "/")
    return path.is_relative_to(SOURCE) or path.is_relative_to(ROOT / "tests")


class _Instead(MetaPathFinder):
    """Finds one module in another file."""

    def __init__(self, module: str, path: Path) -> None:
        self.module, self.path = module, path

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(fullname, self.path) if fullname == self.module else None


def _waited(child: int, until: float) -> tuple[int | None, float]:
    """The exit code, None where it was killed at its limit; and its CPU seconds."""
    while time.monotonic() < until:
        ended, status, used = os.wait4(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return (None if code in (-signal.SIGXCPU, -signal.SIGKILL) else code), used.ru_utime + used.ru_stime
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    _, _, used = os.wait4(child, 0)
    return None, used.ru_utime + used.ru_stime


@cache
def seconds(test: str) -> float:
    """How long a file of tests takes as it is; raises where it fails, for then it proves nothing."""
    ended, took = outcome(None, [test], SLOW + 5)
    if ended == CAUGHT:
        raise SystemExit(f"{test} fails without any fault: mend that first.")
    return took


def noticed(mutant: Mutant) -> tuple[str, float]:
    """Whether a test notices the mutant: quick files first, none that takes longer than SLOW."""
    tests = sorted((each for each in asked_of(mutant) if seconds(each) < SLOW), key=seconds)
    ended, took = outcome(mutant, tests, 20 + 4 * sum(map(seconds, tests)))
    return (CAUGHT if ended == HUNG else ended), took


def main() -> int:
    """Try a sample of each room, or all; print survivors and keep the score."""
    parser = argparse.ArgumentParser(prog="python -m trust.mutants", description=__doc__)
    parser.add_argument("--each", type=int, help="so many mutants of each room; absent: all, which takes hours")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop then")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(rooms())}; absent: all")
    asked = parser.parse_args()
    until = time.monotonic() + asked.minutes * 60
    for room in asked.rooms or rooms():
        told = tried(sample(room, asked.each), until)
        if told["tried"]:
            keep("mutants", {"room": room, **told})
        print(f"{room}: {told['caught']} of {told['tried']} caught", flush=True)
    return 0


def tried(chosen: Iterable[Mutant], until: float) -> dict[str, int]:
    """How many were tried and caught; survivors are printed."""
    found = {"tried": 0, "caught": 0}
    for mutant in chosen:
        if time.monotonic() > until:
            break
        ended, _ = noticed(mutant)
        found["tried"] += 1
        found["caught"] += ended == CAUGHT
        if ended == SURVIVED:
            print(f"survived: {mutant}", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
