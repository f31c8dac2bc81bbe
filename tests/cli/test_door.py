"""The one door: whatever happens, a page, a message or silence, an exit code that says which, and no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assessed import SIX_MONTHS
from breakeven.cli import commands
from breakeven.cli.app import main

DOOR = [sys.executable, "-c", "from breakeven.cli.app import main; main()"]


def told(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`breakeven` in a process of its own."""
    done = subprocess.run(
        [*DOOR, *map(str, arguments)], capture_output=True, check=False, env={**os.environ, **environment}
    )
    assert b"Traceback" not in done.stderr
    return done


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(SIX_MONTHS)
    return path


def fault(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of a command that fails in a way nobody foresaw."""

    def broken() -> None:
        raise RuntimeError("the flux is inverted")

    monkeypatch.setattr(commands, "app", broken)
    monkeypatch.setattr(sys, "argv", ["breakeven", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(str(end.value.code))


def test_a_fault_of_ours_says_what_to_send_and_exits_70(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fault(monkeypatch, "decide", "case.yaml") == 70
    said = capsys.readouterr().err
    assert "RuntimeError: the flux is inverted" in said
    assert "Please tell those who keep breakeven" in said
    assert "`breakeven --debug decide case.yaml` shows the trace." in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "arguments", [("--debug", "decide"), ("decide", "--debug"), ("decide", "case.yaml", "--debug")]
)
def test_debug_shows_the_trace_wherever_it_stands(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fault(monkeypatch, *arguments) == 70
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_debug_after_two_dashes_is_a_file_name() -> None:
    done = told("decide", "--", "--debug")
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, b"--debug: there is no such file")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [("facts", "gpus"), ("facts", "gpus", "--json"), ("--help",)])
def test_an_answer_that_cannot_be_written_is_told(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*DOOR, *arguments], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "standard output: the answer cannot be written: No space left on device\nSend it elsewhere.\n"
    )


@pytest.mark.parametrize("arguments", [("facts", "models"), ("facts", "models", "--json")])
def test_a_reader_that_went_away_ends_it_in_silence(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*DOOR, *arguments], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_letters_the_terminal_cannot_show_are_replaced(encoding: str, case: Path) -> None:
    done = told("decide", case, PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    text = done.stdout.decode(encoding)
    assert text.startswith("BUY ELSEWHERE, if llama-3.3-70b")
    assert f" {'?' if encoding == 'ascii' else '·'} explain CASE" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_json_is_utf_8_whatever_the_terminal_speaks(encoding: str, case: Path) -> None:
    case.write_text(SIX_MONTHS + "name: Zürich → Łódź\n", encoding="utf-8")
    done = told("decide", case, "--json", PYTHONIOENCODING=encoding)
    assert json.loads(done.stdout.decode("utf-8"))["basis"]["header"]["name"] == "Zürich → Łódź"
    assert "Zürich → Łódź".encode() in done.stdout


def here(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """`breakeven` in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["breakeven", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    return int(str(end.value.code))


@pytest.mark.parametrize("size", ["1", "0", "-3", "²", "wide", "999999999"])
def test_any_size_of_the_terminal_gives_a_page(
    size: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("COLUMNS", "LINES", "TERMINAL_WIDTH"):
        monkeypatch.setenv(name, size)
    assert here(monkeypatch, "facts", "gpus") == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert 40 <= max(len(line) for line in said.out.splitlines()) <= 1000


def test_a_size_that_is_none_is_not_read_while_loading_either() -> None:
    done = told("--help", TERMINAL_WIDTH="wide", COLUMNS="1")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "command",
    [("decide",), ("demand",), ("throughput", "calibrate"), ("throughput", "fit", "--gpu", "h100", "--config")],
)
def test_names_no_file_can_have(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    circle = tmp_path / "circle.yaml"
    circle.symlink_to(circle)
    for path in (circle, tmp_path / ("a" * 300), Path("/".join(["deep"] * 2000))):
        assert here(monkeypatch, *command, path) == 1
        assert "Traceback" not in capsys.readouterr().err
    assert here(monkeypatch, *command, os.fsdecode(b"\xff.yaml")) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
@pytest.mark.parametrize("after_seconds", [0.2, 1.5])
def test_an_interrupt_ends_it_with_130_at_any_moment(after_seconds: float, tmp_path: Path) -> None:
    """Also while it still loads. A pipe as input keeps it waiting where it has come further."""
    began = "import sys; print('begun', file=sys.stderr, flush=True); from breakeven.cli.app import main; main()"
    log = tmp_path / "log.csv"
    made = subprocess.run(
        [*DOOR, "sample-log", str(log), "--days", "60", "--requests-per-day", "20000"], check=False, capture_output=True
    )
    assert made.returncode == 0, made.stderr
    with subprocess.Popen(
        [sys.executable, "-c", began, "demand", str(log)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stderr is not None
        assert run.stderr.readline() == b"begun\n"
        time.sleep(after_seconds)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
    if run.returncode == 0:
        return  # it was done before
    assert (run.returncode, said) == (130, b"")


def test_the_command_starts_as_a_module_too() -> None:
    """Where its program is not on the path."""
    found = subprocess.run(
        [sys.executable, "-m", "breakeven", "--version"], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout.split()[0], found.stderr) == (0, "breakeven", "")
