"""`--locked`: a study.json that was changed, or whose answer is another one now, is told and refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from breakeven.cli.commands import app
from parts import ROOT


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    shutil.copy(ROOT / "tests" / "cases" / "minimal.yaml", folder / "case.yaml")
    done = CliRunner().invoke(app, ["decide", str(folder / "case.yaml"), "-o", str(folder)])
    assert done.exit_code == 0, done.output
    return folder / "study.json"


def changed(written: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    document = json.loads(written.read_text("utf-8"))
    change(document)
    path = tmp_path / "study.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output + (str(done.exception) if done.exception else "")


def price(document: dict[str, Any]) -> None:
    document["basis"]["inputs"]["gpu_price_per_hour"]["likely"] = 0.01


def version(document: dict[str, Any]) -> None:
    document["basis"]["versions"]["breakeven"] = "0.0.1"


def verdict(document: dict[str, Any]) -> None:
    document["verdict"]["verdict"] = "ROBUST"


def saving(document: dict[str, Any]) -> None:
    document["options"][0]["monthly_saving"] += 1_000


def test_as_it_was_written_it_is_judged_again_without_a_word(written: Path) -> None:
    assert run("decide", "--locked", str(written), "--json")[0] == 0


@pytest.mark.parametrize("change", [price, version])
def test_a_changed_basis_is_told_and_refused(written: Path, tmp_path: Path, change: Callable[..., None]) -> None:
    code, said = run("decide", "--locked", str(changed(written, tmp_path, change)))
    assert code == 1
    assert "changed since it was written" in said
    assert "--allow-changed" in said


@pytest.mark.parametrize(("change", "what"), [(verdict, "verdict.verdict was ROBUST"), (saving, "options 1.monthly")])
def test_another_answer_is_told_and_refused(
    written: Path, tmp_path: Path, change: Callable[..., None], what: str
) -> None:
    code, said = run("decide", "--locked", str(changed(written, tmp_path, change)))
    assert code == 1
    assert f"the recomputed answer differs: {what}" in said


def test_a_changed_price_tells_the_answers_that_moved(written: Path, tmp_path: Path) -> None:
    assert "the recomputed answer differs: " in run("decide", "--locked", str(changed(written, tmp_path, price)))[1]


def test_other_commands_refuse_it_too(written: Path, tmp_path: Path) -> None:
    code, said = run("explain", str(changed(written, tmp_path, price)), "gpu_rent")
    assert (code, "changed since it was written" in said) == (1, True)


def test_without_a_fingerprint_nobody_can_tell(written: Path, tmp_path: Path) -> None:
    code, said = run("decide", "--locked", str(changed(written, tmp_path, lambda each: each.pop("fingerprint"))))
    assert (code, "no fingerprint" in said) == (1, True)


def test_where_it_is_allowed_it_is_told_and_judged(written: Path, tmp_path: Path) -> None:
    path = changed(written, tmp_path, price)
    code, said = run("decide", "--locked", str(path), "--allow-changed", "-o", str(tmp_path / "new"))
    assert code == 0
    assert "changed since it was written" in said
    assert run("decide", "--locked", str(tmp_path / "new" / "study.json"), "--json")[0] == 0
