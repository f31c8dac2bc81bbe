"""Engines by their addresses, what is missing, and that only the allowed operations reach them."""

from __future__ import annotations

from pathlib import Path

import ibis
import pytest

from breakeven.demand import engines
from breakeven.demand.engine_log import read_from_engine
from breakeven.demand.engines import engine, without_password
from breakeven.demand.portable import allowed, operations_of, portable, refuse_others
from breakeven.demand.read_log import read_log
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


def test_an_address_is_shown_without_its_password() -> None:
    assert without_password("postgres://me:secret@host:5432/spend?x=1") == "postgres://host:5432/spend"
