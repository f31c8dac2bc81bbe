"""Units of bills: the words they are written in, blocks that are told beside a quantity, what is taken back."""

import json
from pathlib import Path

from bills import AZURE, FOCUS, aside, counts, gcp, table_of
from request_logs import read_minutes

from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.usage import usage

CUR = {
    "line_item_line_item_type": "Usage", "line_item_usage_start_date": "2026-03-01T00:00:00Z",
    "line_item_usage_end_date": "2026-03-01T01:00:00Z", "line_item_product_code": "AmazonBedrock",
    "line_item_usage_type": "USE1-Nova2Lite-input-tokens", "line_item_line_item_description": "per 1K input tokens",
    "line_item_usage_amount": "100", "pricing_unit": "1K tokens", "line_item_unblended_cost": "0.3",
    "line_item_currency_code": "USD", "line_item_usage_account_id": "1", "product_product_name": "Amazon Bedrock",
}  # fmt: skip


UNITS = {
    "1M": 2_000_000, "1M Tokens": 2_000_000, "1 Million Tokens": 2_000_000, "1,000,000 Tokens": 2_000_000,
    "1K": 2000, "1K Tokens": 2000, "1000": 2000, "1,000 tokens": 2000, "1000 Tokens": 2000, "10K": 20_000,
    "100K": 200_000, "MTok": 2_000_000, "thousand tokens": 2000, "Tokens": 2, "1": 2,
}  # fmt: skip
BLOCKS = {  # meter, consumed quantity and unit, priced quantity and unit, size of a block -> tokens
    ("5.4 inp Gl 1M Tokens", "10000000", "Units", "10", "Units", "1000000"): 10_000_000,
    ("5.4 inp Gl 1M Tokens", "10000000", "Units", "10", "1M", ""): 10_000_000,
    ("gpt 4.1 Inp glbl Tokens", "5000000", "Units", "5000", "1K", "1000"): 5_000_000,
    ("gpt 4.1 Inp glbl Tokens", "5000", "Units", "5000", "Units", "1000"): 5_000_000,
    ("gpt 4.1 Inp glbl Tokens", "5000", "1K Tokens", "5", "1M Tokens", ""): 5_000_000,
    ("gpt 4.1 Inp glbl Tokens", "5000", "Tokens", "5000", "1K Tokens", "1000"): 5000,
    ("gpt 4.1 Inp glbl Tokens", "5000", "1K", "5000", "1K", ""): 5_000_000,
}
BLOCK_NAMES = ("SkuMeter", "ConsumedQuantity", "ConsumedUnit", "PricingQuantity", "PricingUnit", "x_PricingBlockSize")


def test_a_unit_is_read_as_it_is_written(tmp_path: Path) -> None:
    rows = [AZURE | {"quantity": "2", "unitOfMeasure": unit, "ResourceId": unit} for unit in UNITS]
    table = read_minutes(table_of(tmp_path / "bill.csv", rows))
    assert dict(zip(table.workload, table["input_tokens"], strict=True)) == UNITS


def test_blocks_beside_a_quantity_tell_whether_it_counts_them(tmp_path: Path) -> None:
    rows = [
        FOCUS | dict(zip(BLOCK_NAMES, each, strict=True)) | {"ResourceName": str(place)}
        for place, each in enumerate(BLOCKS)
    ]
    table = read_minutes(table_of(tmp_path / "bill.csv", rows))
    found = dict(zip(map(int, table.workload), table["input_tokens"], strict=True))
    assert [found[place] for place in range(len(BLOCKS))] == list(BLOCKS.values())


def test_prices_of_a_block_and_of_one_unit_tell_what_a_quantity_counts(tmp_path: Path) -> None:
    tokens = {"0.0025": 5_000_000, "0.0020": 5_000_000, "0.0000025": 5000}
    row = AZURE | {"quantity": "5000", "unitOfMeasure": "1K", "unitPrice": "0.0025"}
    rows = [row | {"effectivePrice": each, "ResourceId": each} for each in tokens]
    table = read_minutes(table_of(tmp_path / "bill.csv", rows))
    assert dict(zip(table.workload, table["input_tokens"], strict=True)) == tokens


def test_a_correction_is_taken_off_and_no_hour_falls_below_zero(tmp_path: Path) -> None:
    days = [("03/01/2026", "5.5"), ("03/02/2026", "2.2"), ("03/03/2026", "-1.1")]
    rows = [AZURE | {"date": day, "quantity": amount} for day, amount in days]
    reading = read_log(table_of(tmp_path / "bill.csv", rows))
    assert reading.table["input_tokens"].tolist() == [4714, 1886, 0]
    assert reading.table.set_aside == ()
    assert "Corrections below zero take 1,100 input tokens off." in reading.table.notices
    assert min(usage(reading).minutes["input_tokens"]) >= 0


