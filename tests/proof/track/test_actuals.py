"""Bills, logs, clusters and engines as actuals, day by day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from breakeven.problems import Problem
from breakeven.proof.track.actuals import Actuals, OfMonth, Spell, by_month, together
from breakeven.proof.track.read_actuals import read_actuals

DECEMBER = (2026, 12)
MIDNIGHT = 1_796_083_200_000  # 2026-12-01 in milliseconds


def of(path: Path, text: str) -> dict:
    path.write_text(text)
    return dict(by_month(read_actuals([path], "USD")))


def spell(what: str, amount: float, *, rank: int = 0, source: str = "a", days: int = 31) -> Spell:
    return Spell(what=what, first=date(2026, 12, 1), days=days, amount=amount, source=source, rank=rank)


def test_an_amount_over_a_turn_of_the_month_is_split_by_days() -> None:
    found = by_month(
        Actuals(spells=(Spell(what="gpu_rent", first=date(2026, 12, 31), days=2, amount=10.0, source="b"),))
    )
    assert {month: known["gpu_rent"].amount for month, known in found.items()} == {(2026, 12): 5.0, (2027, 1): 5.0}


def test_a_month_of_which_a_part_is_known_is_taken_for_the_whole() -> None:
    found = by_month(Actuals(spells=(spell("api_bill", 100.0, days=10),)))[DECEMBER]["api_bill"]
    assert found == OfMonth(amount=pytest.approx(100), days=10, month_days=31, sources=("a",))
    assert found.whole == pytest.approx(310)


def test_a_bill_counts_before_a_gateways_own_count_and_that_is_told() -> None:
    found = together(
        [Actuals(spells=(spell("api_bill", 90, source="litellm.csv"),)),
         Actuals(spells=(spell("api_bill", 100, rank=1, source="focus.csv"),))]
    )  # fmt: skip
    assert [each.amount for each in found.spells] == [100]
    assert found.notices == ("api bill is taken from focus.csv, not from litellm.csv.",)


def test_a_litellm_log_gives_tokens_and_spend(tmp_path: Path) -> None:
    head = "request_id,startTime,endTime,model,custom_llm_provider,prompt_tokens,completion_tokens,spend,api_key,status"
    rows = [
        f"{day},2026-12-{day:02d}T08:00:00,2026-12-{day:02d}T08:00:02,claude-haiku-4-5,anthropic,1000,100,0.5,k,success"
        for day in (1, 2, 4)
    ]
    found = of(tmp_path / "spend.csv", "\n".join([head, *rows]) + "\n")[DECEMBER]
    assert (found["input_tokens"].amount, found["output_tokens"].amount) == (3000, 300)
    assert found["api_bill"].amount == pytest.approx(1.5)
    assert found["api_bill"].days == 4  # the third is a day without a request, and no unknown one


FOCUS = (
    "BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ServiceName,SkuMeter,ChargeDescription,ConsumedQuantity,"
    "ConsumedUnit,BilledCost\n"
)


def test_a_focus_bill_gives_gpus_hosts_and_traffic_and_tells_the_rest(tmp_path: Path) -> None:
    lines = [
        ("EC2", "p5.48xlarge BoxUsage", "400"), ("EC2", "m7i.large BoxUsage", "30"), ("EBS", "EBS:VolumeUsage", "20"),
        ("AWSDataTransfer", "DataTransfer-Out-Bytes", "5"), ("Support", "premium", "7"),
    ]  # fmt: skip
    rows = [f"USD,2026-12-01T00:00:00Z,2027-01-01T00:00:00Z,{s},{m},,1,Hours,{cost}" for s, m, cost in lines]
    path = tmp_path / "focus.csv"
    path.write_text(FOCUS + "\n".join(rows) + "\n")
    read = read_actuals([path], "USD")
    found = {what: known.amount for what, known in by_month(read)[DECEMBER].items()}
    assert found == pytest.approx({"gpu_rent": 400, "host_and_storage": 50, "egress": 5})
    assert "1 charges, USD 7.00, are" in read.notices[0]
    with pytest.raises(Problem, match="it is in USD, the case counts in EUR"):
        read_actuals([path], "EUR")


def test_a_currency_may_be_in_small_letters_and_where_there_is_none_that_is_told(tmp_path: Path) -> None:
    rows = [f"{paid_in},2026-12-01,2027-01-01,EC2,p5.48xlarge,,1,Hours,{cost}" for paid_in, cost in
            (("usd", 500), ("", 200), ("USD", -100))]  # fmt: skip
    read = read_actuals([_written(tmp_path / "focus.csv", FOCUS + "\n".join(rows) + "\n")], "USD")
    assert by_month(read)[DECEMBER]["gpu_rent"].amount == pytest.approx(600)
    assert read.notices == ("focus.csv: 1 charges name no currency, and are taken as USD.",)


def test_a_cur_bill_is_read_the_same_way(tmp_path: Path) -> None:
    text = (
        "line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,line_item_usage_type,"
        "line_item_line_item_description,line_item_usage_amount,pricing_unit,line_item_unblended_cost,line_item_currency_code\n"
        "2026-12-03T00:00:00Z,2026-12-04T00:00:00Z,AmazonEC2,USE1-BoxUsage:p5.48xlarge,$98 per hour,24,Hrs,2352,USD\n"
    )
    assert of(tmp_path / "cur.csv", text)[DECEMBER]["gpu_rent"].amount == 2352


def test_opencost_tells_allocations_by_their_parts(tmp_path: Path) -> None:
    one = {"start": "2026-12-01T00:00:00Z", "end": "2026-12-03T00:00:00Z"}
    allocation = {
        "name": "llm",
        "window": one,
        "gpuCost": 90,
        "cpuCost": 5,
        "ramCost": 4,
        "pvCost": 1,
        "networkCost": 2,
    }
    found = of(tmp_path / "a.json", json.dumps({"code": 200, "data": [{"llm": allocation}]}))[DECEMBER]
    assert {what: known.amount for what, known in found.items()} == {
        "gpu_rent": 90,
        "host_and_storage": 10,
        "egress": 2,
    }
    assert found["gpu_rent"].days == 2
    export = "Name,start,end,gpuCost,cpuCost,ramCost\nllm,2026-12-01T00:00:00Z,2026-12-03T00:00:00Z,90,5,4\n"
    assert of(tmp_path / "a.csv", export)[DECEMBER]["host_and_storage"].amount == 9


def inference(**changed: object) -> str:
    cost = {"costBasis": "allocation", "totalCost": 42.5, "promptTokens": 12e6, "generationTokens": 3e6,
            "cacheSavingsFraction": 0.25} | changed  # fmt: skip
    window = {"start": "2026-12-01T00:00:00Z", "end": "2026-12-08T00:00:00Z"}
    return json.dumps({"data": {"inferenceCostSets": [{"inferenceCosts": {"m:ns": cost}, "window": window}]}})


def test_opencost_inference_cost_by_allocation_is_all_that_serving_cost(tmp_path: Path) -> None:
    found = of(tmp_path / "i.json", inference())[DECEMBER]
    assert found["self_hosting"].amount == pytest.approx(42.5)
    assert found["own_cached_tokens"].amount == pytest.approx(3e6)
    with pytest.raises(Problem, match="idle time of a fleet"):
        of(tmp_path / "u.json", inference(costBasis="usage"))


def test_counters_are_read_through_restarts_and_over_midnight(tmp_path: Path) -> None:
    hour = 3_600_000
    values = [(22, 100), (26, 500), (30, 50), (34, 150)]  # restarted between the second and the third
    text = "# TYPE vllm:prompt_tokens_total counter\n" + "".join(
        f'vllm:prompt_tokens_total{{model_name="m"}} {value} {MIDNIGHT + at * hour}\n' for at, value in values
    )
    spells = read_actuals([_written(tmp_path / "a.prom", text)], "USD").spells
    assert [(each.first.day, each.amount) for each in spells] == [(1, 200.0), (2, 350.0)]
    long = "time,metric,value\n" + "".join(
        f"2026-12-0{1 + at // 24}T{at % 24:02d}:00:00Z,vllm:prompt_tokens_total,{value}\n" for at, value in values
    )
    wide = "time,vllm:prompt_tokens_total\n" + "".join(
        f"2026-12-0{1 + at // 24}T{at % 24:02d}:00:00,{value}\n" for at, value in values
    )
    elsewhere = "time,metric,value\n" + "".join(  # the same moments, told five hours behind
        f"2026-12-0{1 + (at - 5) // 24}T{(at - 5) % 24:02d}:00:00-05:00,vllm:prompt_tokens_total,{value}\n"
        for at, value in values
    )
    for text in (long, wide, elsewhere):
        again = read_actuals([_written(tmp_path / "a.csv", text)], "USD").spells
        assert [each.amount for each in again] == [200.0, 350.0]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.prom", "vllm:prompt_tokens_total 5\n", "read twice"),
        ("a.csv", "time,metric,value\nsoon,vllm:prompt_tokens_total,5\n", "cannot be understood"),
        ("a.json", inference(totalCost="much"), "no amount"),
        ("a.json", inference().replace("2026-12-08", "2026-11-08"), "no length"),
        ("a.json", '{"data": {"inferenceCosts": {"m": 5}}}', "no object"),
        ("a.csv", "Name,start,end,gpuCost\nx,2026-12-01T00:00:00Z,2926-12-02T00:00:00Z,5\n", "longer than a bill"),
        ("a.csv", "time,vllm:prompt_tokens_total\n2026-12-01,1\n2026-12-02,nan\n", "never does"),
        ("a.prom", f"vllm:prompt_tokens_total 5 {MIDNIGHT}\nvllm:prompt_tokens_total 6 {MIDNIGHT}0\n", "two years"),
        ("a.csv", FOCUS + "USD,soon,later,EC2,p5.48xlarge,,1,Hours,4\n", "is none"),
        ("a.csv", FOCUS + "USD,2026-12-01,2026-12-02,EC2,p5.48xlarge,,1,Hours,much\n", "a.csv:2: .much. is no amount"),
        ("a.csv", FOCUS + "USD,2026-12-01,2026-12-02,EC2,p5.48xlarge,,1,Hours,1e300\n", "no amount"),
        ("a.csv", FOCUS, "holds no charge"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(Problem, match=told):
        read_actuals([_written(tmp_path / name, text)], "USD")


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
