"""What is missing before a gateway starts, told before it starts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from breakeven.problems import Problem
from breakeven.proof.gateway.emit import Places, files_of, write_files
from breakeven.proof.gateway.litellm_config import Limits
from breakeven.proof.gateway.preflight import Checked, preflight
from breakeven.proof.gateway.releases import refusal, requirement
from breakeven.proof.gateway.routes import routes_of
from proof.plans import plan

SET = dict.fromkeys(
    (
        "LITELLM_MASTER_KEY",
        "BREAKEVEN_HASH_KEY",
        "OPENAI_API_KEY",
        "SELF_8B_ON_H100_API_KEY",
        "SELF_8B_ON_H100_API_BASE",
    ),
    "x",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    write_files(tmp_path / "gw", files_of("litellm", routes_of(plan()), limits=Limits(), places=Places(), now=now))
    return tmp_path / "gw"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    return environment(tmp_path, "1.106.10")


def environment(folder: Path, release: str) -> Path:
    (folder / f"venv-{release}/lib/python3.12/site-packages/litellm-{release}.dist-info").mkdir(parents=True)
    return folder / f"venv-{release}"


def missing(checked: Checked) -> str:
    return "\n".join(map(str, checked.missing))


def test_nothing_is_missing_when_all_is_there(folder: Path, installed: Path) -> None:
    checked = preflight(folder, environment=SET, installed=installed)
    assert checked.missing == ()
    assert "messages and responses" in str(checked.notices[0])  # not mirrored, and said so


def test_every_variable_that_is_not_set_is_named_at_once(folder: Path, installed: Path) -> None:
    told = missing(preflight(folder, environment={}, installed=installed))
    assert all(name in told for name in SET)
    assert "blank: OPENAI_API_KEY" in missing(
        preflight(folder, environment=SET | {"OPENAI_API_KEY": "x\n"}, installed=installed)
    )


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("1.82.7", "MAL-2026-2144"),
        ("1.82.8", "MAL-2026-2144"),
        ("1.83.14", "CVE-2026-49468"),
        ("1.83.0", "CVE-2026-42208"),
        ("1.60.0", "CVE-2026-35029"),
    ],
)
def test_releases_that_may_not_run_are_refused_with_what_they_are_known_for(
    folder: Path, tmp_path: Path, release: str, told: str
) -> None:
    found = missing(preflight(folder, environment=SET, installed=environment(tmp_path, release)))
    assert "at least 1.84.0" in found
    assert told in found


def test_another_release_is_told_and_none_is_missing(folder: Path, tmp_path: Path) -> None:
    checked = preflight(folder, environment=SET, installed=environment(tmp_path, "1.107.0.dev1"))
    assert checked.missing == ()
    assert any("1.107.0.dev1" in str(each) for each in checked.notices)
    assert "not installed" in missing(preflight(folder, environment=SET, installed=tmp_path))
    assert "not installed" in missing(preflight(folder, environment=SET, installed=None))


def test_a_file_that_runs_at_every_start_of_python_is_told(folder: Path, installed: Path) -> None:
    place = next(installed.glob("lib/*/site-packages"))
    (place / "odd.pth").write_text("import os; os.system('true')\n")
    (place / "editable.pth").write_text("/some/source\n")
    checked = preflight(folder, environment=SET, installed=installed)
    assert [str(each) for each in checked.notices if ".pth" in str(each)] == [
        f"{place}/odd.pth: runs at every start of Python. Do you know where it is from?"
    ]
    (place / "litellm_init.pth").write_text("import base64\n")
    assert "change every key" in missing(preflight(folder, environment=SET, installed=installed))


def test_files_that_are_gone_changed_or_broken_are_told(folder: Path, installed: Path) -> None:
    (folder / "shadow_logger.py").unlink()
    (folder / "canary_plugin.py").write_text("instance = None\n")
    (folder / "canary.json").write_text("{")
    checked = preflight(folder, environment=SET, installed=installed)
    assert "shadow_logger.py" in missing(checked)
    assert "canary.json" in missing(checked)
    assert any("canary_plugin.py" in str(each) for each in checked.notices)


@pytest.mark.parametrize("text", [None, "{", "[]", '{"format": "other"}', '{"format": "breakeven gateway 1"}'])
def test_a_folder_that_is_none_of_ours_is_told(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "gateway.json").write_text(text)
    with pytest.raises(Problem):
        preflight(tmp_path, environment={}, installed=None)


def test_the_requirements_pin_the_release_that_was_tried() -> None:
    text = requirement("litellm")
    assert text.splitlines()[-1] == "litellm[proxy]==1.106.10"
    assert "proprietary" in text
    assert refusal("litellm", "1.106.10") == ""


def test_every_advisory_that_we_hold_our_own_locks_against_is_told_to_the_user(root: Path) -> None:
    known = YAML(typ="safe").load((root / "security" / "advisories.yaml").read_text())["advisories"]
    listed = {each["id"] for each in known if each["package"] == "litellm"}
    assert listed
    assert [name for name in sorted(listed) if name not in requirement("litellm")] == []
