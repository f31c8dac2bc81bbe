"""A saved reading gives the same answers as its log, to the last bit; the bill is reconciled or said not to be."""

import datetime
import json
from dataclasses import replace

import numpy as np
import pytest
from minute_tables import minute_table
from request_logs import read_request_log

from breakeven.demand.demand import SetAside
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.reconcile import price_of, reconcile
from breakeven.demand.usage.sample import SamplePlan, write_sample
from breakeven.demand.usage.saved import load_reading, save_reading
from breakeven.demand.usage.usage import usage
from breakeven.problems import Problem
from breakeven.report.demand_document import demand_document
from breakeven.report.pages.demand_page import _to_the_cent

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
    with pytest.raises(Problem, match="there is no such folder"):
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
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "aws/regional.anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "aws/regional.anthropic.claude-haiku-4-5-20251001-v1:0"),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-haiku-4-5-20251001-v1:0",
            "aws/global.anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        ("arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0", "aws/amazon.nova-lite-v1:0"),
        ("arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3", None),
    ],
)  # fmt: skip
def test_models_are_priced_by_their_exact_names(model, priced_as):
    found = price_of(model, DAY)
    assert (found and f"{found.host}/{found.model}") == priced_as


@pytest.mark.parametrize("bill", [-1, float("nan"), float("inf")])
def test_a_bill_that_is_none_is_refused(bill):
    with pytest.raises(Problem, match="a bill of"):
        reconcile(minute_table([0]), bill=bill, on=DAY)


def test_a_bill_in_another_currency_is_told_and_not_compared():
    table = replace(
        minute_table(
            [0], model=[SMALL], input_tokens=10**7, output_tokens=0,
            cost_nano=np.array([10**9]), rows_with_cost=np.array([1]),
        ),
        currencies=("EUR",),
    )  # fmt: skip
    found = reconcile(table, bill=None, on=DAY)
    assert (found.bill, found.gap, [each.billed for each in found.models]) == (None, None, [None])
    assert "The log's costs are in EUR: not compared with prices in USD." in found.explanations


def test_without_any_known_price_nothing_is_computed():
    found = reconcile(minute_table([0], model=["own-model"], input_tokens=10**7), bill=5.0, on=DAY)
    assert (found.computed, found.gap) == (None, None)


def test_a_saved_reading_keeps_its_currencies_and_notices(log, tmp_path):
    reading = read_log(log)
    table = replace(reading.table, currencies=("EUR", "USD"), notices=("said by the format",))
    save_reading(replace(reading, table=table), tmp_path / "demand.parquet")
    again = load_reading(tmp_path / "demand.parquet").table
    assert (again.currencies, again.notices) == (table.currencies, table.notices)


@pytest.mark.parametrize(
    ("amount", "shown"), [(0, "$0"), (0.018, "$0.02"), (0.001, "under $0.01"), (-3.5, "-$3.50"), (1234.5, "$1,234")]
)
def test_a_small_amount_is_not_shown_as_nothing(amount, shown):
    assert _to_the_cent(amount) == shown
