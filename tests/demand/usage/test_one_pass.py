"""A text log is split once, whatever is asked of it; and DuckDB's own words say what the portable ones say."""

from __future__ import annotations

from pathlib import Path

import ibis
import pytest

from breakeven.demand.log import log_rows
from breakeven.demand.log.engine.embedded import ask, embedded, quick
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.sample import SamplePlan, write_sample


@pytest.mark.parametrize("bad", ["", "never,chat,m,x,0,1,200\n"])
def test_a_text_log_is_read_once(tmp_path: Path, bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once opened the file is gone, and everything is still answered."""
    log = tmp_path / "log.csv"
    write_sample(log, SamplePlan(days=2, requests_per_day=2_000))
    with log.open("a") as file:
        file.write(bad)
    expected, opened = read_log(log), log_rows._opened

    def gone(*arguments, **options):
        found = opened(*arguments, **options)
        log.unlink()
        return found

    monkeypatch.setattr(log_rows, "_opened", gone)
    reading = read_log(log)
    assert reading.table.rows_read == expected.table.rows_read
    assert reading.table.set_aside == expected.table.set_aside
    assert [each.correlation for each in reading.sizes] == [each.correlation for each in expected.sizes]
    assert reading.sliding == expected.sliding


def test_the_copy_holds_no_text_of_rows_without_fault_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, folders = tmp_path / "log.csv", []
    log.write_text("timestamp,prompt,input_tokens,output_tokens\n2026-10-05,secret,1,1\n2026-10-05,secret,x,1\n")
    opened = log_rows._opened

    def watched(connection, folder, *arguments, **options):
        found = opened(connection, folder, *arguments, **options)
        folders.append(folder)
        shown = found.ask(found.rows.select("reason", "shown")).to_pylist()
        assert [each["shown"] for each in shown if each["reason"] == ""] == [""]
        assert b"secret" not in b"".join(each.read_bytes() for each in folder.glob("*.parquet"))
        return found

    monkeypatch.setattr(log_rows, "_opened", watched)
    assert read_log(log).table.rows_read == 1
    assert folders
    assert not any(each.exists() for each in folders)


@pytest.mark.parametrize("kind", ["timestamp", "timestamp('UTC')", "timestamp('America/New_York')"])
def test_quick_words_give_the_same_numbers(kind: str) -> None:
    times = ["1970-01-01 00:00:00", "2026-03-08 07:59:59.999999", "2026-11-01 06:30:00.5"]
    with embedded() as (connection, _):
        table = ibis.memtable({"text": times, "number": [0, 59, 10**15]}, schema={"text": "string", "number": "int64"})
        moment = table.text.cast("timestamp('UTC')").cast(kind)
        question = table.select(
            second=moment.cast("timestamp").truncate("s").epoch_seconds().cast("int64"), minute=table.number // 60
        )
        assert connection.compile(quick(question)) != connection.compile(question)
        assert ask(connection, question).to_pylist() == connection.to_pyarrow(question).to_pylist()
