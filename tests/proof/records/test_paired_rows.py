"""Rows of a shadow log as pairs: who is a failure of whom, and nothing left out untold."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from shadow_rows import Line, pair_of, row, written

from breakeven.problems import Problem
from breakeven.proof.records.files import lines_of, read_steadily
from breakeven.proof.records.pairs import Asked, paired, strata, units, workloads
from breakeven.proof.records.row import names
from breakeven.proof.records.told import Told, told_of
from breakeven.proof.records.totals import totals_of


@pytest.fixture
def log(tmp_path: Path) -> Callable[[Sequence[Line | str]], Path]:
    return lambda lines: written(tmp_path / "shadow-2026-11-02.jsonl", lines)


def read(path: Path, asked: Asked | None = None) -> tuple[dict[str, np.ndarray], Told]:
    with paired([path], asked or Asked()) as opened:
        batches = [*units(opened, "chat", strata(opened, "chat"))]
        return {
            name: np.concatenate([each[name] for each in batches]) for name in batches[0]
        } if batches else {}, told_of(opened)


def test_what_is_read_are_keys_of_a_row() -> None:
    from breakeven.proof.records.pairs import FLAGS, NUMBERS, TEXTS

    assert {*TEXTS, *NUMBERS, *FLAGS} <= {*names()}


def test_a_mirrored_request_is_a_pair(log) -> None:
    found, told = read(log(pair_of(1, candidate={"takes": 2.0}) + pair_of(2, after=5)))
    assert found["failed"].tolist() == [0, 0]
    assert sorted(found["seconds"].tolist()) == [1.0, 2.0]
    assert found["per_token"].min() == pytest.approx(0.7 / 100)
    assert told.pairs == 2
    assert told.notices == ()


def test_a_copy_that_failed_scores_nothing(log) -> None:
    found, _ = read(log(pair_of(1, candidate={"error": "timeout", "completion_tokens": None})))
    assert found["failed"].tolist() == [1]
    assert (found["score"] - found["reference"]).tolist() == [-1]


def test_a_request_that_fell_back_is_a_failure_of_the_first_and_no_pair(log) -> None:
    mine = row(1, "self", role="answered", assigned="self", error="server")
    back = row(1, "api", role="answered", assigned="self")
    path = log([mine, back, row(2, "api", role="answered", assigned="self", error=None), *pair_of(3)])
    _found, told = read(path)
    assert told.pairs == 1
    assert told.fell_back == 2
    with paired([path], Asked()) as opened:
        failed = opened.connection.sql("SELECT pair, failed, paired FROM measured ORDER BY pair").fetchall()
    assert failed == [("p1", 1.0, False), ("p2", 1.0, False), ("p3", 0.0, True)]


def test_what_nobody_did_wrong_is_in_no_test(log) -> None:
    lines = [
        *pair_of(1, error="refused", status=400),
        *pair_of(2, candidate={"error": "cancelled"}),
        *pair_of(3, candidate={"error": "context-length"}),
    ]
    found, told = read(log(lines))
    assert told.nobodys == 2
    assert found["failed"].tolist() == [1]


def test_a_retry_that_succeeded_is_a_success_and_a_row_logged_twice_is_one(log) -> None:
    again = pair_of(1)
    lines = [row(1, "self", error="server"), *again, again[0]]
    found, told = read(log(lines))
    assert found["failed"].tolist() == [0]
    assert told.repeated == 2
    assert "repeat" in told.notices[0]


def test_requests_of_one_arm_alone_are_told(log) -> None:
    _, told = read(log([row(1, "api"), row(2, "api"), row(3, "self"), *pair_of(4)]))
    assert dict(told.only) == {"self": 1, "api": 2}
    assert len(told.notices) == 2


def test_missing_usage_is_unknown_and_not_zero(log) -> None:
    path = log([*pair_of(1), *pair_of(2, candidate={"completion_tokens": None, "prompt_tokens": None})])
    _, told = read(path)
    assert told.without_usage == {"self": 1, "api": 0}
    with paired([path], Asked()) as opened:
        totals = totals_of(opened, "chat")
    assert totals.candidate.output_per_answer == 101
    assert totals.candidate.cost_per_request is None
    assert totals.control.cost_per_request == pytest.approx(0.004)
    assert totals.output_ratio == 1


def test_clocks_that_differ_are_told_and_touch_no_latency(log) -> None:
    late = row(1, "api", after=30), row(1, "self", after=0)
    found, told = read(log([*late]))
    assert told.skewed == 1
    assert told.skew_seconds == pytest.approx(-30)
    assert found["seconds"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not JSON at all\n", "no row"),
        ('{"schema": 1, "pair": \n', "no row"),
        (row(9, "self", schema=2), "another schema"),
        (row(9, "self", workload=None), "missing"),
        (row(9, "self", role="guessed"), "role"),
        (row(9, "self", ended="soon"), "unreadable"),
        (row(9, "self", takes=-4.0), "before"),
        (row(9, "self", word_overlap=1.5), "score"),
        (row(9, "self", started="1970-01-01T00:00:00+00:00"), "before 2020"),
        (row(9, "self", ended="2999-01-01T00:00:00+00:00"), "after 2099"),
        (row(9, "self", prompt_tokens=10**400), "over 1e12"),
        (json.dumps(row(9, "self", cost=7)).replace("7,", "Infinity,") + "\n", "over 1e12"),
        (row(9, "self", completion_tokens=-3), "below zero"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_reason(log, line, reason) -> None:
    found, told = read(log([*pair_of(1), line, *pair_of(2)]))
    assert len(found["failed"]) == 2
    assert told.rows == 5
    assert sum(told.set_aside.values()) == 1
    assert reason in next(iter(told.set_aside))


def test_agreement_is_held_against_the_api_asked_again(log) -> None:
    lines = [
        row(1, "api"), row(1, "self", compared_with="api", word_overlap=0.6),
        row(1, "aa", compared_with="api", word_overlap=0.8),
        row(2, "api", after=9, compared_with="self", fields_agreeing=0.5), row(2, "self", after=9),
        row(2, "aa", after=9, compared_with="api", fields_agreeing=1.0), *pair_of(3, after=19),
    ]  # fmt: skip
    found, told = read(log(lines), Asked(score="agreement"))
    assert found["score"][:2] == pytest.approx([0.6, 0.5])
    assert found["reference"][:2] == pytest.approx([0.8, 1.0])
    assert np.isnan(found["score"][2])
    assert told.unscored == 1


def test_same_answers_are_those_with_the_same_hash(log) -> None:
    lines = [row(1, "api"), row(1, "self", answer_hash="other"), row(1, "aa")]
    found, _ = read(log(lines), Asked(score="same-answer"))
    assert (found["score"].tolist(), found["reference"].tolist()) == ([0.0], [1.0])


def test_what_belongs_together_is_one_unit_a_day(log) -> None:
    lines = [
        *pair_of(1, session="s", candidate={"error": "server"}), *pair_of(2, session="s", after=9),
        *pair_of(3, session="s", after=90_000), *pair_of(4, after=20),
    ]  # fmt: skip
    found, _ = read(log(lines), Asked(cluster="session"))
    assert found["pairs"].tolist() == [2, 1, 1]
    assert found["failed"].tolist() == [0.5, 0, 0]
    assert np.diff(found["day"]).tolist() == [0, 1]


def test_strata_are_named_in_the_order_in_which_they_came(log) -> None:
    path = log([*pair_of(1, stratum="long"), *pair_of(2, stratum="short", after=3), *pair_of(3, after=6)])
    with paired([path], Asked()) as opened:
        assert strata(opened, "chat") == ("long", "short")
        assert workloads(opened) == ("chat",)
    found, _ = read(path)
    assert found["stratum"].tolist() == [0, 1, -1]


def test_judged_scores_come_from_their_own_file(log, tmp_path: Path) -> None:
    judged = written(tmp_path / "judged.jsonl", [{"pair": "p1", "score": 1}, {"pair": "p1", "score": 0}])
    found, told = read(log([*pair_of(1), *pair_of(2, after=1)]), Asked(score="judged", judged=judged))
    assert found["score"][0] == 0.5
    assert told.unscored == 1
    with pytest.raises(Problem, match="no file of them is named"):
        read(log(pair_of(1)), Asked(score="judged"))
    with pytest.raises(Problem, match="no such file"):
        read(log(pair_of(1)), Asked(score="judged", judged=tmp_path / "gone.jsonl"))


def test_packed_files_and_folders_are_read_without_the_texts(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "shadow-2026-11-01.jsonl.gz", "wt") as packed:
        packed.writelines(json.dumps(each) + "\n" for each in pair_of(1))
    written(tmp_path / "shadow-2026-11-02.jsonl", pair_of(2))
    written(tmp_path / "texts-2026-11-02.jsonl", [{"schema": 1}])
    found, files = read_steadily([tmp_path], lambda paths: [line for path in paths for line in lines_of(path)])
    assert len(found) == 4
    assert [path.name for path in files.paths] == ["shadow-2026-11-01.jsonl.gz", "shadow-2026-11-02.jsonl"]


def test_a_line_that_is_being_written_counts_next_time(log) -> None:
    path = log([*pair_of(1), '{"schema": 1, "trace": "t2"'])
    found, files = read_steadily([path], lambda paths: [*lines_of(paths[0])])
    assert len(found) == 2
    assert files.unfinished == (path.name,)


def test_files_that_are_rotated_while_they_are_read_are_read_again(tmp_path: Path) -> None:
    path, asked = written(tmp_path / "shadow.jsonl", pair_of(1)), []

    def reading(paths: tuple[Path, ...]) -> int:
        asked.append(paths)
        if len(asked) == 1:  # renamed, and begun anew
            path.rename(tmp_path / "shadow.jsonl.1")
            written(path, pair_of(2))
        return sum(1 for each in paths for _ in lines_of(each))

    found, files = read_steadily([tmp_path], reading)
    assert found == 4
    assert files.again == 1


def test_files_that_never_hold_still_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "shadow.jsonl", pair_of(1))

    def reading(_: tuple[Path, ...]) -> None:
        path.unlink()
        written(path, pair_of(2))
        path.with_name("x.jsonl").write_bytes(b"")

    with pytest.raises(Problem, match="replaced faster"):
        read_steadily([path], lambda paths: (path.rename(tmp_path / "old"), written(path, pair_of(1)))[0])
    with pytest.raises(Problem, match="no shadow log"):
        read_steadily([tmp_path / "empty"] if (tmp_path / "empty").mkdir() is None else [], reading)
