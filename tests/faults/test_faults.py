"""Commands that write, killed anywhere or out of space: a short run of `make faults`."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from trust.faults import FAULTS, full, killed, one, read_only, steps
from trust.writers import QUICK, WRITERS, Writer

WATCH = WRITERS["watch"]


@pytest.mark.parametrize("writer", QUICK, ids=lambda writer: writer.name)
def test_killed_at_any_moment_the_same_command_ends_as_if_it_had_not_been(writer: Writer) -> None:
    assert killed(writer, Random(writer.name).randint(2, 20)).wrong == ()


@pytest.mark.parametrize("writer", QUICK[2:6], ids=lambda writer: writer.name)
def test_out_of_space_it_is_told_which_file_and_nothing_half_stays(writer: Writer) -> None:
    assert full(writer, Random(writer.name).randint(1, 300)).wrong == ()


@pytest.mark.skipif(os.name != "posix", reason="rights of another kind")
def test_where_nothing_may_be_written_that_is_told() -> None:
    assert read_only(WRITERS["judge"]).wrong == ()


def test_what_is_broken_is_seen(tmp_path: Path) -> None:
    """The harness itself: half a file, a step done twice, an end that is none."""
    WATCH.prepare(tmp_path)
    (tmp_path / "half.json").write_text('{"a": ')
    (tmp_path / "canary.json").write_text('{"step": 2}')
    told = " ".join(WATCH.broken(tmp_path))
    assert "half.json is not whole" in told
    assert "changed 2 times" in told
    assert [*WATCH.lacking(tmp_path)] == ["there is no record.jsonl"]
    with pytest.raises(SystemExit, match="without any fault: it ended with 0"):
        steps(replace(WRITERS["score"], codes=frozenset({9})))


def test_every_kind_of_fault_can_be_drawn() -> None:
    assert {one(WRITERS["sample-log"], fault, 6, Random(1)).wrong for fault in FAULTS} == {()}
