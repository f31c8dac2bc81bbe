"""Failures by the status that the log tells, retries where it tells them; what is not told is unknown, not zero."""

import json
from dataclasses import replace

import pyarrow.parquet
import pytest

from breakeven.demand.log import failures
from breakeven.demand.usage.engine_log import read_from_engine
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.saved import MARK, load_reading, save_reading
from breakeven.demand.usage.usage import usage
from breakeven.report.demand_document import demand_document
from parts import ROOT

HEADER = "timestamp,app,model,input_tokens,output_tokens,status,error_code,retries,request_id\n"
FORMATS = ROOT / "tests" / "demand" / "formats"
STATUSES = {  # status, error code -> what it is
    ("200", ""): None, ("ok", ""): None, ("429", ""): "429", ("503", ""): "5xx", ("529.0", ""): "5xx",
    ("400", ""): "other_4xx", ("408", "429"): "other_4xx", ("999", ""): "unknown", ("failed", ""): "unknown",
    ("failure", "429"): "429", ("error", "ThrottlingException"): "429", ("ERROR", "InternalServerError"): "5xx",
    ("error", "BadRequestError"): "other_4xx", ("rate_limited", ""): "429", ("Server_Error", ""): "5xx",
    ("error", "something else"): "unknown", ("timeout", "504"): "5xx",
}  # fmt: skip


def row(second, status="200", code="", app="chat", retries="", name=""):
    return f"2026-10-05T10:00:{second:02}Z,{app},m,10,5,{status},{code},{retries},{name}\n"


def write(tmp_path, *rows):
    path = tmp_path / "log.csv"
    path.write_text(HEADER + "".join(rows))
    return path


def found_in(reading):
    return demand_document(usage(reading))


@pytest.mark.parametrize(("said", "meant"), STATUSES.items(), ids=map("/".join, STATUSES))
def test_each_status_is_what_it_says(tmp_path, said, meant):
    reading = read_log(write(tmp_path, row(1), row(2, *said)))
    counts = found_in(reading)["failed_by_status"]
    assert counts == dict.fromkeys(counts, 0) | ({meant: 1} if meant else {})
    assert list(counts) == ["429", "5xx", "other_4xx", "unknown"]


def test_workloads_tell_their_own_and_the_sums_agree(tmp_path):
    rows = [row(i, *said, app=f"app-{i % 3}") for i, said in enumerate(STATUSES)]
    document = found_in(read_log(write(tmp_path, *rows, row(59, "rubbish", app="app-9"))))
    assert sum(document["failed_by_status"].values()) == document["failed_requests"] == 15
    for name, count in document["failed_by_status"].items():
        assert count == sum(each["failed_by_status"][name] for each in document["workloads"])
    assert {each["name"]: each["failed_requests"] for each in document["workloads"]}["app-9"] == 0


def test_an_engine_and_a_saved_reading_tell_the_same(tmp_path):
    log = write(tmp_path, *(row(i, *said, app=f"a{i % 3}", retries=str(i % 4)) for i, said in enumerate(STATUSES)))
    reading, saved = read_log(log), tmp_path / "demand.parquet"
    save_reading(reading, saved)
    documents = {json.dumps(found_in(each)) for each in (reading, load_reading(saved))}
    there = found_in(replace(read_from_engine("duckdb://", [str(log)]), where=reading.where))
    assert documents == {json.dumps(there)}


def test_a_table_saved_before_failures_were_told_apart_is_still_read(tmp_path):
    saved = tmp_path / "demand.parquet"
    save_reading(read_log(write(tmp_path, row(1, retries="1"), row(2, "429"), row(3, "500"))), saved)
    table = pyarrow.parquet.read_table(saved)
    about = json.loads(table.schema.metadata[MARK])
    del about["failed"]
    table = table.drop_columns(["retries", "rows_with_retries"]).replace_schema_metadata({MARK: json.dumps(about)})
    pyarrow.parquet.write_table(table, saved)
    document = found_in(load_reading(saved))
    assert document["failed_by_status"] == {"429": 0, "5xx": 0, "other_4xx": 0, "unknown": 2}
    assert document["shares"]["retries"] is None


def test_a_request_that_was_read_twice_failed_once(tmp_path):
    twice = row(2, "429", name="r2")
    document = found_in(read_log(write(tmp_path, row(1, name="r1"), twice, twice)))
    assert document["failed_by_status"]["429"] == document["failed_requests"] == 1


@pytest.mark.parametrize(("retries", "told"), [(("", ""), None), (("0", ""), 0), (("2", "3"), 5), (("2", "x"), 2)])
def test_retries_are_summed_where_they_are_told(tmp_path, retries, told):
    reading = read_log(write(tmp_path, *(row(i, retries=each) for i, each in enumerate(retries))))
    assert found_in(reading)["shares"]["retries"] == told


def test_failures_of_very_many_workloads_are_told_together(tmp_path, monkeypatch):
    monkeypatch.setattr(failures, "MOST_WORKLOADS", 2)
    document = found_in(read_log(write(tmp_path, *(row(i, "429", app=f"app-{i}") for i in range(3)))))
    assert document["failed_by_status"]["429"] == 3
    assert {each["failed_by_status"] for each in document["workloads"]} == {None}


@pytest.mark.parametrize("name", ["bedrock", "otel"])
def test_formats_that_name_the_error_tell_it(name):
    counts = found_in(read_log(FORMATS / name / "input.jsonl"))["failed_by_status"]
    assert counts == {"429": 1, "5xx": 0, "other_4xx": 0, "unknown": 0}


def test_litellm_tells_it_in_its_metadata(tmp_path):
    lines = [
        {"request_id": f"r{i}", "api_key": "k", "spend": 0, "prompt_tokens": 5, "completion_tokens": 5, "model": "m",
         "startTime": f"2026-10-05 09:00:0{i}", "status": status, "metadata": {"attempted_retries": i} | said}
        for i, (status, said) in enumerate([
            ("success", {}), ("failure", {"error_information": {"error_code": "429"}}),
            ("failure", {"error_information": {"error_code": "", "error_class": "InternalServerError"}}),
        ])
    ]  # fmt: skip
    path = tmp_path / "spend.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    document = found_in(read_log(path, log_format="litellm"))
    assert document["failed_by_status"] == {"429": 1, "5xx": 1, "other_4xx": 0, "unknown": 0}
    assert document["shares"]["retries"] == 3
