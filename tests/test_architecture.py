"""The house rules of CONTRIBUTING.md that a machine can check."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from parts import ROOT

SOURCE = ROOT / "src" / "breakeven"
MODULES = sorted(SOURCE.rglob("*.py"))
FILE_LINES, CLASS_LINES, ENGINE_LINES = 300, 150, 150
FACES = ("cli", "web", "mcp")
HEAVY = ("numpy", "scipy", "pandas", "pyarrow", "ibis", "duckdb", "genai_prices", "pyxirr")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def tracked() -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return (ROOT / each for each in listed.split("\0") if each and (ROOT / each).is_file())


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_there_is_something_to_check() -> None:
    assert SOURCE / "problems.py" in MODULES


def test_imports_go_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_long() -> None:
    assert {name(each): length(each) for each in MODULES if length(each) > FILE_LINES} == {}


def test_no_class_is_long() -> None:
    long = {
        f"{name(path)}: {node.name}": node.end_lineno - node.lineno + 1
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and node.end_lineno - node.lineno + 1 > CLASS_LINES
    }
    assert long == {}


def test_the_engine_stays_under_its_ceiling() -> None:
    assert length(SOURCE / "numbers" / "lines.py") <= ENGINE_LINES


def test_no_guarded_imports() -> None:
    assert [name(each) for each in MODULES if "TYPE_CHECKING" in each.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("path", [each for each in MODULES if each.name == "__init__.py"], ids=name)
def test_a_package_file_holds_names_only(path: Path) -> None:
    """A docstring first; then imports, constants such as an export table, and the lazy `__getattr__`."""
    module = tree(path)
    assert ast.get_docstring(module), f"{name(path)} says nothing about its stage"
    code = [ast.unparse(each) for each in module.body[1:] if not _is_a_name(each)]
    assert code == []


def _is_a_name(node: ast.stmt) -> bool:
    hook = isinstance(node, ast.FunctionDef) and node.name in {"__getattr__", "__dir__"}
    return hook or isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign)


def test_stages_import_each_other_at_the_top_of_a_file_only() -> None:
    """A local import of our own hides a cycle. Faces may: a command imports what it needs."""
    local = [
        f"{name(path)}:{node.lineno}"
        for path in MODULES
        if path.relative_to(SOURCE).parts[0] not in FACES
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if any(each.split(".")[0] == "breakeven" for each in _imported(node))
    ]
    assert local == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_nobody_passes_keywords_through() -> None:
    """`**kwargs` hides what a function takes. A wrapper that forwards to one callable names them `named`."""
    loose = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.args.kwarg and node.args.kwarg.arg == "kwargs"
    ]
    assert loose == []


@pytest.mark.parametrize("module", ["breakeven", "breakeven.cli.app"])
def test_starting_imports_nothing_heavy(module: str) -> None:
    loaded = run_python(f"import sys, {module}; print(*({set(HEAVY)!r} & sys.modules.keys()))")
    assert loaded == ""


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest takes the second for the first and collects neither: alone each passes, together the suite stops."""
    names = sorted(each.name for each in (ROOT / "tests").rglob("test_*.py"))
    assert [one for one, other in pairwise(names) if one == other] == []


def test_no_tracked_file_names_a_package_index() -> None:
    """A lock or script that names a registry works in one place only."""
    forbidden = ["pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org"]
    forbidden += ["--" + "index-url", "--" + "extra-index-url", "--" + "find-links"]
    named = [f"{name(path)}: {each}" for path in tracked() for each in forbidden if each.encode() in path.read_bytes()]
    assert named == []


def test_locks_pin_every_package_with_hashes() -> None:
    for lock in sorted(ROOT.glob("requirements*.lock")):
        text = lock.read_text()
        entries = [each for each in text.replace("\\\n", " ").splitlines() if each and each[0].isalnum()]
        assert entries
        assert [each.split(" ")[0] for each in entries if "==" not in each or "--hash=" not in each] == []


def test_the_core_lock_is_part_of_the_whole_lock() -> None:
    def pins(lock: str) -> set[str]:
        return {
            line.split(" ")[0] for line in (ROOT / lock).read_text().splitlines() if line[:1].isalnum() and "==" in line
        }

    assert pins("requirements-core.lock") <= pins("requirements.lock") <= pins("requirements-heavy.lock")
