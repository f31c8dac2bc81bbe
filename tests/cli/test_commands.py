"""The commands as a person meets them: exit codes, JSON, plain text when piped, no traceback ever."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from assessed import SIX_MONTHS, case_file
from breakeven.cli.app import main

ANSI = "\x1b["


class Answer(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """`breakeven` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Answer:
        monkeypatch.setattr(sys, "argv", ["breakeven", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        assert ANSI not in said.out + said.err
        return Answer(code, said.out, said.err)

    return call


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(SIX_MONTHS)
    return path


def test_decide_prints_the_page(run: Run, case: Path) -> None:
    answer = run("decide", case)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("BUY ELSEWHERE, if llama-3.3-70b")


def test_decide_in_full_prints_what_stands_behind_the_page(run: Run, case: Path) -> None:
    answer = run("decide", case, "--full")
    assert answer.code == 0
    assert ANSI not in answer.out
    for title in ("Ways to buy", "Returns on cash", "Cash flow", "Profit and loss", "Inputs, the most influential"):
        assert title in answer.out


def test_decide_in_json(run: Run, case: Path) -> None:
    answer = run("decide", case, "--json")
    found = json.loads(answer.out)
    assert found["format"] == "breakeven study 1"
    assert (found["verdict"]["answer"], found["verdict"]["commit"]) == ("BUY ELSEWHERE", False)
    assert found["verdict"]["verdict"] == "HOLDS"
    assert found["options"][0]["break_evens"]["windows"]


def test_a_locked_study_gives_the_same_answer_byte_for_byte(run: Run, case: Path, tmp_path: Path) -> None:
    first = run("decide", case, "-o", "out", "--json")
    page = run("decide", case).out
    case.unlink()
    assert run("decide", "--locked", "out/study.json", "--json").out == first.out
    assert run("decide", "out/study.json").out == page
    assert (tmp_path / "out" / "study.json").read_text() == first.out
    run("decide", "--locked", "out/study.json", "-o", "again")
    assert (tmp_path / "again" / "study.json").read_bytes() == (tmp_path / "out" / "study.json").read_bytes()
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["study.json"]


def test_rows_set_aside_are_kept(run: Run, tmp_path: Path) -> None:
    rows = [f"2026-01-{5 + i // 24:02d}T{i % 24:02d}:00:00Z,1000,200" for i in range(48)]
    (tmp_path / "usage.csv").write_text("\n".join(["timestamp,input_tokens,output_tokens", *rows, "never,1,1"]) + "\n")
    path = tmp_path / "case.yaml"
    path.write_text(SIX_MONTHS.replace("api_spend_per_month: 20000", "log: usage.csv"))
    answer = run("decide", path, "-o", "out")
    assert answer.code == 0
    assert "measured, 1 row of the log set aside" in " ".join(answer.out.split())
    assert "timestamp is not a time" in (tmp_path / "out" / "set_aside.csv").read_text()


@pytest.mark.parametrize(
    ("classes", "code"), [("HOLDS", 3), ("holds,never", 3), ("FRAGILE", 0), ("NEVER,INFEASIBLE", 0), ("", 0)]
)
def test_fail_on(run: Run, case: Path, classes: str, code: int) -> None:
    assert run("decide", case, "--fail-on", classes).code == code
    assert run("compare", case, case, "--fail-on", classes).code == code


def test_fail_on_a_class_that_does_not_exist(run: Run, case: Path) -> None:
    answer = run("decide", case, "--fail-on", "LOOSES")
    assert answer.code == 2
    assert '"LOOSES" is no class. Did you mean' in " ".join(answer.err.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("decide",),
        ("decide", "case.yaml", "--locked", "study.json"),
        ("decide", "case.yaml", "--nonsense"),
        ("compare", "case.yaml"),
        ("nonsense",),
    ],
)
def test_wrong_use_is_two(run: Run, case: Path, arguments: tuple[str, ...]) -> None:
    answer = run(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err


def test_a_case_that_is_not_there(run: Run) -> None:
    answer = run("decide", "nowhere.yaml")
    assert answer.code == 1
    assert answer.err.startswith("nowhere.yaml: there is no such file")


def test_a_wrong_case_is_one_and_says_where(run: Run, case: Path) -> None:
    case.write_text(SIX_MONTHS.replace("team", "teem").replace("gpt-4o", "gpt4"))
    answer = run("decide", case)
    assert (answer.code, answer.out) == (1, "")
    assert 'Did you mean "team"?' in answer.err


@pytest.mark.parametrize("place", ["taken", "taken/deeper"])
def test_a_folder_that_cannot_be_written(run: Run, case: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "taken").write_text("a file")
    answer = run("decide", case, "-o", place)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(f"{place}: cannot be written: ")


def test_a_schema_that_cannot_be_written(run: Run) -> None:
    answer = run("schema", "-o", "nowhere/schema.json")
    assert answer.code == 1
    assert answer.err.startswith("nowhere: there is no such folder")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "holds no study"),
        ("{}", "this is not a study.json of this version"),
        ('{"format": "breakeven study 1"}', "the study is damaged"),
        ('{"format": "breakeven study 1", "basis": {}}', "the study is damaged"),
    ],
)
@pytest.mark.parametrize("how", ["locked", "as case", "compare", "explain"])
def test_a_broken_study(run: Run, tmp_path: Path, text: str, expected: str, how: str) -> None:
    (tmp_path / "study.json").write_text(text)
    arguments = {
        "locked": ("decide", "--locked", "study.json"),
        "as case": ("decide", "study.json"),
        "compare": ("compare", "study.json", "study.json"),
        "explain": ("explain", "study.json", "monthly_cost"),
    }
    answer = run(*arguments[how])
    assert answer.code == 1
    assert answer.err.startswith("study.json: ")
    assert expected in answer.err


