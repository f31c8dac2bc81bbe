"""Bills of clouds: kinds of tokens by their words, units, what is no token of a request, credits, absurd prices."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from bills import AZURE, FOCUS, aside, counts, gcp, table_of
from request_logs import read_minutes, read_request_log

from breakeven.demand.log.rows.reasons import KINDLESS

INPUT, OUTPUT = {"input_tokens": 1000}, {"output_tokens": 1000}
CACHED = {"input_tokens": 1000, "cached_input_tokens": 1000}
WRITTEN = {"input_tokens": 1000, "cache_write_tokens": 1000}


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("gpt 4.1 Inp glbl Tokens", INPUT),
        ("GPT 5 Chat Inpt Glbl 1M Tokens", INPUT),
        ("5.4 cd inp Gl 1M Tokens", CACHED),
        ("gpt-5-codex-ccchd-inp-glbl Tokens", CACHED),
        ("5.6 sol ShortCo Cd Wr Std Gl 1M Tokens", WRITTEN),
        ("gpt 5 pro out glbl Tokens", OUTPUT),
        ("GPT 5 Chat outpt Glbl 1M Tokens", OUTPUT),
        ("anthropic.claude::CacheReadInputTokens", CACHED),
        ("USE1-MP:USE1_CacheWriteInputTokenCount-Units", WRITTEN),
        ("USE1-MP:USE1_OutputTokenCount-Units", OUTPUT),
        ("gemini output token count short input text", OUTPUT),
        ("gemini cached input token count short input text", CACHED),
        ("deepseek input tokens (cache miss)", INPUT),
        ("uncached input tokens", INPUT),
    ],
)
def test_the_words_of_a_meter_tell_the_kind(tmp_path: Path, words: str, kinds: Mapping[str, int]) -> None:
    assert counts(table_of(tmp_path / "bill.csv", [FOCUS | {"SkuMeter": words}])) == kinds


@pytest.mark.parametrize(
    ("sku", "kinds"),
    [
        ("Generate content output token count gemini 2.5 flash short input text", OUTPUT),
        ("Generate content input token count gemini 2.5 flash lite short input text", INPUT),
        ("Generate_content text cached input token count for gemini 3 pro short", CACHED),
        ("Generate content input token count gemini 3.7 flash image flex caching", CACHED),
        ("Gemini 2.5 Flash GA Text Input - Predictions", INPUT),
        ("Gemini 2.5 Flash GA Text Output (Thinking On) - Predictions", OUTPUT),
    ],
)
@pytest.mark.parametrize("name", ["bill.jsonl", "bill.csv"])
def test_the_words_of_a_google_sku_tell_the_kind(tmp_path: Path, name: str, sku: str, kinds: Mapping[str, int]) -> None:
    row = gcp(sku)
    if name.endswith("jsonl"):
        (tmp_path / name).write_text(json.dumps(row) + "\n")
    else:
        flat = {"sku.description": sku, "usage.amount": "1000", "usage.unit": "count", "credits": ""}
        table_of(
            tmp_path / name, [flat | {each: str(row[each]) for each in ("usage_start_time", "usage_end_time", "cost")}]
        )
    assert counts(tmp_path / name) == kinds


@pytest.mark.parametrize(
    ("words", "reason", "lost"),
    [
        ("gpt 4.1 weirdly-worded glbl Tokens", KINDLESS, True),
        ("Provisioned Managed Global Unit", "provisioned throughput is paid by the hour", True),
        ("gpt-4o-0806-FT-Trng-glbl tkn Tokens", "not a charge for tokens of requests but of training", False),
        ("text-embedding-3-large-glbl Tokens", "not a charge for tokens of a language model but of embeddings", False),
        ("gpt-image-1-output-img-glbl Tokens", "not a charge for text but for pictures", False),
        ("D2s v5", "not a charge for tokens", False),
    ],
)
def test_what_is_no_token_of_a_request_is_told_apart(tmp_path: Path, words: str, reason: str, lost: bool) -> None:
    path = table_of(tmp_path / "bill.csv", [AZURE, AZURE | {"meterName": words}])
    ((said, is_lost),) = aside(path).items()
    assert (said[: len(reason)], is_lost) == (reason, lost)
    assert counts(path) == {"input_tokens": 5500}


def test_what_a_google_bill_counts_otherwise_is_told_apart(tmp_path: Path) -> None:
    skus = ["Gemini 1.5 Pro Text Input - Predictions", "Cached content storage token hours", "N2 Instance Core"]
    rows = [gcp("Gemini 2.5 Pro Text Input - Predictions"), *map(gcp, skus)]
    (tmp_path / "bill.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    assert counts(tmp_path / "bill.jsonl") == INPUT
    assert aside(tmp_path / "bill.jsonl") == {
        "counts characters, not tokens": True,
        "not a charge for tokens but for keeping them in a cache": False,
        "not a charge for tokens": False,
    }


def test_the_credits_of_a_google_bill_are_taken_off(tmp_path: Path) -> None:
    sku, refunds = "Generate content input token count gemini", [{"amount": -0.004}, {"amount": -0.001}]
    (tmp_path / "bill.jsonl").write_text(json.dumps(gcp(sku, refunds=refunds)) + "\n" + json.dumps(gcp(sku)) + "\n")
    assert read_minutes(tmp_path / "bill.jsonl")["cost_nano"].sum() == 15_000_000
    flat = {"sku_description": sku, "usage_amount": "1000", "credits": "-0.005", "cost": "0.01", "currency": "USD"}
    flat |= {"usage_start_time": "2026-03-01 10:00:00 UTC", "usage_end_time": "2026-03-01 11:00:00 UTC"}
    table = read_minutes(table_of(tmp_path / "bill.csv", [flat]))
    assert (table["cost_nano"].sum(), table["input_tokens"].sum()) == (5_000_000, 1000)


def test_dates_of_an_azure_bill_are_month_first_and_days(tmp_path: Path) -> None:
    dates = ["03/01/2026", "2026-03-02", "03/03/2026 00:00:00"]
    demand = read_request_log(table_of(tmp_path / "bill.csv", [AZURE | {"date": each} for each in dates]))
    assert (demand.first, demand.last) == ("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z")
    assert demand.workloads[0].input_mtok_per_month == pytest.approx(3 * 5500 / 1e6 / 3 * 730 / 24)


def test_credits_are_in_the_sum_and_told(tmp_path: Path) -> None:
    rows = [AZURE, AZURE | {"quantity": "0", "costInBillingCurrency": "-0.002"}]
    table = read_minutes(table_of(tmp_path / "bill.csv", rows))
    assert table["cost_nano"].sum() == 8_000_000
    assert "Credits and refunds, 0.002 USD in all, are in the costs as they stand." in table.notices


def test_a_cost_that_is_no_number_is_told(tmp_path: Path) -> None:
    path = table_of(tmp_path / "bill.csv", [AZURE, AZURE | {"costInBillingCurrency": "n/a"}])
    assert aside(path) == {"cost is not a number": True}
    log = {"timestamp": "2026-03-01T10:00:00Z", "input_tokens": "10", "output_tokens": "1", "cost": "0.5"}
    table = read_minutes(table_of(tmp_path / "log.csv", [log, log | {"cost": "n/a"}]))
    assert (table["requests"].sum(), table["cost_nano"].sum(), table.set_aside) == (2, 500_000_000, ())
    assert "The cost of 1 row is no number, and in no sum: costs are a lower bound." in table.notices


@pytest.mark.parametrize(("quantity", "said"), [("5500", False), ("5.5", True), ("5500000000", True)])
def test_a_price_that_nobody_asks_is_doubted(tmp_path: Path, quantity: str, said: bool) -> None:
    row = FOCUS | {"SkuMeter": "input tokens", "ConsumedQuantity": quantity, "BilledCost": "0.011"}
    notices = read_minutes(table_of(tmp_path / "bill.csv", [row])).notices
    assert any("which hardly anybody asks" in each for each in notices) == said


def test_a_model_named_in_the_price_details_and_a_quantity_of_pricing_alone(tmp_path: Path) -> None:
    details = '{"ModelId": "claude-opus-5", "x_CacheStatus": "Hit"}'
    row = FOCUS | {"SkuMeter": "Input Tokens", "SkuPriceDetails": details, "ConsumedQuantity": "", "ConsumedUnit": ""}
    table = read_minutes(table_of(tmp_path / "bill.csv", [row]))
    assert (table.model, table["cached_input_tokens"].sum()) == (("claude-opus-5",), 1000)
