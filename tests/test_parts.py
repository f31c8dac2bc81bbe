"""The rule about skips is tested by running small suites under it."""

from __future__ import annotations

import re
import shutil

import pytest

from parts import PARTS, ROOT

pytest_plugins = ["pytester"]

SUITE = """
import pytest
import parts

parts.PARTS["moon"] = parts.Part(find=lambda: None, fix="Wait for the night.")

def test_names_its_part():
    parts.require_part("moon")
"""
SILENT = "import pytest\ndef test_silent():\n    pytest.skip('no reason')\n"
SILENT_MODULE = "import pytest\npytest.importorskip('no_such_module')\ndef test_never(): ...\n"
EXPECTED = "import pytest\n@pytest.mark.xfail\ndef test_known():\n    assert False\n"


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A place under the rule: our conftest.py and parts.py, with no part of the outside required yet."""
    for name in ("conftest.py", "parts.py"):
        shutil.copy(ROOT / "tests" / name, pytester.path / name)
    monkeypatch.delenv("BREAKEVEN_REQUIRE", raising=False)
    return pytester


@pytest.mark.parametrize("body", [SUITE, SILENT, SILENT_MODULE])
def test_on_a_desk_a_skip_is_a_skip(suite: pytest.Pytester, body: str) -> None:
    suite.makepyfile(body)
    outcomes = suite.runpytest_subprocess("-p", "no:cacheprovider").parseoutcomes()
    assert set(outcomes) == {"skipped"}


@pytest.mark.parametrize(
    ("body", "outcome"),
    [(SILENT, "failed"), (SILENT_MODULE, "error"), (EXPECTED, "xfailed"), (SUITE, "skipped")],
)
def test_where_parts_are_required_only_other_parts_may_be_missing(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, body: str, outcome: str
) -> None:
    monkeypatch.setenv("BREAKEVEN_REQUIRE", "shared")
    suite.makepyfile(body)
    assert outcome in {each.rstrip("s") for each in suite.runpytest_subprocess().parseoutcomes()}


def test_a_required_part_that_is_missing_fails(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREAKEVEN_REQUIRE", "shared")
    suite.makepyfile("def test_it(shared): ...")
    result = suite.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['*the part "shared" is missing. Put the reference folder*'])


def test_an_unknown_part_is_told(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREAKEVEN_REQUIRE", "shraed")
    suite.makepyfile("def test_it(): ...")
    assert "names ['shraed']" in suite.runpytest_subprocess().stderr.str()


def test_ci_requires_every_part() -> None:
    """A part that .ci/run forgets is skipped there for ever."""
    found = re.search(r"BREAKEVEN_REQUIRE=(\S+)", (ROOT / ".ci" / "run").read_text())
    assert found
    assert set(found[1].split(",")) == PARTS.keys()
