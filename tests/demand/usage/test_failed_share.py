"""The part of the requests that failed: each request once, whether its failure used tokens or not."""

from dataclasses import replace

import pytest

from breakeven.demand.usage.engine_log import read_from_engine
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.saved import load_reading, save_reading
from breakeven.demand.usage.usage import shares, usage
from breakeven.report.demand_document import demand_document
from breakeven.report.pages.demand_page import failures

FINE, FAILED, FAILED_WITH_TOKENS = "10,5,200", "0,0,429", "10,5,500"
HEADER = "timestamp,input_tokens,output_tokens,status,request_id\n"
DAILY = "date,model,prompt_tokens,completion_tokens,api_requests,successful_requests,failed_requests\n"


def log(tmp_path, *kinds):
    path = tmp_path / "log.csv"
    rows = (f"2026-10-05T10:{i // 60:02}:{i % 60:02}Z,{kind},r{i}\n" for i, kind in enumerate(kinds))
    path.write_text(HEADER + "".join(rows))
    return path


@pytest.mark.parametrize(
    ("fine", "failed", "failed_with_tokens", "share"),
    [(50, 50, 0, 0.5), (50, 0, 50, 0.5), (50, 25, 25, 0.5), (0, 3, 1, 1.0), (4, 0, 0, 0.0), (0, 0, 7, 1.0)],
)
def test_each_request_counts_once(tmp_path, fine, failed, failed_with_tokens, share):
    path = log(tmp_path, *[FINE] * fine, *[FAILED] * failed, *[FAILED_WITH_TOKENS] * failed_with_tokens, FINE)
    table, sent = read_log(path).table, fine + failed + failed_with_tokens + 1
    assert shares(table).requests_sent == sent
    assert shares(table).failed_of_requests == pytest.approx(share * (sent - 1) / sent)


def test_page_document_engine_and_saved_table_tell_the_same(tmp_path):
    path, saved = log(tmp_path, *[FINE] * 50, *[FAILED_WITH_TOKENS] * 50), tmp_path / "demand.parquet"
    reading = read_log(path)
    save_reading(reading, saved)
    there = replace(read_from_engine("duckdb://", [str(path)]), where=reading.where)
    for each in (reading, load_reading(saved), there):
        found = usage(each)
        assert demand_document(found)["shares"]["failed_of_requests"] == 0.5
        assert next(failures(found))[1].startswith("50 % of 100 requests sent: 50 ")


def test_a_sum_of_requests_counts_its_failures_apart(tmp_path):
    path = tmp_path / "daily.csv"
    path.write_text(DAILY + "2026-10-05,m,100,50,10,6,4\n2026-10-06,m,100,50,10,10,0\n")
    found = shares(read_log(path, log_format="litellm-daily").table)
    assert (found.requests_sent, found.failed_of_requests) == (20, 0.2)


def test_a_table_saved_before_it_was_counted_does_not_know(tmp_path):
    table = read_log(log(tmp_path, FINE, FAILED, FAILED_WITH_TOKENS)).table
    older = {name: values for name, values in table.columns.items() if name != "failed_with_tokens"}
    found = shares(replace(table, columns=older))
    assert (found.requests_sent, found.failed_of_requests) == (None, None)
