"""Whatever the layout of a log: what is read and set aside is what a count of our own finds, or it is refused."""

from __future__ import annotations

import csv
import gzip
import json
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from request_logs import read_minutes

from breakeven.demand.log import log_rows
from breakeven.demand.log.format.records import CHUNK, csv_records, json_records, json_rows
from breakeven.demand.log.table import groups
from breakeven.demand.usage.engine_log import read_from_engine
from breakeven.demand.usage.read_log import read_log, read_requests
from breakeven.problems import Problem

HEADER = ["timestamp", "input_tokens", "output_tokens", "prompt"]
LONG = 2_100_000  # beyond what DuckDB lets in by itself

times = st.sampled_from(["2026-01-05T00:00:00Z", "never"])
short = st.sampled_from(["", "short", "a,b", 'said "no"', "over\n\ntwo lines", "z" * 50])
long = st.sampled_from(["x" * 300_000, "y" * LONG, 'yy "\n' * (LONG // 5)])


def repeated(prompts, counts):
    """A row, and how often it comes."""
    return st.tuples(st.tuples(times, st.just("10"), st.just("5"), prompts), st.sampled_from(counts))


layouts = st.lists(repeated(short, [1, 3, 500, 3000]) | repeated(long, [1, 2]), min_size=1, max_size=6)


def written(folder: Path, parts: list, line_end: str, *, packed: bool) -> list[Path]:
    """A file for each of the parts, a part being rows and how often each comes."""
    paths = []
    for place, part in enumerate(parts):
        text = StringIO(newline="")
        writer = csv.writer(text, lineterminator=line_end)
        writer.writerow(HEADER)
        for row, times in part:
            writer.writerows([[each.replace("\n", line_end) for each in row]] * times)
        content = text.getvalue().encode()
        paths.append(folder / f"{place}.csv{'.gz' if packed else ''}")
        paths[-1].write_bytes(gzip.compress(content, 1) if packed else content)
    return paths


def told(table) -> tuple[int, int]:
    return table.rows_read, sum(each.rows for each in table.set_aside)


@settings(max_examples=8, deadline=None)
@given(st.lists(layouts, min_size=1, max_size=3), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_every_row_of_every_layout_is_read_or_set_aside(parts, line_end, packed) -> None:
    every = [(row, times) for part in parts for row, times in part]
    expected = tuple(sum(times for row, times in every if (row[0] == "never") is bad) for bad in (False, True))
    with TemporaryDirectory() as folder:
        paths = written(Path(folder), parts, line_end, packed=packed)
        assert sum(csv_records(each, ",").quoted or 0 for each in paths) == sum(expected)
        assert told(read_minutes(paths)) == expected
        assert told(read_log(paths).table) == expected


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_engine_at_an_address_loses_none_either(tmp_path: Path, line_end: str) -> None:
    rows = [(("2026-01-05T00:00:00Z", "10", "5", prompt), 500) for prompt in ("short", "a,\nb")]
    rows.insert(1, (("2026-01-05T00:00:00Z", "10", "5", "y" * LONG), 3))
    (path,) = written(tmp_path, [rows], line_end, packed=False)
    assert told(read_from_engine("duckdb://", [str(path)]).table) == (1003, 0)


def test_what_an_engine_loses_refuses_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that drops rows, whatever the way to split: no number is given."""
    (path,) = written(tmp_path, [[(("2026-01-05T00:00:00Z", "10", "5", ""), 50)]], "\n", packed=False)
    rows_of = log_rows.rows_of
    monkeypatch.setattr(log_rows, "rows_of", lambda *given, **more: rows_of(*given, **more).limit(49))
    for read in (read_log, read_requests):
        with pytest.raises(Problem, match="holds 50 records, but 49 were read or set aside") as raised:
            read(path)
        assert str(path) in str(raised.value.where)


@pytest.mark.parametrize("before", ["", 'said "no", ""twice""'])
@pytest.mark.parametrize("place", [0, 1, 150, 299])
@pytest.mark.parametrize("torn", ['"opened', '"', 'two ""quotes"" and "one'])
def test_a_quote_that_is_never_closed_swallows_no_row(tmp_path: Path, before: str, place: int, torn: str) -> None:
    """The rows behind it are read, or set aside where they are: none becomes a part of the field before."""
    prompts = [torn if each == place else "plain" for each in range(300)]
    lines = [f"2026-01-05T00:00:00Z,10,5,{each}" for each in prompts]
    if before and place:
        lines[0] = f'2026-01-05T00:00:00Z,10,5,"{before.replace(chr(34), chr(34) * 2)}"'
    (tmp_path / "log.csv").write_text("\n".join([",".join(HEADER), *lines]))
    assert sum(told(read_log(tmp_path / "log.csv").table)) == 300


def test_quotes_within_a_field_are_counted_by_the_library(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    lines = [",".join(HEADER), '2026-01-05T00:00:00Z,10,5,5" disk', '2026-01-05T00:00:00Z,10,5,"a\nb"']
    path.write_text("\n".join(lines) + "\n")
    records = csv_records(path, ",")
    assert (records.quoted, records.plain) == (2, 3)
    assert told(read_log(path).table) == (2, 0)


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_records_across_the_edges_of_chunks(tmp_path: Path, size: int) -> None:
    for place in range(4):
        text = "a,b\n" + 'x,"' + "\n" * (size + place - 9) + '"\n\n' + 'y,"z ""z"""\n'
        (tmp_path / "log.csv").write_text(text)
        records = csv_records(tmp_path / "log.csv", ",")
        assert records.quoted == 2
        assert size - CHUNK - 10 <= records.longest <= size + 2 * CHUNK


def test_json_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    row = '{"timestamp": "2026-01-05T00:00:00Z", "input_tokens": 10, "output_tokens": 5}'
    path.write_text("\n".join([row, "", "  ", row.replace(": 5", f': 5, "prompt": "{"y" * 20_000_000}"'), "{", row]))
    assert json_records(path).plain == 4
    assert told(read_log(path).table) == (3, 1)
    path.write_bytes(f"{row}\r{row}".encode())
    with pytest.raises(Problem):
        read_log(path)


NESTED = (("data[]",), ("data[]", "results[]"))
blanks = st.text(" \n\t", max_size=3)
results = st.lists(st.just({"tokens": 1}) | st.none() | st.just({"text": '"]},{[' * 9}), max_size=4)
pages = st.builds(
    lambda lists: {"data": [{"results": each} for each in lists], "more": [1, 2]}, st.lists(results, max_size=3)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(pages, min_size=1, max_size=5), st.sampled_from(["lines", "list", "one after the other"]), blanks)
def test_rows_of_lists_in_json_are_counted(documents: list, form: str, blank: str) -> None:
    rows = sum(max(1, sum(max(1, len(each["results"])) for each in page["data"])) for page in documents)
    texts = [json.dumps(each) for each in documents]
    text = (
        f"[{blank}{f',{blank}'.join(texts)}]"
        if form == "list"
        else ("\n" if form == "lines" else f"{blank} ").join(texts)
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pages.json"
        path.write_text(blank + text + blank)
        assert json_rows(path, NESTED, lines=form == "lines") == rows


@pytest.mark.parametrize("size", [CHUNK - 5, CHUNK, 3 * CHUNK + 1])
def test_values_across_the_edges_of_chunks(tmp_path: Path, size: int) -> None:
    path = tmp_path / "log.json"
    path.write_text("[" + ",\n".join(['{"a": "' + "x" * size + '"}', '{"a": "é"}', "1"] * 3) + "]")
    assert json_rows(path, (), lines=False) == 9


@pytest.mark.parametrize("text", ['[{"a": 1}, {"a": 2]', '{"a": 1} x', '[{"a": 1}', "[" * 100_000])
def test_what_is_no_json_is_not_counted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.json"
    path.write_text(text)
    assert json_rows(path, (), lines=False) in (None, 1)  # what follows is not looked for where a value is whole


@pytest.mark.parametrize("name", ["log.json", "otel.jsonl"])
def test_what_an_engine_loses_of_json_refuses_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    row = {"timestamp": "2026-01-05T00:00:00Z", "input_tokens": 10, "output_tokens": 5}
    names = {"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": "10", "gen_ai.usage.output_tokens": "5"}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in names.items()]
    span = {"startTimeUnixNano": "1767571200000000000", "spanId": "", "attributes": attributes}
    spans = {"resourceSpans": [{"scopeSpans": [{"spans": [span] * 50}]}]}
    (tmp_path / name).write_text(json.dumps([row] * 50 if name == "log.json" else spans, indent=None))
    assert told(read_log(tmp_path / name).table) == (50, 0)
    rows_of = log_rows.rows_of
    monkeypatch.setattr(log_rows, "rows_of", lambda *given, **more: rows_of(*given, **more).limit(49))
    with pytest.raises(Problem, match="holds 50 records, but 49 were read or set aside"):
        read_log(tmp_path / name)


def test_a_header_that_ends_in_cr_and_one_that_is_no_header(tmp_path: Path) -> None:
    (tmp_path / "mixed.csv").write_bytes(b"when,in\rout\nx,1\n")
    (tmp_path / "long.csv").write_text("a" * 131_073 + ",b\n1,2\n")
    (tmp_path / "longer.csv").write_bytes(b"a,b," * 2_000_000)
    (tmp_path / "open.csv").write_text('"' + "a,b\n" * 100_000)
    for name, what in (
        ("mixed", "no column for"),
        ("long", "the first line names no columns"),
        ("longer", "the first line is longer than"),
        ("open", "the first line names no columns"),
    ):
        with pytest.raises(Problem, match=what) as raised:
            read_log(tmp_path / f"{name}.csv")
        assert raised.value.fix


def test_a_damaged_packed_file_is_told(tmp_path: Path) -> None:
    row = b"2026-01-05T00:00:00Z,10,5,\n"
    whole = gzip.compress(",".join(HEADER).encode() + b"\n" + row * 5000)
    path = tmp_path / "log.csv.gz"
    for damaged, what in (
        (whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:], "its checksum differs"),
        (whole[:60] + bytes([each ^ 255 for each in whole[60:64]]) + whole[64:], "damaged"),
        (whole[:-20], "ends too early"),
    ):
        path.write_bytes(damaged)
        with pytest.raises(Problem, match=what):
            read_log(path)
    path.write_bytes(whole + whole)
    assert told(read_log(path).table) == (10_000, 1)  # a second header among the rows


ODD = {
    "float64": [float("nan"), float("inf"), float("-inf"), 1e300, 2.0**63],
    "uint64": [2**64 - 1, 2**63],
    "decimal128(38, 0)": [10**30, -(10**30)],
    "int64": [2**63 - 1, -(2**63)],
}
KINDS = {"float64": pa.float64(), "uint64": pa.uint64(), "decimal128(38, 0)": pa.decimal128(38, 0), "int64": pa.int64()}


@pytest.mark.parametrize("engine", ["", "duckdb://"])
@pytest.mark.parametrize("column", ["timestamp", "input_tokens", "output_tokens", "cached_input_tokens"])
@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in ODD.items() for value in values])
def test_one_odd_number_of_a_parquet_file_sets_one_row_aside(tmp_path, kind, value, column, engine) -> None:
    usual = {"timestamp": 1_767_571_200, "input_tokens": 100, "output_tokens": 100, "cached_input_tokens": 100}
    columns = {
        name: pa.array([*[usual_value] * 49, value if name == column else usual_value], KINDS[kind])
        for name, usual_value in usual.items()
    }
    path = tmp_path / "log.parquet"
    pyarrow.parquet.write_table(pa.table(columns), path)
    read = read_from_engine(engine, [str(path)]) if engine else read_log(path)
    assert told(read.table) == (49, 1)
    assert read.table["input_tokens"].sum() == 4900


@pytest.mark.parametrize("column", ["latency_ms", "cost", "status", "retries"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e300, 2.0**64])
def test_an_odd_number_beside_the_tokens_loses_no_row(tmp_path: Path, column: str, value: float) -> None:
    path = tmp_path / "log.parquet"
    usual = {"timestamp": [1_767_571_200] * 2, "input_tokens": [100] * 2, "output_tokens": [5] * 2}
    pyarrow.parquet.write_table(pa.table(usual | {column: [1.0, value]}), path)
    assert sum(told(read_log(path).table)) == 2


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_many_files_of_one_shape_are_one_read(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of other columns, or of other types, are read beside them: the sums are those of all."""
    pieces = [
        {"timestamp": ["2026-01-05T00:00:00Z"] * 3, "input_tokens": [10] * 3, "output_tokens": [n] * 3}
        for n in range(60)
    ]
    pieces += [pieces[0] | {"app": ["chat"] * 3}]
    opened = []
    real = groups.open_table
    monkeypatch.setattr(groups, "open_table", lambda *given, **more: opened.append(given) or real(*given, **more))
    for place, piece in enumerate(pieces):
        path = tmp_path / f"{place:02}.{kind}"
        table = pa.table(piece)
        if kind == "parquet":
            pyarrow.parquet.write_table(table, path)
        elif kind == "csv":
            pyarrow.csv.write_csv(table, path)
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    reading = read_log(tmp_path)
    assert told(reading.table) == (183, 0)
    assert reading.table["output_tokens"].sum() == 3 * sum(range(60))
    assert sorted(len(given[2]) for given in opened if len(given[2]) > 1) == [60]
