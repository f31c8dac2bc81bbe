"""The docs say what the program does: generated pages are current, nothing is left out, no link leads nowhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from breakeven.cli.commands import app
from breakeven.study.case.case import Case
from breakeven.study.register import full_model, register

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"(?<!\\)(!?)\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
# Their names say it in full. None may be added: a new input says what it is.
NAMED_IN_FULL = """
    months_per_year periods_per_year minutes_per_month seconds_per_month days_per_month work_hours_per_year
    tokens_per_mtok unit_price_per_hour gpus_per_replica minimum_replicas gpus_per_node reserved_share
    reserved_discount spot_share gpu_price_change_per_month serverless_price_per_hour
    life_months gpus_already_owned node_idle_kw node_busy_kw electricity_price_per_kwh
    power_escalation_per_year colocation_price_per_kw_month maintenance_share_per_year licence_per_gpu_year
    storage_price_per_gb_month egress_gb_per_mtok egress_price_per_gb pay_escalation_per_year
    oncall_stipend_per_week incidents_per_month hours_per_incident night_hours observability_per_node_month
    observability_base_per_month observability_per_mtok refreshes_per_year refresh_person_months
    refresh_evaluation_cost refresh_gpu_price_per_hour sla_credits_per_month fallback_commitment_per_month
    build_person_months migration_cost_per_workload evaluation_set_cost procurement_cost shadow_days
    termination_fee reintegration_person_months
"""


def told(path: str) -> str:
    """A page."""
    return (ROOT / path).read_text("utf-8")


def commands() -> list[str]:
    """The names of all commands."""
    return [each.name or each.callback.__name__ for each in app.registered_commands if each.callback]


@pytest.mark.begins_first
def test_generated_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    assert f"## breakeven {command}\n" in told("docs/reference/cli.md")
    assert f"| `breakeven {command}" in told("README.md")


def test_every_line_and_input_has_a_meaning_and_stands_in_the_glossary() -> None:
    lines, inputs, glossary = full_model().lines, register(), told("docs/reference/glossary.md")
    assert [name for name, line in lines.items() if not line.meaning] == []
    assert [name for name, one in inputs.items() if not one.meaning and name not in NAMED_IN_FULL.split()] == []
    assert [name for name in [*lines, *inputs] if f"[`{name}`]" not in glossary] == []


def test_every_name_has_an_entry_that_links_can_reach() -> None:
    assert set(full_model().lines) <= anchors(ROOT / "docs/reference/lines.md")
    assert set(register()) <= anchors(ROOT / "docs/reference/inputs.md")


def anchors(page: Path) -> set[str]:
    """What a link can point to in a page, as GitHub names it."""
    text = FENCED.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


def links(page: Path) -> list[tuple[str, str]]:
    """The links of a page, code left out: "!" or "", and where to."""
    return LINK.findall(re.sub(r"`[^`\n]*`", "", FENCED.sub("", page.read_text("utf-8"))))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_within_the_docs_lead_somewhere(page: Path) -> None:
    wrong = []
    for _, target in links(page):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_picture_comes_from_elsewhere(page: Path) -> None:
    assert [target for mark, target in links(page) if mark and "://" in target] == []
    assert "<img" not in FENCED.sub("", page.read_text("utf-8"))


def test_pictures_need_nothing_from_elsewhere() -> None:
    for picture in (ROOT / "docs").rglob("*.svg"):
        addresses = set(re.findall(r"https?://[^\s\"')]+", picture.read_text("utf-8")))
        assert addresses <= {"http://www.w3.org/2000/svg"}, picture


def test_cases_shown_in_full_are_right() -> None:
    shown = 0
    for page in (ROOT / "README.md", ROOT / "docs/tutorial.md"):
        for text in re.findall(r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
            Case.parse(text, name=page.name, folder=ROOT / "examples/support-chat")
            shown += 1
    assert shown >= 3
    for path in (ROOT / "docs/how-to/examples").glob("*.yaml"):
        Case.load(path)


PATH = re.compile(r"`((?:src|tests|docs)/[^`\s]*)`")


def test_every_path_on_the_map_is_there() -> None:
    """docs/architecture.md leads to what exists."""
    named = PATH.findall((ROOT / "docs" / "architecture.md").read_text("utf-8"))
    assert len(named) > 40
    assert [each for each in named if not (ROOT / each).exists()] == []
