"""`breakeven gateway`, `preflight`, `drill` and `shadow send` as a person meets them: files, exit codes, messages."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from yaml_of_plan import PLAN

from breakeven.cli.app import main
from proof.plans import API, OWN, plan, workload


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    for name in [name for name in os.environ if name.endswith(("_API_KEY", "_API_BASE"))]:
        monkeypatch.delenv(name)
    document: dict[str, Any] = PLAN | plan(workload("chat"), workload("stays", fallback=None))
    with (tmp_path / "plan.yaml").open("w") as file:
        YAML().dump(document, file)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["breakeven", *arguments])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


GATEWAY = ("gateway", "plan.yaml", "--for", "litellm", "-o", "gw")


def test_it_writes_the_folder_and_says_what_stays_and_what_comes_next(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *GATEWAY) == 0
    said = capsys.readouterr().out
    assert "left where it is: stays may not be sent to any API" in said
    assert "Next: breakeven preflight gw" in said
    assert (here / "gw" / "start.sh").stat().st_mode & 0o100


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*GATEWAY[:3], "envoy", "-o", "gw"), "where 8B on H100 speaks OpenAI's protocol"),
        ((*GATEWAY, "--address", "8B on H100"), "is no pair"),
        ((*GATEWAY, "--address", f"{OWN}=http://a:1/v1", "--address", f"{OWN}=http://b:1/v1"), "twice"),
        ((*GATEWAY, "--address", "9B=http://a:1/v1"), "is no target"),
        ((*GATEWAY, "--address", f"{API}=https://me:secret-7@a/v1"), "holds more than host"),
        (("gateway", "gone.yaml", *GATEWAY[2:]), "no such file"),
        (("preflight", "gw"), "no such file"),
        (("drill", "gw"), "no such file"),
        (("shadow", "send", "plan.yaml", "--arm", "self=http://127.0.0.1:9/v1", "-o", "r.jsonl"), "not JSON"),
        (("shadow", "send", "gone", "--arm", "self=127.0.0.1:9", "-o", "r.jsonl"), "is no address"),
        (("shadow", "send", "gone", "--arm", "self=http://a/v1", "--key", "self=NOT_SET", "-o", "r"), "NOT_SET"),
        (("shadow", "send", "gone", "--arm", "a/b=http://a/v1", "-o", "r.jsonl"), "no name of an arm"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    told: str,
) -> None:
    assert run(monkeypatch, *arguments) == 1
    said = capsys.readouterr().err
    assert told in said
    assert "secret-7" not in said
    assert [each.name for each in here.iterdir()] == ["plan.yaml"]


@pytest.mark.parametrize("text", ["", "[", "a: 1", "format: breakeven plan 0", "format: breakeven plan 1"])
def test_what_is_no_plan_is_told(here: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (here / "plan.yaml").write_text(text)
    assert run(monkeypatch, *GATEWAY) == 1


def test_the_preflight_exits_1_until_nothing_is_missing(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, *GATEWAY, "--address", f"{OWN}=http://127.0.0.1:9/v1")
    capsys.readouterr()
    (here / "venv/lib/python3.12/site-packages/litellm-1.106.10.dist-info").mkdir(parents=True)
    assert run(monkeypatch, "preflight", "gw", "--environment", "venv", "--json") == 1
    missing = json.loads(capsys.readouterr().out)["missing"]
    for name in missing[0].split("\n")[0].partition(": ")[2].split(", "):
        monkeypatch.setenv(name, "x")
    assert run(monkeypatch, "preflight", "gw", "--environment", "venv") == 0
    assert "MISSING" not in capsys.readouterr().out


def test_a_drill_without_a_share_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, *GATEWAY)
    assert run(monkeypatch, "drill", "gw") == 1
    assert "its share is 0" in capsys.readouterr().err


def test_requests_to_an_arm_that_is_not_there_are_rows(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "log.jsonl").write_text('{"model": "m", "messages": []}\n' * 3)
    arguments = ("shadow", "send", "log.jsonl", "--arm", "self=http://127.0.0.1:9/v1", "-o", "rows.jsonl", "--json")
    assert run(monkeypatch, *arguments) == 1
    assert "Give the pace" in capsys.readouterr().err
    assert run(monkeypatch, *arguments, "--per-second", "100", "--measured", "m") == 0
    (arm,) = json.loads(capsys.readouterr().out)["arms"]
    assert (arm["sent"], arm["failed"]) == (3, {"connection": 3})
    assert "not written" in arm["measured"]
    assert len((here / "rows.jsonl").read_text().splitlines()) == 3
