"""Parts that a machine may lack, and what to do when a test needs one.

On a desk a missing part skips the test. Where BREAKEVEN_REQUIRE (a comma list, set by .ci/run) names the
part, the test fails instead; there every skip that names no part fails too, so nothing is skipped for ever.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIRE = "BREAKEVEN_REQUIRE"
REQUIRED = frozenset(filter(None, (each.strip() for each in os.environ.get(REQUIRE, "").split(","))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`find` gives where the part is, or None; `fix` says how to get it."""

    find: Callable[[], Path | None]
    fix: str


def _shared() -> Path | None:
    beside = ROOT.parent / "shared"
    return beside if beside.is_dir() else None


def _postgres() -> Path | None:
    """The folder of the server's programs, where Debian puts it, if Python has the driver too."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders and find_spec("psycopg") else None


def _spark() -> Path | None:
    """The home of a Java 17 that Spark runs on, if Python has Spark's driver too."""
    homes = [*Path("/usr/lib/jvm").glob("*17*"), Path(os.environ.get("JAVA_HOME") or "/none")]
    found = [each for each in homes if (each / "bin" / "java").exists()]
    return found[0] if found and find_spec("pyspark") else None


def _chdb() -> Path | None:
    found = find_spec("chdb") if find_spec("clickhouse_connect") else None
    return Path(found.origin) if found and found.origin else None


def _chromium() -> Path | None:
    found = which("chromium") if find_spec("playwright") and find_spec("axe_playwright_python") else None
    return Path(found) if found else None


def _libreoffice() -> Path | None:
    found = which("soffice")
    return Path(found) if found else None


def _gateway() -> Path | None:
    """The environment of LiteLLM's proxy, which has an own: its extra brings a part whose licence is proprietary."""
    return _environment(".venv-gateway", "litellm")


def _engine() -> Path | None:
    """The environment of Envoy and of llama.cpp."""
    return _environment(".venv-engine", "envoy")


def _environment(name: str, program: str) -> Path | None:
    folder = ROOT / name
    return folder if (folder / "bin" / program).exists() else None


HEAVY = "`make test-heavy` installs it on Debian."
PARTS = {
    "shared": Part(find=_shared, fix="Put the reference folder beside the checkout, as ../shared."),
    "postgres": Part(find=_postgres, fix=HEAVY),
    "spark": Part(find=_spark, fix=HEAVY),
    "chdb": Part(find=_chdb, fix=HEAVY),
    "chromium": Part(find=_chromium, fix=HEAVY),
    "libreoffice": Part(find=_libreoffice, fix=HEAVY),
    "gateway": Part(find=_gateway, fix=HEAVY),
    "engine": Part(find=_engine, fix=HEAVY),
}


class PartMissing(pytest.skip.Exception):
    """A skip that names the part it is for."""


def require_part(name: str) -> Path:
    """Where the part is. Absent: the test is skipped, or fails where BREAKEVEN_REQUIRE names the part."""
    if (place := PARTS[name].find()) is not None:
        return place
    message = f'the part "{name}" is missing. {PARTS[name].fix}'
    if name in REQUIRED:
        pytest.fail(f"{message} {REQUIRE} asks for it here.", pytrace=False)
    raise PartMissing(message, allow_module_level=True)