def test_a_correction_of_more_than_there_is_is_told(tmp_path: Path) -> None:
    other = {"meterName": "gpt 4.1 Outp glbl Tokens"}
    rows = [AZURE, AZURE | other, AZURE | other | {"date": "03/02/2026", "quantity": "-6"}]
    path = table_of(tmp_path / "bill.csv", rows)
    assert counts(path) == {"input_tokens": 5500}
    assert any("500 of them are more than the bill charges for" in each for each in read_minutes(path).notices)


def test_a_correction_of_cached_input_leaves_the_rest(tmp_path: Path) -> None:
    cached = AZURE | {"meterName": "gpt 4.1 cached Inp glbl Tokens"}
    path = table_of(tmp_path / "bill.csv", [AZURE, cached, cached | {"date": "03/02/2026", "quantity": "-2"}])
    assert counts(path) == {"input_tokens": 9000, "cached_input_tokens": 3500}


def test_credits_and_taxes_of_an_aws_bill(tmp_path: Path) -> None:
    rows = [
        CUR,
        CUR | {"line_item_line_item_type": "Refund", "line_item_usage_amount": "5", "line_item_unblended_cost": "-0.1"},
        CUR | {"line_item_line_item_type": "EdpDiscount", "line_item_usage_type": "", "line_item_usage_amount": "0",
               "line_item_line_item_description": "discount", "line_item_unblended_cost": "-0.05"},
        CUR | {"line_item_line_item_type": "Tax", "line_item_usage_amount": "1", "line_item_unblended_cost": "0.7"},
        CUR | {"line_item_usage_type": "USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units", "pricing_unit": "Units",
               "line_item_line_item_description": "reserved input tokens per minute"},
    ]  # fmt: skip
    path = table_of(tmp_path / "bill.csv", rows)
    assert counts(path) == {"input_tokens": 100_000}
    assert read_minutes(path)["cost_nano"].sum() == 150_000_000
    assert aside(path) == {
        "provisioned throughput is paid by the hour, and its tokens are in no row": True,
        "not a charge for tokens but a tax": False,
    }


def test_a_credit_of_a_focus_bill_lowers_its_cost(tmp_path: Path) -> None:
    charge = FOCUS | {"SkuMeter": "input tokens", "ChargeCategory": "Usage", "ServiceName": "Azure OpenAI"}
    credit = charge | {"ChargeCategory": "Credit", "SkuMeter": "", "ConsumedQuantity": "", "BilledCost": "-0.25"}
    table = read_minutes(table_of(tmp_path / "bill.csv", [charge, credit | {"PricingQuantity": "", "PricingUnit": ""}]))
    assert (table["cost_nano"].sum(), table["input_tokens"].sum(), table.set_aside) == (750_000_000, 1000, ())


def test_an_adjustment_of_a_google_bill_is_taken_off(tmp_path: Path) -> None:
    sku = "Gemini 2.5 Pro Text Input - Predictions"
    back = gcp(sku) | {"usage": {"amount": -400, "unit": "count"}, "cost": -0.004, "cost_type": "adjustment"}
    back |= {"usage_start_time": "2026-03-02T10:00:00Z", "usage_end_time": "2026-03-02T11:00:00Z"}
    (tmp_path / "bill.json").write_text(json.dumps([gcp(sku), back]))
    assert counts(tmp_path / "bill.json") == {"input_tokens": 600}


def test_the_first_cost_and_usage_report_is_read_as_the_second(tmp_path: Path) -> None:
    names = {
        "line_item_usage_start_date": "lineItem/UsageStartDate", "line_item_usage_end_date": "lineItem/UsageEndDate",
        "line_item_usage_type": "lineItem/UsageType", "line_item_usage_amount": "lineItem/UsageAmount",
        "line_item_unblended_cost": "lineItem/UnblendedCost", "line_item_currency_code": "lineItem/CurrencyCode",
        "line_item_line_item_description": "lineItem/LineItemDescription", "pricing_unit": "pricing/unit",
        "product_product_name": "product/ProductName",
    }  # fmt: skip
    path = table_of(tmp_path / "bill.csv", [{names[name]: value for name, value in CUR.items() if name in names}])
    assert counts(path) == {"input_tokens": 100_000}
    assert read_minutes(path).model == ("Amazon Bedrock",)
