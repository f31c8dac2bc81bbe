"""Only ordinary files are read where a person names one, and none that is larger than such a file is."""

import os
import socket
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from breakeven.capacity.benchmarks.documents import read_written
from breakeven.capacity.fit.model_config import read_config
from breakeven.capacity.recorded_run.serving_run import read_answers
from breakeven.capacity.replay.trace import read_trace
from breakeven.capacity.speed.own_measurements import read_own
from breakeven.cli.studies import read_json
from breakeven.cli.throughput import _read as read_questions
from breakeven.demand.log.engine.engines import engine
from breakeven.demand.log.format.draft_map import draft_map, read_map
from breakeven.demand.usage.read_log import read_log
from breakeven.files import LARGEST_WRITTEN, text_of
from breakeven.problems import Problem
from breakeven.study.case.answers_file import write_answers
from breakeven.study.case.case import Case
from breakeven.study.resolve.serving.delivery_log import read_delivery

READERS: dict[str, Callable[[Path], Any]] = {
    "case.yaml": Case.load,
    "answers.yaml": lambda path: write_answers(path, {"on_call": {"value": 1}}),
    "map.yaml": read_map,
    "measured.yaml": read_own,
    "config.json": read_config,
    "study.json": read_json,
    "benchmark.json": read_written,
    "questions.csv": read_questions,
    "trace.csv": read_trace,
    "trace.jsonl": read_trace,
    "deliveries.csv": lambda path: read_delivery(path, as_of=date(2026, 12, 1)),
    "requests.jsonl": lambda path: read_answers(path.parent, 0),
    "log.csv": read_log,
    "log.jsonl": read_log,
    "log.parquet": read_log,
    "draft.csv": lambda path: draft_map(str(path), {}),
    "engine.db": lambda path: engine(f"duckdb://{path}"),
}
WRITTEN_BY_A_PERSON = ("case.yaml", "answers.yaml", "map.yaml", "measured.yaml", "config.json")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.mkdir()


def listening(path: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(path.parent)  # the name of a socket is short
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.fchdir(here)
        os.close(here)


KINDS = {"a pipe": pipe, "a device": device, "a socket": listening, "a folder": folder}


LOGS = ("log.", "trace.")  # a folder of them is read whole
REFUSED = [(name, kind) for name in READERS for kind in KINDS if not (name.startswith(LOGS) and kind == "a folder")]


@pytest.mark.parametrize(("name", "kind"), REFUSED)
def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    KINDS[kind](path)
    with pytest.raises(Problem) as raised:
        READERS[name](path)
    assert raised.value.what == f"this is {kind}, not a file"
    assert str(raised.value.where) == str(path)
    assert raised.value.fix


@pytest.mark.parametrize("kind", ["a pipe", "a device", "a socket"])
def test_a_folder_of_logs_holds_ordinary_files_only(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.csv").write_text("timestamp,input_tokens,output_tokens\n2026-10-05,1,1\n")
    KINDS[kind](tmp_path / "b.csv")
    with pytest.raises(Problem, match=f"b.csv: this is {kind}, not a file"):
        read_log(tmp_path)


@pytest.mark.parametrize("name", WRITTEN_BY_A_PERSON)
def test_what_a_person_writes_is_not_large(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(2**40)  # a terabyte of nothing
    with pytest.raises(Problem, match=r"larger than 1(6)? MiB"):
        READERS[name](path)


def test_the_largest_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"x" * LARGEST_WRITTEN)
    assert len(text_of(path)) == LARGEST_WRITTEN
    path.write_bytes(b"x" * (LARGEST_WRITTEN + 1))
    with pytest.raises(Problem, match="larger than"):
        text_of(path)


@pytest.mark.parametrize("content", [b"a\nb\n", b"a\r\nb\r\n", b"a\rb\r", b"\xef\xbb\xbfa\nb\n"])
def test_line_ends_and_the_mark_of_utf_8_are_no_part_of_the_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "text").write_bytes(content)
    assert text_of(tmp_path / "text") == "a\nb\n"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none", "there is no such file"),
        ("x" * 300, "cannot be read: File name too long"),
        ("a\0b", "no file can have"),
    ],
)
def test_names_that_no_file_has(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(Problem, match=told):
        text_of(tmp_path / name)


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(Problem, match="cannot be read: Too many levels of symbolic links"):
        text_of(tmp_path / "a")


@pytest.mark.parametrize("name", ["config.json", "benchmark.json", "study.json", "map.yaml"])
def test_what_is_nested_too_deeply_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("[" * 100_000)
    with pytest.raises(Problem):
        READERS[name](tmp_path / name)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_very_many_columns_are_refused(tmp_path: Path, kind: str) -> None:
    path, names = tmp_path / f"wide.{kind}", [*"abc", *(f"column_{i}" for i in range(100_000))]
    if kind == "csv":
        path.write_text(",".join(names) + "\n" + ",".join(["1"] * len(names)) + "\n")
    else:
        pyarrow.parquet.write_table(pyarrow.table({each: [1] for each in names}), path)
    for read in (read_log, lambda path: draft_map(str(path), {})):
        with pytest.raises(Problem, match="has more than 5,000 columns"):
            read(path)


def test_a_message_does_not_list_thousands_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"column_{i}" for i in range(2_000)) + "\n")
    with pytest.raises(Problem, match="and 1,940 more"):
        read_log(path)
