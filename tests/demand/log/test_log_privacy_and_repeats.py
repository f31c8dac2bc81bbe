"""Prompts are never read, repeats count once, and neither order, split nor the session's time zone changes a number."""

import gzip
import json
import time
from datetime import UTC, datetime, timedelta

import pyarrow as arrow
import pyarrow.parquet
import pytest
from request_logs import read_minutes

from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.log_rows import rows_of
from breakeven.demand.log.minutes import distinct_rows, minute_sums, minute_table
from breakeven.demand.log.table.tables import log_files, open_table

START = datetime(2026, 1, 5, tzinfo=UTC)
HEADER = "timestamp,input_tokens,output_tokens,app,request_id\n"


def minutes_of(path, **options):
    return read_minutes(path, **options)


def columns_of(table):
    return {name: values.tolist() for name, values in table.columns.items()}


def test_a_damaged_prompt_column_of_parquet_is_not_noticed(tmp_path):
    """The bytes of the prompts are overwritten; the log still reads, for they are never asked for."""
    path = tmp_path / "usage.parquet"
    rows = 5000
    table = arrow.table(
        {
            "timestamp": [START + timedelta(seconds=i) for i in range(rows)],
            "prompt": [f"secret {i}" * 5 for i in range(rows)],
            "input_tokens": list(range(rows)),
            "output_tokens": [1] * rows,
        }
    )
    pyarrow.parquet.write_table(table, path, compression="zstd", use_dictionary=False)
    prompt = pyarrow.parquet.ParquetFile(path).metadata.row_group(0).column(1)
    assert prompt.path_in_schema == "prompt"
    raw = bytearray(path.read_bytes())
    raw[prompt.data_page_offset : prompt.data_page_offset + prompt.total_compressed_size] = (
        b"\xff" * prompt.total_compressed_size
    )
    path.write_bytes(raw)
    with pytest.raises(OSError):  # noqa: PT011 - any reader of that column fails
        pyarrow.parquet.read_table(path)
    assert (minutes_of(path).rows_read, minutes_of(path)["input_tokens"].sum()) == (rows, sum(range(rows)))


def line(second, app="chat", name="", tokens=10):
    return f"{(START + timedelta(seconds=second)).isoformat()},{tokens},5,{app},{name}\n"


def test_requests_read_twice_count_once_whatever_the_order_and_the_files(tmp_path):
    lines = [line(i, name=f"r{i}") for i in range(50)]
    again = [line(i, name=f"r{i}") for i in range(0, 50, 5)]
    nameless = [line(7), line(7)]
    bad = ["never,1,1,chat,r1\n", "never,1,1,chat,r1\n"]
    everything = lines + again + nameless + bad
    whole = tmp_path / "whole.csv"
    whole.write_text(HEADER + "".join(everything))
    parts = []
    for part in range(3):
        parts.append(tmp_path / f"part{part}.csv")
        parts[-1].write_text(HEADER + "".join(reversed(everything[part::3])))
    aside = tmp_path / "aside.csv"
    one, other = minutes_of(whole, set_aside_to=aside), minutes_of(parts)
    assert columns_of(one) == columns_of(other)
    assert one.set_aside == other.set_aside
    assert (one.rows_read, one["requests"].sum()) == (52, 52)
    assert {each.reason: (each.rows, each.lost) for each in one.set_aside} == {
        "repeats a request that was already read": (10, False),
        "timestamp is not a time": (2, True),
    }
    assert len(aside.read_text().splitlines()) == 1 + 12
    assert one.rows_read + sum(each.rows for each in one.set_aside) == len(everything)


def test_repeats_are_found_in_operations_of_every_engine_too(tmp_path):
    path = tmp_path / "whole.csv"
    path.write_text(HEADER + line(1, name="a") + line(1, name="a", tokens=12) + line(2, name="a") + line(3))
    files = log_files(path)
    connection = ibis().duckdb.connect()
    rows = rows_of([open_table(connection, each, quote='"') for each in files], files, "all")
    plain = minute_table(minute_sums(distinct_rows(rows)).to_pyarrow(), [], [])
    assert columns_of(plain) == columns_of(minutes_of(path))
    assert plain["input_tokens"].sum() == 32
    connection.disconnect()


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_the_time_zone_of_the_machine_changes_nothing(tmp_path, zone, monkeypatch):
    path = tmp_path / "usage.csv"
    times = ["2026-01-05T00:00:00", "2026-01-05 03:00:00+02:00", "1767571200", "2026-01-05T00:00:01.5Z"]
    path.write_text(HEADER + "".join(f"{each},10,5,chat,\n" for each in times))
    here = columns_of(minutes_of(path))
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert columns_of(minutes_of(path)) == here
    finally:
        monkeypatch.undo()
        time.tzset()
    assert sum(here["requests"]) == 4
    assert len(here["minute"]) == 2


def test_a_hundred_thousand_apps(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text(HEADER + "".join(line(i % 3600, app=f"app {i}") for i in range(100_000)))
    table = minutes_of(path)
    assert (table["requests"].sum(), len(set(table.workload))) == (100_000, 100_000)


def test_json_that_ends_in_the_middle(tmp_path):
    rows = [json.dumps({"timestamp": 1767571200 + i, "input_tokens": 10, "output_tokens": 1}) for i in range(100)]
    path = tmp_path / "usage.jsonl.gz"
    path.write_bytes(gzip.compress(("\n".join(rows) + "\n" + rows[0][:20]).encode()))
    table = minutes_of(path)
    assert (table.rows_read, [(each.rows, each.lost) for each in table.set_aside]) == (100, [(1, True)])


def test_a_mixed_log_of_requests_and_of_hours_keeps_the_hours_apart(tmp_path):
    (tmp_path / "requests.csv").write_text(HEADER + line(0) + line(61))
    (tmp_path / "hours.csv").write_text(
        "bucket_start,bucket_end,input_tokens,output_tokens,requests,app\n"
        "2026-01-05T09:00:00Z,2026-01-05T10:00:00Z,90000000,4000,700,chat\n"
    )
    table = minutes_of(tmp_path)
    assert table["bucket_s"].tolist() == [0, 0, 3600]
    assert table["requests"].tolist() == [1, 1, 700]
