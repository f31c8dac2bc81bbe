"""A message names the file and the cause that are wrong: neither a full disk nor a file that is gone is a bad log."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.demand.log import log_rows
from breakeven.demand.log.libraries import pyarrow
from breakeven.demand.log.table import look
from breakeven.demand.usage import read_log as read
from breakeven.demand.usage.engine_log import read_from_engine
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.sample import SamplePlan, write_sample
from breakeven.problems import Problem

USED = {each: {"log_rows", "embedded", "json_shape"} for each in (".json", ".jsonl")}
USED[".csv"] = {"log_rows", "embedded", "csv_headers"}
FULL = """
import resource, sys
from breakeven.demand.usage.read_log import read_log
from breakeven.problems import Problem
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    read_log("log.csv")
except Problem as problem:
    sys.exit(str(problem))
"""


def test_no_room_for_what_does_not_fit_in_memory(tmp_path: Path) -> None:
    write_sample(tmp_path / "log.csv", SamplePlan(days=1, requests_per_day=1000))
    done = subprocess.run([sys.executable, "-c", FULL], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "what does not fit in memory cannot be written: File too large" in done.stderr
    assert "TMPDIR" in done.stderr
    assert "the log" not in done.stderr


def test_rows_that_are_set_aside_have_nowhere_to_go(tmp_path: Path) -> None:
    write_sample(tmp_path / "log.csv", SamplePlan(days=1, requests_per_day=100))
    with (tmp_path / "log.csv").open("a") as file:
        file.write("yesterday,chat,x,1,0,1,200\n")
    with pytest.raises(Problem) as found:
        read_log(tmp_path / "log.csv", set_aside_to=tmp_path / "no" / "aside.csv")
    assert str(found.value).startswith(f"{tmp_path / 'no'}: there is no such folder")
    with pytest.raises(Problem, match="No space left on device") as found:
        read_log(tmp_path / "log.csv", set_aside_to="/dev/full")
    assert (
        str(found.value)
        == "/dev/full: cannot be written: No space left on device\nFree some space. Choose another place."
    )


LOGS = {
    "log.csv": "timestamp,input_tokens,output_tokens\n2026-01-05T00:00:00Z,10,5\n",
    "log.jsonl": '{"timestamp": "2026-01-05T00:00:00Z", "input_tokens": 10, "output_tokens": 5}\n',
    "log.json": '[{"timestamp": "2026-01-05T00:00:00Z", "input_tokens": 10, "output_tokens": 5}]',
}


@pytest.mark.parametrize("name", LOGS)
def test_a_file_that_is_gone_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whichever reader comes to it first, and whatever it calls that."""
    path = tmp_path / name
    path.write_text(LOGS[name])
    for module, function in (
        (read, "log_rows"),
        (log_rows, "embedded"),
        (look, "json_shape"),
        (look, "csv_headers"),
    ):
        before = getattr(module, function)

        def gone(*given: object, before: Callable[..., object] = before, **more: object) -> object:
            path.unlink(missing_ok=True)
            return before(*given, **more)

        with monkeypatch.context() as changed:
            changed.setattr(module, function, gone)
            if function in USED[path.suffix]:
                with pytest.raises(Problem) as found:
                    read_log(path)
                assert str(found.value).startswith(f"{path}: there is no such file")
        path.write_text(LOGS[name])


@pytest.mark.parametrize("name", ["log.parquet", "saved.parquet"])
def test_what_the_system_refuses_of_parquet_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"PAR1")
    refused = OSError("[Errno 5] Failed to open local file. Detail: [errno 5] Input/output error")
    monkeypatch.setattr(pyarrow().parquet, "ParquetFile", raising(refused))
    with pytest.raises(Problem, match="cannot be read: Input/output error") as found:
        read_log(path)
    assert "Export" not in str(found.value)


def raising(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("url", "source", "told"),
    [
        ("duckdb://", "no.csv", "no.csv: there is no such file"),
        ("duckdb://", "no-*.parquet", "no-*.parquet: there is no such file"),
        ("duckdb://", "folder.csv", "folder.csv: this is a folder, not a file"),
        ("duckdb://no.db", "log", "no.db: there is no such file"),
        ("duckdb://log.csv", "log", "log.csv: this is no DuckDB database"),
    ],
)
def test_what_an_engine_here_cannot_find_is_told_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, source: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text(LOGS["log.csv"])
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(Problem) as found:
        read_from_engine(url, [source])
    assert str(found.value).startswith(told)


def test_what_is_set_aside_may_be_shown(tmp_path: Path) -> None:
    """Mapped columns only, on one line, no sign that a terminal obeys, no password and no whole key."""
    key = "sk-proj-abcdefghij0123456789"
    (tmp_path / "log.csv").write_text(
        "timestamp,input_tokens,output_tokens,workload,user,prompt,api_key\n"
        f'never,10,5,"\x1b[2Jred\n{key}",jane,my prompt,{key}\nnever,10,5,postgres://me:hunter22@db,jane,x,{key}\n'
    )
    read_log(tmp_path / "log.csv", set_aside_to=tmp_path / "aside.csv")
    aside = (tmp_path / "aside.csv").read_text()
    assert len(aside.splitlines()) == 3
    assert "red" in aside
    for secret in ("\x1b", key, "jane", "my prompt", "hunter22"):
        assert secret not in aside
