"""`breakeven new`: the draft loads as it is, also with every comment made a key."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

import breakeven.cli.new as command
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.case.draft import Answers, draft, quoted

APP = Typer()
APP.command()(command.new)
ANSWERS = Answers(
    name="our case",
    as_of=date(2026, 11, 21),
    hosted_model="openai/gpt-4o",
    open_model="llama-3.3-70b",
    gpu="H100-SXM-80GB",
    gpu_price=2.5,
    volume=("api_spend_per_month", 20_000.0),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(APP, words, input=answers)


def refused(*words: str) -> str:
    result = run(*words)
    assert isinstance(result.exception, Problem), result.output
    return str(result.exception)


def write_log(path: Path, workloads: list[str], days: int = 2) -> None:
    rows = ["timestamp,workload,input_tokens,output_tokens"]
    start = date(2026, 11, 1)
    for hour in range(24 * days):
        for name in workloads:
            moment = f"{start + timedelta(days=hour // 24)}T{hour % 24:02}:00:00Z"
            rows.append(f"{moment},{name},1000,100")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_the_draft_says_what_was_answered() -> None:
    file = Case.parse(draft(ANSWERS)).file
    assert (file.name, file.as_of, file.team) == ("our case", date(2026, 11, 21), 1)
    assert file.api_spend_per_month == 20_000
    assert not isinstance(file.gpu_offer, str)
    assert file.gpu_offer is not None
    assert file.gpu_offer.price_per_gpu_hour == 2.5


def test_every_comment_of_the_draft_is_right_too() -> None:
    """What looks like a commented-out key is one: the draft with all of them still loads."""
    keys = re.sub(r"(?m)^# (?=( *- )|( *[a-z_]+:( |$)))", "", draft(ANSWERS))
    file = Case.parse(keys).file
    assert file.hosted.tiers[1].price_share == pytest.approx(0.9)
    assert len(file.self_hosting.purchase) == 2
    assert file.people["oncall_slots"] == 2
    assert file.one_time["shadow_days"] == 21


@pytest.mark.parametrize(
    "text", ["chat", "a/b-c.d", "yes", "1", "2e9", "a: b", "# x", "ü", "-", "", "{a}", "2026-11-21", "a  #b"]
)
def test_text_is_read_back_as_it_was(text: str) -> None:
    assert Case.parse(draft(ANSWERS).replace("name: our case", f"name: {quoted(text)}")).file.name == text


def test_nothing_said_gives_guesses_that_are_marked(folder: Path) -> None:
    result = run("--yes")
    assert "Guessed, replace them: gpu, hosted_model, open_model, spend, team." in result.output
    assert Case.load(folder / "case.yaml").file.api_spend_per_month == 20_000
    assert (folder / "case.yaml").read_text().count("a guess, replace it") == 5


def test_options_are_not_guesses(folder: Path) -> None:
    words = "mine.yaml --tokens 2e9 --hosted-model openai/gpt-4.1 --open-model llama-3.1-8b --gpu h100"
    run(*words.split(), "--gpu-price", "2.25", "--team", "0.5")
    case = Case.load(folder / "mine.yaml")
    assert (case.file.tokens_per_month, case.file.team) == (2e9, 0.5)
    assert "a guess, replace it" not in (folder / "mine.yaml").read_text()


def test_questions_at_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "at_a_terminal", lambda: True)
    result = run(answers="lots\n5000\nopenai/gpt4o\n\nllama-3.1-8b\nh100\n2\n\n")
    assert '"lots" is not an amount' in result.output
    assert 'Did you mean "openai/gpt-4o"?' in result.output
    file = Case.load(folder / "case.yaml").file
    assert (file.api_spend_per_month, file.hosted_model, file.open_model) == (5000, "openai/gpt-4o", "llama-3.1-8b")
    assert (file.team, file.gpu_offer) == (2, "h100")


def test_a_log_gives_its_workloads(folder: Path) -> None:
    write_log(folder / "usage.csv", ["chat", "code: review"])
    (folder / "cases").mkdir()
    assert run("cases", "--from-log", "usage.csv", "--yes").exit_code == 0
    file = Case.load(folder / "cases" / "case.yaml").file
    assert not isinstance(file.log, str)
    assert file.log is not None
    assert file.log.path == "../usage.csv"
    assert [each.name for each in file.workloads] == ["chat", "code: review"]
    assert file.api_spend_per_month is None


def test_a_file_is_not_overwritten(folder: Path) -> None:
    (folder / "case.yaml").write_text("mine")
    assert refused() == "case.yaml: the file is already there\nName another one, or add --force."
    assert (folder / "case.yaml").read_text() == "mine"
    assert run("--force").exit_code == 0
    assert Case.load("case.yaml").file.team == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("no/case.yaml", "no: there is no such folder\nMake it first, or choose another."),
        ("--spend 5 --tokens 6", "--spend and --tokens give the volume twice\nKeep one of them."),
        ("--tokens 0", "--tokens is 0: there is no demand\nGive a volume above zero."),
        ("--gpu h10O", '--gpu: "h10O" is not in the catalog of GPUs.'),
        ("--hosted-model openai/gpt4o", '--hosted-model: "openai/gpt4o" is not in the catalog.'),
    ],
)
def test_messages(folder: Path, words: str, message: str) -> None:
    assert refused(*words.split()).startswith(message)
