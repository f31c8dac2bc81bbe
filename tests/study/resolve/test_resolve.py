"""From a case to inputs: every key arrives where it should, in the case's money, with its source."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from breakeven import Case, Problem, assess
from breakeven.numbers.inputs import known_from
from breakeven.numbers.operations import pick
from breakeven.problems import Problems
from breakeven.study.register import register
from breakeven.study.resolve.resolve import Resolved, resolve
from breakeven.study.study import Study
from parts import ROOT

MINIMAL: dict[str, Any] = {
    "as_of": "2026-11-21",
    "horizon_months": 6,
    "api_spend_per_month": 20000,
    "hosted_model": "openai/gpt-4o",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.5},
    "team": 1,
    "hosts": {"refuse": ["*"]},  # the first option is then one of our own
    "cutover_month": 1,
}
HOURS = {"hours_per_month": 720}
EURO: dict[str, Any] = {
    "currency": "EUR",
    "exchange_rates": [{"currency": "USD", "rate": 0.5, "date": "2026-11-20"}],
}


def case(**changed: Any) -> Case:
    return Case.from_dict({**MINIMAL, **changed})


def resolved(**changed: Any) -> Resolved:
    return resolve(case(**changed))


def values(found: Resolved, name: str) -> list[float]:
    return [float(each) for each in np.ravel(found.inputs[name].likely)]


def api_bill(study: Study) -> float:
    """Today's bill: that of today's contract, where a better one is cheaper."""
    today = max(i for i, each in enumerate(study.basis.columns) if each.mode == "hosted")
    return sum(row.values[today] for row in study.table if row.group == "API bill" and not row.of_which)


@pytest.mark.parametrize(
    "hosted",
    [
        {},
        {"discount": 0.1, "gateway_fee": 0.055, "retry_factor": 1.05, "tokenizer_ratio": 1.1},
        {"tiers": [{"from_tokens_per_month": 0, "price_share": 1}, {"from_tokens_per_month": 1e9, "price_share": 0.8}]},
        {
            "committed": {"units": 2, "price_per_unit_hour": 1, "input_tokens_per_minute_per_unit": 2500},
            "minimum_bill_per_month": 5000,
        },
        {"currency": "USD"},
    ],
)
def test_a_stated_spend_is_the_bill_that_comes_out(hosted: dict[str, Any]) -> None:
    money = EURO if hosted.get("currency") else {}
    study = assess(case(**money, hosted=hosted))
    assert api_bill(study) == pytest.approx(20000 * (0.5 if money else 1), rel=1e-9)


def test_a_spend_below_what_is_committed_says_nothing() -> None:
    with pytest.raises(Problem, match="no more than what is committed anyway"):
        resolved(hosted={"minimum_bill_per_month": 20000})


def test_several_workloads_share_the_spend_of_the_case() -> None:
    named = [{"name": "a"}, {"name": "b", "hosted_model": "openai/gpt-4o-mini"}]
    study = assess(case(workloads=named))
    assert api_bill(study) == pytest.approx(20000, rel=1e-9)


def test_the_same_case_in_euro() -> None:
    """With every amount of the case converted, all costs are converted and nothing else changes."""
    offer = {"gpu": "h100", "price_per_gpu_hour": 2.5, "source": "an offer", "date": "2026-11-01"}
    dollars = assess(case(gpu_offer=offer, people={"engineer_cost_per_year": 200000}))
    euros = assess(
        case(
            **EURO,
            api_spend_per_month=10000,
            gpu_offer={**offer, "price_per_gpu_hour": 1.25},
            people={"engineer_cost_per_year": {"likely": 100000, "source": "payroll"}},
        )
    )
    assert euros.volume_mtok == pytest.approx(dollars.volume_mtok)
    for ours, theirs in zip(dollars.table, euros.table, strict=True):
        assert theirs.values == pytest.approx([each / 2 for each in ours.values]), ours.line
    assert euros.options[0].verdict == dollars.options[0].verdict
    assert euros.options[0].horizon.net_present_value == pytest.approx(dollars.options[0].horizon.net_present_value / 2)


def test_what_is_converted_says_so_and_what_is_stated_is_not_converted() -> None:
    found = resolved(**EURO, people={"run_fte": 1.5}, team=None)
    assert "1 USD = 0.5 EUR" in found.inputs["compliance_cost_per_year"].source.title
    assert values(found, "compliance_cost_per_year") == [7500]
    assert values(found, "gpu_price_per_hour")[-1] == 2.5
    assert not any("USD" in each.unit for each in found.inputs.values())


def test_terms_of_a_bill_in_another_currency() -> None:
    hosted = {
        "currency": "USD",
        "minimum_bill_per_month": 1000,
        "committed": {"units": 1, "price_per_unit_hour": 2, "input_tokens_per_minute_per_unit": 1e5},
    }
    priced = [{"name": "a", "tokens_per_month": 1e9, "input_price_per_mtok": 3, "output_price_per_mtok": 8}]
    found = resolved(**EURO, hosted=hosted, workloads=priced, api_spend_per_month=None)
    assert values(found, "minimum_bill") == [500] * 6
    assert values(found, "unit_price_per_hour") == [1]
    assert values(found, "input_price_per_mtok") == [1.5]
    assert values(found, "output_price_per_mtok") == [4]


def test_a_minimum_bill_outlives_the_cut_over() -> None:
    hosted = {"minimum_bill_per_month": 15000, "minimum_bill_months": 4}
    found = assess(case(hosted=hosted, cutover_month=2, horizon_months=6))
    bill = {row.line: row.values for row in found.table}
    assert found.basis.header.month == 2
    assert bill["minimum_top_up"][0] == 0
    assert sum(row.values[1] for row in found.table if row.group == "API bill" and not row.of_which) == 15000


@pytest.mark.parametrize(
    ("kind", "expected"), [("graduated", 10e3 + 0.8 * 50e3), ("slab", 0.8 * 60e3)], ids=["graduated", "slab"]
)
def test_tiers(kind: str, expected: float) -> None:
    tiers = [{"from_tokens_per_month": 0, "price_share": 1}, {"from_tokens_per_month": 10e9, "price_share": 0.8}]
    priced: list[dict[str, Any]] = [
        {"name": "a", "tokens_per_month": 60e9, "input_price_per_mtok": 1, "output_price_per_mtok": 1}
    ]
    priced[0] |= {"cached_share": 0, "batch_share": 0}
    hosted = {"tier_kind": kind, "tiers": tiers, "retry_factor": 1, "tokenizer_ratio": 1}
    study = assess(case(hosted=hosted, workloads=priced, api_spend_per_month=None))
    assert api_bill(study) == pytest.approx(expected)


@pytest.mark.parametrize(("rule", "expected"), [("multiply", 0.25), ("cache_wins", 0.5), ("none", 0.5)])
def test_how_batch_and_cache_stack(rule: str, expected: float) -> None:
    found = resolved(hosted={"batch_and_cache": rule})
    assert values(found, "cache_read_multiplier") == [0.5]
    assert values(found, "batch_multiplier") == [0.5]
    assert values(found, "batch_cached_multiplier") == [expected]


def test_what_a_workload_says_beats_what_holds_for_all() -> None:
    named = [
        {"name": "a", "tokens_per_month": 1e9, "cached_share": 0.5, "growth_per_month": 0.02, "batch_share": 0.1},
        {"name": "b", "tokens_per_month": 1e9, "migration_cost": 9},
    ]
    found = resolved(workloads=named, api_spend_per_month=None, assumptions={"cached_share": 0.2, "batch_share": 0.3})
    assert values(found, "cached_share") == [0.5, 0.2]
    assert values(found, "growth_per_month") == [0.02, 0]
    assert values(found, "batch_share") == [0.1, 0.3]
    assert values(found, "migration_cost_per_workload") == [5000, 9]


def test_what_a_purchase_says_beats_what_holds_for_all() -> None:
    ways = [
        {"mode": "rented", "name": "a", "reserved_share": 0.5, "reserved_discount": 0.2},
        {"mode": "rented", "name": "b", "reserved_share": 1, "spot_share": 0},
    ]
    found = resolved(self_hosting={"purchase": ways}, assumptions={"reserved_discount": 0.4})
    assert values(found, "reserved_discount") == [0.4, 0.2, 0.4]
    assert values(found, "reserved_share") == [0, 0.5, 1]
    assert values(found, "gpu_price_per_hour") == [0, 2.5, 2.5]  # the offer stands for every way to rent


def test_only_who_owns_pays_for_power_and_space() -> None:
    ways = [{"mode": "rented"}, {"mode": "owned", "price_per_gpu": 30000}]
    study = assess(case(self_hosting={"purchase": ways}, platform={"node_busy_kw": 6, "node_idle_kw": 0}))
    bill = {row.line: row.values for row in study.table}
    for line in ("power", "colocation", "maintenance", "capital_charge"):
        assert bill[line][:2] == (0, 0)
        assert bill[line][2] > 0


def test_owned_gpus_cost_what_they_would_earn() -> None:
    owned = {"mode": "owned", "price_per_gpu": 30000, "gpus_already_owned": 8, "idle_value_per_gpu_month": 100}
    study = assess(case(self_hosting={"purchase": [owned]}))
    bill = {row.line: row.values[1] for row in study.table}
    assert (bill["capital_charge"], bill["owned_idle_value"]) == (0, 800)


@pytest.mark.parametrize(
    ("mode", "stipends", "nights"),
    [("rotation", 2600, False), ("shared", 650, False), ("business-hours", 0, True)],
)
def test_ways_of_operating(mode: str, stipends: float, nights: bool) -> None:
    paid = {"oncall_stipend_per_week": 300}  # stated, so it is not drawn
    bill = {row.line: row.values[1] for row in assess(case(self_hosting={"operations": mode}, people=paid)).table}
    assert bill["on_call_stipends"] == pytest.approx(stipends)
    assert (bill["night_route_back"] > 0) == nights


@pytest.mark.parametrize(("redundancy", "spares"), [("api", 0), ("n+1", 1), ("n+2", 2)])
def test_spares(redundancy: str, spares: int) -> None:
    study = assess(case(self_hosting={"redundancy": redundancy}))
    assert study.options[0].replicas == 1 + spares


def test_savings_begin_with_the_cut_over() -> None:
    found = resolved(cutover_month=3)
    assert values(found, "live") == [0, 0, 1, 1, 1, 1]
    assert values(found, "first_month") == [0, 0, 1, 0, 0, 0]


def test_a_stated_speed_is_used_with_its_range() -> None:
    evidence = {"kind": "measured", "source": "own benchmark", "date": "2026-11-10"}
    speed = {"likely": 2400, "low": 1800, "high": 3000, **evidence}
    found = resolved(self_hosting={"tokens_per_second": speed})
    one = found.inputs["replica_tokens_per_second"]
    assert values(found, "replica_tokens_per_second") == [2400]
    assert (one.low, one.high) == (pytest.approx(1800), pytest.approx(3000))
    assert one.kind == "measured"
    assert str(one.source) == "own benchmark (2026-11-10)"


def test_a_plain_speed_is_assumed_and_as_unsure_as_that() -> None:
    one = resolved(self_hosting={"tokens_per_second": 2400}).inputs["replica_tokens_per_second"]
    assert one.kind == "assumed"
    assert one.high / one.low > 2
    assert (
        resolved(self_hosting={"tokens_per_second": {"likely": 2400}}).inputs["replica_tokens_per_second"].kind
        == "assumed"
    )


@pytest.mark.parametrize(
    ("more", "missing"),
    [({}, "source and date are"), ({"source": "own"}, "date is"), ({"date": "2026-11"}, "source is")],
)
def test_a_measured_speed_says_by_what_and_when(more: dict[str, str], missing: str) -> None:
    with pytest.raises(Problem, match=f"it is called measured, and {missing} missing") as raised:
        resolved(self_hosting={"tokens_per_second": {"likely": 2400, "kind": "measured", **more}})
    assert "counts as assumed" in raised.value.fix


def test_a_stated_fleet_is_checked_not_trusted() -> None:
    small = {"tokens_per_second": 3000, "replicas": 1, "precision": "fp8"}
    kept_in = {"gates": [{"name": "residency", "applies_to": "hosted", "verdict": "fail"}]}
    option = assess(case(api_spend_per_month=100000, self_hosting=small, **kept_in)).options[0]
    assert option.verdict == "INFEASIBLE"
    assert option.replicas == 1
    assert option.replicas_needed > 1
    enough = {**small, "replicas": int(option.replicas_needed)}
    study = assess(case(api_spend_per_month=100000, self_hosting=enough, **kept_in))
    assert study.options[0].verdict != "INFEASIBLE"
    assert not study.basis.columns[1].hybrid


def test_a_stated_fleet_that_cannot_carry_the_peak_is_a_base_that_bursts() -> None:
    decided = {"tokens_per_second": 3000, "replicas": 1, "precision": "fp8"}
    study = assess(case(api_spend_per_month=100000, self_hosting=decided))
    at, option = next((i, each) for i, each in enumerate(study.options, 1) if each.replicas == 1)
    column = study.basis.columns[at]
    assert (column.hybrid, column.fixed) == (True, True)
    assert column.name.endswith("1 replica + API")
    assert option.verdict != "INFEASIBLE"
    assert not any(each.hybrid for each in study.basis.columns if not each.fixed)
    ladder = option.depth.owned_bases
    assert ladder is not None
    first = ladder.rungs[0]
    assert first.monthly_saving == pytest.approx(option.monthly_saving)
    half = next(each for each in option.half_tests if each.name.startswith("half the tokens"))
    assert first.at_half == pytest.approx(half.net_present_value)


def test_a_stated_fleet_of_nothing_but_spares_serves_nothing() -> None:
    spares = {"tokens_per_second": 3000, "replicas": 1, "redundancy": "n+1", "precision": "fp8"}
    assert assess(case(api_spend_per_month=100000, self_hosting=spares)).options[0].verdict == "INFEASIBLE"


def test_a_workload_that_stays_is_bought_by_every_option() -> None:
    named = [{"name": "a", "tokens_per_month": 1e9}, {"name": "b", "tokens_per_month": 1e9, "stays_on_api": True}]
    study = assess(case(workloads=named, api_spend_per_month=None))
    bill = [sum(r.values[i] for r in study.table if r.group == "API bill" and not r.of_which) for i in (0, 1)]
    assert bill[1] == pytest.approx(bill[0] * (0.5 + 0.5 * 0.02), rel=0.01)


def test_a_price_stated_long_ago_is_said_to_be_old() -> None:
    old = {"gpu": "h100", "price_per_gpu_hour": 2.5, "source": "offer", "date": "2026-01"}
    said = [str(each) for each in resolved(gpu_offer=old).notices]
    assert any("price of H100-SXM-80GB: the price is 324 days old (offer (2026-01))" in each for each in said)


def test_the_first_notice_is_that_quality_was_not_examined() -> None:
    first = str(resolved().notices[0])
    assert "llama-3.3-70b is another model than openai/gpt-4o" in first
    assert "quality was not examined" in first
    assert "same weights from a host" in first


def test_the_same_weights_are_compared_without_that_notice() -> None:
    found = resolved(hosted_model="nebius/meta-llama/Llama-3.3-70B-Instruct")
    assert found.other_models == ()
    assert not any("another model" in str(each) for each in found.notices)


def test_one_workload_measured_from_the_log_and_another_stated_keep_their_own_kind_and_source() -> None:
    path = ROOT / "examples" / "support-chat" / "case.yaml"
    data: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    data["workloads"][1]["cached_share"] = 0.25
    shares = resolve(Case.from_dict(data, folder=path.parent)).inputs["cached_share"]
    measured, stated = (known_from(shares, workload=i) for i in range(2))
    assert (shares.kind, measured.kind, stated.kind) == ("assumed", "measured", "assumed")
    assert "usage.csv.gz" in measured.source.title
    assert float(pick(shares.likely, workload=1)) == 0.25
    assert float(pick(shares.likely, workload=0)) not in (0.25, register()["cached_share"].likely)


def test_a_month_has_the_hours_that_the_case_says() -> None:
    """Rent is paid for 720 hours, and a replica serves a month of so many seconds."""
    stated, usual = (assess(case(tokens_per_month=60e9, api_spend_per_month=None, **more)) for more in (HOURS, {}))
    for study, hours in ((stated, 720), (usual, 730)):
        rent = next(row.values[1] for row in study.table if row.line == "gpu_rent")
        assert rent == pytest.approx(study.options[0].gpus * 2.5 * hours)
        inputs = study.basis.inputs
        assert inputs["seconds_per_month"].likely == hours * 3600
        assert inputs["minutes_per_month"].likely == hours * 60
    assert stated.basis.inputs["hours_per_month"].source.title != usual.basis.inputs["hours_per_month"].source.title


def test_the_hours_of_a_month_are_not_stated_beside_a_log() -> None:
    with pytest.raises(Problems, match="the volumes of a log are of a month of 730 hours"):
        case(log="usage.csv", api_spend_per_month=None, **HOURS)


LEVELS = {"trough": 20, "p50": 90, "p90": 200, "p99": 300}


def test_a_load_profile_of_percentiles_needs_no_log() -> None:
    found = resolved(load_profile=LEVELS).demand.load_curve
    mean = 0.01 * 300 + 0.09 * 250 + 0.4 * 145 + 0.5 * 55
    assert found.p99_over_mean == pytest.approx(300 / mean)
    assert sum(s * each for s, each in zip(found.share_of_time, found.load_over_mean, strict=True)) == pytest.approx(1)
    assert found.kind == "assumed"
    doubled = resolved(load_profile={name: 2 * level for name, level in LEVELS.items()}).demand.load_curve
    assert doubled.load_over_mean == pytest.approx(found.load_over_mean)  # in any unit
    assert resolved(load_profile=LEVELS | {"peak": 500}).demand.load_curve.load_over_mean[0] > found.load_over_mean[0]


def test_a_workload_may_have_percentiles_of_its_own() -> None:
    named = [{"name": "a", "tokens_per_month": 1e9, "load_profile": LEVELS}, {"name": "b", "tokens_per_month": 1e9}]
    found = resolved(workloads=named, api_spend_per_month=None).demand.load_curve
    assert "stated percentiles" in found.name
    assert "conversation" in found.name


@pytest.mark.parametrize("levels", [{"p90": 400}, {"trough": 95}, {"p50": 0, "trough": 0}, {"peak": 250}])
def test_percentiles_that_do_not_rise_are_refused(levels: dict[str, float]) -> None:
    with pytest.raises(Problems, match="load_profile: the percentiles do not rise"):
        case(load_profile=LEVELS | levels)