def test_a_study_with_a_damaged_number(run: Run, case: Path, tmp_path: Path) -> None:
    run("decide", case, "-o", "out")
    found = json.loads((tmp_path / "out" / "study.json").read_text())
    found["basis"]["fleets"] = {"shape": [1, 1, 7, 1, 1], "values": [1] * 7}
    (tmp_path / "study.json").write_text(json.dumps(found))
    answer = run("decide", "--locked", "study.json")
    assert answer.code == 1
    assert "study.json: the study is damaged" in answer.err


def test_a_study_that_is_not_there(run: Run) -> None:
    answer = run("decide", "--locked", "nowhere.json")
    assert answer.code == 1
    assert answer.err.startswith("nowhere.json: there is no such file")


def test_compare(run: Run, case: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    one = f"{SIX_MONTHS}self_hosting: {{precision: fp8, gpus_per_replica: 2}}\n"  # one design for both
    case.write_text(one)
    other.write_text(one.replace("20000", "200000").replace("team: 1", "team: 2"))
    answer = run("compare", case, other)
    assert answer.code == 0
    assert "case.yaml: HOLDS" in answer.out
    assert "engineers who run" in answer.out
    found = json.loads(run("compare", case, other, "--json").out)
    assert {each["name"] for each in found["inputs"]} == {
        "input_mtok_per_month",
        "output_mtok_per_month",
        "run_fte",
    }


def test_explain(run: Run, case: Path) -> None:
    answer = run("explain", case, "gpu_rent")
    assert answer.code == 0
    assert "gpu_price_per_hour" in answer.out
    json.loads(run("explain", case, "gpu_rent", "--json").out)


def test_explain_tells_the_defaults_that_the_page_tells(run: Run, case: Path) -> None:
    """Also those that are no inputs, for which the case is resolved anew."""
    case.write_text(re.sub("^horizon_months.*\n", "", SIX_MONTHS, flags=re.MULTILINE))
    told = " ".join(run("explain", case, "you did not say").out.split())
    page = " ".join(run("decide", case).out.split())
    assert "You did not say months compared: 36" in page
    assert told.startswith("Months compared: 36")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("gpu_rend",), 'Did you mean "gpu_rent"?'),
        (("gpu_rent", "--option", "9"), 'there is no option "9"'),
        (("gpu_rent", "--month", "99"), "there is no month 99"),
    ],
)
def test_explain_what_is_not_there(run: Run, case: Path, arguments: tuple[str, ...], expected: str) -> None:
    answer = run("explain", case, *arguments)
    assert answer.code == 1
    assert expected in answer.err


def test_a_day_that_the_case_does_not_name(run: Run, case: Path) -> None:
    case.write_text(SIX_MONTHS.replace("as_of: 2026-11-21\n", ""))
    found = json.loads(run("decide", case, "--as-of", "2026-11-20", "--json").out)
    assert found["basis"]["header"]["as_of"] == "2026-11-20"
    assert run("decide", case, "--as-of", "yesterday").code == 2


def test_another_process_says_the_same_in_plain_text(root: Path, tmp_path: Path) -> None:
    """Piped, in two processes with other hash seeds: no colour, the same bytes."""
    outputs = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "COLUMNS": "100"}
        done = subprocess.run(
            [sys.executable, "-c", "from breakeven.cli.app import main; main()", "decide", str(case_file("minimal"))],
            capture_output=True,
            env=environment,
            check=True,
            cwd=tmp_path,
        )
        assert done.stderr == b""
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
    assert b"\x1b" not in outputs[0]


def test_a_traceback_never_shows(root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from breakeven.cli.app import main; main()", "decide", "nowhere.yaml"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("nowhere.yaml:")
