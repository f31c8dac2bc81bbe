"""Engines by their addresses, what is missing, and that only the allowed operations reach them."""

from __future__ import annotations

from pathlib import Path

import ibis
import pyarrow
import pytest

from breakeven.demand.log.engine import engines
from breakeven.demand.log.engine.engines import engine
from breakeven.demand.log.engine.portable import allowed, operations_of, portable, refuse_others
from breakeven.demand.log.rows.tokens import plain_text, without_zeros
from breakeven.demand.usage.engine_log import read_from_engine
from breakeven.demand.usage.read_log import read_log
from breakeven.problems import Problem

LOG = "timestamp,app,model,input_tokens,cached_input_tokens,output_tokens,status\n" + "".join(
    f"2026-10-05T10:{i % 60:02}:00Z,app-{i % 3},m,{100 + i},{i % 7},{i},{'200' if i % 9 else '500'}\n"
    for i in range(300)
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return path


def test_an_engine_gives_what_reading_the_file_gives(log: Path) -> None:
    ours, reference = read_from_engine("duckdb://", [str(log)]).table, read_log(log).table
    assert ours.workload == reference.workload
    assert {name: ours[name].tolist() for name in ours.columns} == {
        name: reference[name].tolist() for name in reference.columns
    }


def test_all_that_is_asked_is_allowed(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    monkeypatch.setattr(engines, "refuse_others", lambda question, where: asked.update(operations_of(question)))
    read_from_engine("duckdb://", [str(log)])
    assert {"Aggregate", "Sum", "FloorDivide"} <= asked <= allowed()


@pytest.mark.parametrize(
    "other",
    [
        lambda table: table.agg(table.number.approx_quantile(0.5)),
        lambda table: table.agg(table.number.quantile(0.5)),
        lambda table: table.mutate(rank=ibis.row_number().over(order_by=table.number)),
        lambda table: table.order_by("number"),
        lambda table: table.agg(table.text.group_concat()),
    ],
)
def test_operations_that_engines_do_differently_are_refused(other) -> None:
    table = ibis.table({"number": "int64", "text": "string"}, name="log")
    with pytest.raises(Problem, match="which engines answer differently"):
        refuse_others(portable(other(table)))


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12.0), (" 1e3 ", 1000.0), ("-.5", -0.5), ("many", None), ("", None), ("1,000", None)]
)
def test_a_careful_cast_is_a_condition_and_a_plain_cast(text: str, number: float | None) -> None:
    question = ibis.memtable({"text": [text]}).select(number=ibis._.text.try_cast("float64"))
    assert "TryCast" not in operations_of(portable(question))
    assert ibis.duckdb.connect().to_pyarrow(portable(question))["number"].to_pylist() == [number]


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    for url, extra in (
        ("spark://localhost:7077", "spark"),
        ("postgresql://h/d", "postgres"),
        ("chdb://", "clickhouse"),
    ):
        with pytest.raises(Problem, match=rf"pip install 'breakeven\[{extra}\]'"):
            engine(url)


@pytest.mark.parametrize("url", ["sparc://host:1", "LiteLLM", "file:///tmp"])
def test_what_is_no_engine_is_told(url: str) -> None:
    with pytest.raises(Problem, match="is not the address of an engine"):
        engine(url)


def test_rows_set_aside_in_an_engine_go_to_the_same_file(tmp_path: Path) -> None:
    header = "timestamp,input_tokens,output_tokens,request_id,cost\n"
    rows = ["2026-10-05T10:00:00Z,-5,1,a,0.00004\n", *["2026-10-05T10:00:01Z,7,1,b,0.25\n"] * 3, "2026,x,1,c,\n"]
    (log := tmp_path / "log.csv").write_text(header + "".join(rows))
    read_from_engine("duckdb://", [str(log)], set_aside_to=tmp_path / "there.csv")
    read_log(log, set_aside_to=tmp_path / "here.csv")
    here = (tmp_path / "here.csv").read_text().splitlines()
    assert (tmp_path / "there.csv").read_text().splitlines() == [here[0], *sorted(here[1:])]
    assert len(here) == 1 + 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00004, "0.000040000"), (-0.5, "-0.500000000"), (3.0, "3"), (0.9999999999, "1"), (2.5e12, "2500000000000"),
        (1e300, "beyond 9e18"), (float("nan"), "beyond 9e18"), (None, None),
    ],
)  # fmt: skip
def test_a_fraction_is_written_alike_whatever_the_engine(value: float | None, text: str | None) -> None:
    column = ibis.memtable(pyarrow.table({"value": pyarrow.array([value], "float64")})).value
    question = plain_text(column).as_table()
    assert operations_of(portable(question)) - allowed() == {"InMemoryTable"}
    assert ibis.duckdb.connect().to_pyarrow(portable(question)).column(0).to_pylist() == [text]


@pytest.mark.parametrize("kind", ["timestamp", "timestamp('UTC')"])
@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2026-10-01 00:00:25.100000", "2026-10-01 00:00:25.1"),
        ("2026-10-01 00:00:20.000000", "2026-10-01 00:00:20"),
        ("2026-10-01 00:00:20.305", "2026-10-01 00:00:20.305"),
        ("2026-10-01 10:00:00", "2026-10-01 10:00:00"),
    ],
)
def test_a_time_is_written_alike_whatever_the_engine(kind: str, written: str, text: str) -> None:
    moment = ibis.memtable({"text": [written]}).text.cast("timestamp('UTC')").cast(kind)
    there = ibis.duckdb.connect()
    there.raw_sql("SET TimeZone = 'UTC'")
    question = plain_text(moment).as_table()
    assert operations_of(portable(question)) - allowed() == {"InMemoryTable"}
    assert there.to_pyarrow(question).column(0).to_pylist() == [text + ("+00" if "UTC" in kind else "")]
    second, _, places = written.partition(".")
    six_places = ibis.memtable({"text": [f"{second}.{places:0<6}"]})
    assert there.to_pyarrow(without_zeros(six_places.text).as_table()).column(0).to_pylist() == [text]


def test_another_engine_that_ibis_knows_may_be_tried_and_is_said_to_be_untested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store.db"
    there = ibis.duckdb.connect(store)
    there.raw_sql(
        """CREATE TABLE log AS SELECT TIMESTAMP '2026-10-05' + to_minutes(i) AS "startTime", 10 AS prompt_tokens,
        5 AS completion_tokens, 0.5 AS spend, 'k' AS api_key, 'm' AS model,
        '{"user_api_key_alias": "chat"}' AS metadata FROM range(500) AS numbers(i)"""
    )
    there.disconnect()
    monkeypatch.setattr(engines, "other_backends", lambda: ("madeup",))
    monkeypatch.setattr(engines, "_connected", lambda *_: (ibis.duckdb.connect(store, read_only=True), None))
    reading = read_from_engine("madeup://there", ["log"])
    assert set(reading.table.workload) == {"chat"}
    assert reading.table["cost_nano"].sum() == 250 * 10**9
    assert any("madeup is untested here" in each for each in reading.table.notices)


def test_another_engine_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_driver(*_: object) -> None:
        raise ImportError("No module named 'google'")

    monkeypatch.setattr(engines, "_connected", no_driver)
    with pytest.raises(Problem, match=r"pip install 'ibis-framework\[bigquery\]'"):
        engine("bigquery://project/dataset")
