"""A saved reading gives the same answers as its log, to the last bit; the bill is reconciled or said not to be."""

import datetime
import json

import numpy as np
import pytest
from minute_tables import minute_table

from breakeven.demand.demand import SetAside
from breakeven.demand.read_log import read_log
from breakeven.demand.reconcile import price_of, reconcile
from breakeven.demand.request_log import read_request_log
from breakeven.demand.sample import SamplePlan, write_sample
from breakeven.demand.saved import load_reading, save_reading
from breakeven.demand.usage import usage
from breakeven.problems import Problem
from breakeven.report.demand_document import demand_document

DAY = datetime.date(2026, 11, 1)
SMALL = "gpt-4o-mini"  # 0.15 in, 0.075 cached, 0.60 out


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "usage.csv"
    write_sample(path, SamplePlan(days=15, requests_per_day=100))
    with path.open("a") as file:
        file.write("not a time,chat,m,1,0,1,200\n")
    return path


def test_a_saved_reading_is_the_reading(log, tmp_path):
    saved = tmp_path / "demand.parquet"
    reading = read_log(log)
    save_reading(reading, saved)
    again = load_reading(saved)
    for zone in ("UTC", "Asia/Kolkata"):
        documents = [json.dumps(demand_document(usage(each, time_zone=zone))) for each in (reading, again)]
        assert documents[0] == documents[1]
    assert read_request_log(log, time_zone="Asia/Kolkata") == read_request_log(saved, time_zone="Asia/Kolkata")
    assert read_request_log(saved).set_aside[0].examples
    first = saved.read_bytes()
    save_reading(again, saved)
    assert saved.read_bytes() == first


def test_what_cannot_be_saved_or_read_is_told(log, tmp_path):
    saved = tmp_path / "demand.parquet"
    reading = read_log(log)
    save_reading(reading, saved)
    with pytest.raises(Problem, match="saved as Parquet"):
        save_reading(reading, tmp_path / "demand.csv")
    with pytest.raises(Problem, match="cannot be written"):
        save_reading(reading, tmp_path / "no" / "demand.parquet")
    with pytest.raises(Problem, match="cannot be joined"):
        read_log([saved, log])
    with pytest.raises(Problem, match="holds no saved minute table"):
        load_reading(log)
    saved.write_bytes(saved.read_bytes()[:-100])
    with pytest.raises(Problem, match="not readable Parquet"):
        read_log(saved)


def test_a_bill_is_what_the_tokens_cost():
    table = minute_table(
        [0, 1], model=[SMALL, SMALL], input_tokens=[10**7, 10**7], cached_input_tokens=[0, 10**7], output_tokens=10**6,
        input_tokens_with_cache_known=10**7,
    )  # fmt: skip
    found = reconcile(table, bill=3.45, on=DAY)
    assert found.computed == pytest.approx(1.5 + 0.75 + 1.2)
    assert found.gap == pytest.approx(0)
    assert found.explanations == ()


def test_an_unknown_price_is_not_zero_and_the_gap_is_explained():
    aside = (SetAside(reason="timestamp is missing", rows=7),)
    table = minute_table(
        [0, 1], model=[SMALL, "own-model"], input_tokens=10**7, output_tokens=0, failed=[3, 0], set_aside=aside
    )
    found = reconcile(table, bill=5.0, on=DAY)
    assert [each.computed for each in found.models] == [pytest.approx(1.5), None]
    assert found.gap == pytest.approx(3.5)
    said = " ".join(found.explanations)
    for part in (
        "50.0% of the tokens (own-model)",
        "up to $0.75",
        "3 requests failed",
        "7 of the log's rows were set aside",
    ):
        assert part in said
    aliased = reconcile(table, bill=5.0, on=DAY, prices={"own-model": f"openai/{SMALL}"})
    assert aliased.computed == pytest.approx(3.0)


def test_the_logs_own_costs_are_a_bill():
    table = minute_table(
        [0, 1], model=[SMALL] * 2, input_tokens=10**7, output_tokens=0,
        cost_nano=np.array([10**9, 2 * 10**9]), rows_with_cost=np.array([1, 1]),
    )  # fmt: skip
    found = reconcile(table, bill=None, on=DAY)
    assert (found.bill, found.bill_given) == (pytest.approx(3), False)
    assert found.gap == pytest.approx(0)
    assert reconcile(minute_table([0]), bill=None, on=DAY).gap is None


@pytest.mark.parametrize(
    ("model", "priced_as"),
    [
        ("gpt-4o-2024-08-06", "openai/gpt-4o"), ("openai/gpt-4o-mini", "openai/gpt-4o-mini"),
        ("claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5"), ("my-own", None), ("", None),
    ],
)  # fmt: skip
def test_models_are_priced_by_their_exact_names(model, priced_as):
    found = price_of(model, DAY)
    assert (found and f"{found.host}/{found.model}") == priced_as


@pytest.mark.parametrize("bill", [-1, float("nan"), float("inf")])
def test_a_bill_that_is_none_is_refused(bill):
    with pytest.raises(Problem, match="a bill of"):
        reconcile(minute_table([0]), bill=bill, on=DAY)
