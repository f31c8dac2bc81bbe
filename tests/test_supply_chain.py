"""What comes with breakeven: no known faults, licences that are allowed, nothing that runs or loads by itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from security.check import faulty, pins, unlicensed
from security.sbom import bill

from parts import ROOT

SITE_PACKAGES = Path(sysconfig.get_path("purelib"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))

# A .pth file runs at every start of Python; this is how the stealer of litellm 1.82.8 came in.
KNOWN_PTH = {"_breakeven.pth", "distutils-precedence.pth"}

# What a browser fetches without being asked: everything but a link that a person clicks.
LOADS = re.compile(
    r"""<(?:script|img|iframe|source|audio|video|embed)\b[^>]*\bsrc\s*=\s*["']?(?:https?:)?//
      | <link\b[^>]*\bhref\s*=\s*["']?(?:https?:)?//
      | @import\s+(?:url\()?["']?(?:https?:)?//
      | \burl\(\s*["']?(?:https?:)?//
      | \bimport\s*(?:\(|[^;\n]*\bfrom\b)\s*["'](?:https?:)?//
      | \b(?:fetch|importScripts|EventSource|WebSocket)\(\s*["'](?:https?:|wss?:)?//""",
    re.VERBOSE | re.IGNORECASE,
)
SHOWN = {".html", ".htm", ".css", ".js", ".mjs", ".svg", ".typ", ".md", ".py", ".json", ".yaml"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_nothing_that_is_locked_is_known_to_be_faulty(lock: Path) -> None:
    assert faulty(pins(lock)) == []


def test_a_faulty_pin_is_told_with_what_to_do() -> None:
    told = faulty([("litellm", "1.82.8"), ("litellm", "1.106.10"), ("starlette", "1.10.0")])
    assert told[0].startswith("litellm 1.82.8 is affected by MAL-2026-2144 (carries a stealer of credentials")
    assert "take a version outside ==1.82.8" in told[0]
    assert all(sentence.startswith("litellm 1.82.8 ") for sentence in told)


def test_every_installed_package_has_a_licence_that_is_allowed() -> None:
    assert sorted(unlicensed(SITE_PACKAGES)) == []


def test_no_package_runs_at_the_start_of_python() -> None:
    assert {path.name for path in SITE_PACKAGES.glob("*.pth")} <= KNOWN_PTH
    assert Path(sys.executable).is_relative_to(SITE_PACKAGES.parents[2])


def test_nothing_that_ships_loads_from_the_network() -> None:
    folders = [ROOT / "src", ROOT / "docs", ROOT / "examples", *ROOT.glob("skills")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in SHOWN and path.is_file()]
    loading = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in files
        if (found := LOADS.search(path.read_text(encoding="utf-8")))
    ]
    assert len(files) > 300
    assert loading == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/x.js">',
        "@import url(//fonts.example/a.css)",
        'import x from "https://esm.example/x"',
    ],
)
def test_what_loads_is_recognised(text: str) -> None:
    assert LOADS.search(text)


def test_a_link_that_a_person_clicks_is_fine() -> None:
    assert not LOADS.search('<a href="https://example.org/">see https://example.org/x.js</a>')


def test_the_bill_of_materials_names_each_package_of_the_core_with_hashes() -> None:
    lock = ROOT / "requirements-core.lock"
    components = json.loads(bill(lock))["components"]
    assert {(canonicalize_name(each["name"]), each["version"]) for each in components} == {*pins(lock)}
    assert all(each["hashes"] for each in components)


def test_the_same_lock_gives_the_same_bill() -> None:
    assert bill(ROOT / "requirements-core.lock") == bill(ROOT / "requirements-core.lock")


def test_the_check_ends_well_when_nothing_is_faulty() -> None:
    assert subprocess.run([sys.executable, ROOT / "security" / "check.py"], check=False).returncode == 0
