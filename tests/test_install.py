"""What a user gets: the wheel and its locked core in a fresh environment, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from parts import ROOT

CORE_LIMIT_MB = 650
NOT_OURS = {"pip", "setuptools"}  # the environment brings them
DATA = {".yaml", ".csv", ".typ", ".json"}


def run(*command: str | Path) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build_wheel(into: Path) -> Path:
    run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", into, ROOT),
    )
    (wheel,) = into.glob("*.whl")
    return wheel


def megabytes(packages: Path) -> float:
    """What the packages take on the disk, as du counts it."""
    files = (each for each in packages.rglob("*") if each.is_file())
    ours = (each for each in files if each.relative_to(packages).parts[0] not in NOT_OURS)
    return sum(each.stat().st_blocks * 512 for each in ours) / 2**20


@pytest.mark.heavy
def test_a_fresh_core_install_is_small_complete_and_answers(tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / "requirements-core.lock")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", build_wheel(tmp_path))
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())

    assert megabytes(packages) < CORE_LIMIT_MB
    run(python, "-m", "pip", "check")
    skill = {Path("skills") / path for path in data_files(ROOT / "skills")}  # an assistant asks for it
    assert data_files(packages / "breakeven") == data_files(ROOT / "src" / "breakeven") | skill
    assert "decide" in run(tmp_path / "env" / "bin" / "breakeven", "--help")


def data_files(package: Path) -> set[Path]:
    return {each.relative_to(package) for each in package.rglob("*") if each.suffix in DATA}
