"""Fixtures for every test, hypothesis profiles, and the rule that a skip must name the part it waits for."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from parts import PARTS, REQUIRE, REQUIRED, ROOT, PartMissing, require_part

# In CI the same examples every time: a red run is repeated by running it again, and never by luck.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference folder beside the checkout: published data, read only."""
    return require_part("shared")


def pytest_configure(config: pytest.Config) -> None:
    if unknown := REQUIRED - PARTS.keys():
        raise pytest.UsageError(f"{REQUIRE} names {sorted(unknown)}; tests/parts.py knows {sorted(PARTS)}.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes a minute begins first, so that no worker still has it when the others are done."""
    items.sort(key=lambda item: "begins_first" not in item.keywords)


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport, call: pytest.CallInfo) -> None:
    """Turn a skip that names no part into a failure, where parts are required."""
    raised = call.excinfo.value if call.excinfo else None
    if report.skipped and not hasattr(report, "wasxfail") and not isinstance(raised, PartMissing):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {raised}. Name the part with parts.require_part."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if REQUIRED:
        _refuse_skip(report, call)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    call = getattr(report, "call", None)
    if REQUIRED and call is not None:
        _refuse_skip(report, call)
    return report
