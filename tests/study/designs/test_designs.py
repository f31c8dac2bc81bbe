"""The best design of what a case leaves open: bounds, search, what is told, and the study that stands on it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from breakeven.capacity.fit.setup import Layout
from breakeven.facts import catalog
from breakeven.problems import Problem
from breakeven.report.pages.parts.evidence import replica_words
from breakeven.study.case.case import Case
from breakeven.study.designs.bounds import at_best_fleet, at_full_use, field_of
from breakeven.study.designs.catalogue import FAILS_TEST, NO_PRICE, NO_ROOM, catalogue, models_of, searches, ways_of
from breakeven.study.designs.commands import bench, sglang, vllm
from breakeven.study.designs.design import Design
from breakeven.study.designs.hunt import BREAKS_PROMISE, Hunt
from breakeven.study.designs.search import front, promise_of_all, search
from breakeven.study.designs.settle import assess, settled
from breakeven.study.judge.basis import basis_from_json, study_document
from breakeven.study.judge.choices import with_said
from breakeven.study.resolve.resolve import ground_of, resolve

OFFERS = [
    {"gpu": "h100", "price_per_gpu_hour": 2.69},
    {"gpu": "h200", "price_per_gpu_hour": 3.40},
    {"gpu": "l40s", "price_per_gpu_hour": 0.86},
]
CASE = {
    "as_of": "2026-11-21",
    "api_spend_per_month": 40000,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "qwen3-32b",
    "team": 1,
    "gpu_offers": OFFERS,
    "self_hosting": {
        "operations": "business-hours",
        "search": {"largest_replica": 2, "precisions": ["fp8"]},
    },
}


def case_of(**changed):
    return Case.from_dict({**CASE, **changed})


def hunt_of(case):
    """A hunt through every design of the case's first model, nothing replayed yet."""
    ground, model = ground_of(case), models_of(case)[0]
    designs = catalogue(case, 2000.0, models=[model]).designs
    promise = promise_of_all(case)
    return Hunt(ground=ground, among=field_of(case, model, designs, None, promise), promise=promise)


@pytest.fixture(scope="module")
def found():
    """The search of the usual case."""
    return search(case_of())


@pytest.fixture(scope="module")
def everything():
    """Every candidate replayed, none left out for its bound."""
    hunt = hunt_of(case_of())
    for i in range(len(hunt.among.candidates)):
        hunt._look(i)
    return hunt


def test_the_search_finds_what_replaying_everything_finds(found, everything):
    assert found.winner.ranked == everything.best


def test_no_bound_is_below_what_the_candidate_is_worth(everything):
    loose = at_full_use(everything.among)
    for each in everything.examined:
        i = everything.among.candidates.index(each.candidate)
        assert each.net_present_value <= at_best_fleet(everything.among, i) <= loose[i] + 1e-6
        assert each.to_test == everything.to_test(each.candidate.design)


@pytest.mark.parametrize("left_out", range(3))
def test_another_offer_never_makes_the_best_worse(found, left_out):
    fewer = [each for i, each in enumerate(OFFERS) if i != left_out]
    assert search(case_of(gpu_offers=fewer)).winner.ranked <= found.winner.ranked


def test_the_case_of_the_winner_says_the_same_when_it_is_written_by_hand(found):
    design = found.winner.candidate.design
    by_hand = Case.from_dict(
        {
            **{name: value for name, value in CASE.items() if name not in ("gpu_offers", "self_hosting")},
            "gpu_offer": next(each for each in OFFERS if each["gpu"] in design.gpu.lower()),
            "self_hosting": {
                "operations": "business-hours",
                "precision": design.precision,
                "gpus_per_replica": design.gpus_per_replica,
                "kv_cache": design.kv_cache,
                "promise": {"ttft_seconds": found.promise.ttft_seconds, "tpot_seconds": found.promise.tpot_seconds},
            },
        }
    )
    assert not searches(by_hand)
    same, chosen = (assess(each) for each in (by_hand, case_of()))
    assert [each.expected_net_present_value for each in same.options] == [
        each.expected_net_present_value for each in chosen.options
    ]


def test_of_several_models_the_one_worth_most_is_taken_owned_or_bought():
    found = search(case_of(open_model=None, open_models=["qwen3-32b", "llama-3.1-8b"]))
    assert {each.model for each in found.models} == {"qwen3-32b", "llama-3.1-8b"}
    assert found.models[0].worth == max(each.worth for each in found.models)
    assert found.winner.candidate.design.model == found.models[0].model


def test_a_model_that_nothing_serves_stands_beside_one_that_is_served():
    found = search(case_of(open_model=None, open_models=["llama-3.1-405b", "qwen3-32b"]))
    assert found.winner.candidate.design.model == "qwen3-32b"
    assert [each.best is None for each in found.models if each.model == "llama-3.1-405b"] == [True]


def test_a_model_that_is_left_early_could_not_have_been_the_best_to_own():
    models = ["qwen3-32b", "llama-3.3-70b", "gpt-oss-120b"]
    together = search(case_of(open_model=None, open_models=models))
    alone = {name: search(case_of(open_model=name)) for name in models}
    best = max(each.models[0].worth for each in alone.values())
    assert together.models[0].worth == best
    for each in together.models:
        if each.at_most is not None:
            assert alone[each.model].winner.ranked <= each.at_most
            assert each.at_most <= max(one.winner.ranked for one in alone.values())


def test_every_design_is_counted_once(found):
    case = case_of()
    known = catalogue(case, 2000.0, models=models_of(case))
    assert found.models[0].looked_at == len(known.designs) + sum(known.left_out.values())


def test_nothing_on_the_front_is_beaten_in_every_respect(everything):
    kept = front(everything.examined)
    cheapest = min(everything.examined, key=lambda each: (each.monthly_cost, each.tpot_alone_seconds))
    quickest = min(each.tpot_alone_seconds for each in everything.examined)
    assert cheapest.monthly_cost == kept[0].monthly_cost
    assert min(each.tpot_alone_seconds for each in kept) == quickest


def test_a_design_that_cannot_keep_the_promise_is_counted_as_that():
    strict = {**CASE["self_hosting"], "promise": {"ttft_seconds": 1e-4, "tpot_seconds": 1e-4}}
    with pytest.raises(Problem, match=BREAKS_PROMISE):
        search(case_of(self_hosting=strict))


def test_nothing_that_holds_the_model_is_told_with_the_counts():
    with pytest.raises(Problem) as caught:
        search(case_of(open_model="llama-3.1-405b"))
    assert NO_ROOM in caught.value.what
    assert "larger replica" in caught.value.fix


def test_a_gpu_without_a_price_is_counted_as_that():
    case = Case.from_dict(
        {**{k: v for k, v in CASE.items() if k != "gpu_offers"}, "self_hosting": {"search": {"gpus": ["rtx-3090"]}}}
    )
    with pytest.raises(Problem, match=NO_PRICE):
        search(case)


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"gpu_offers": [{"gpu": "h1000", "price_per_gpu_hour": 1}]}, "gpu_offers"),
        ({"open_model": None, "open_models": ["qwen3-33b"]}, "open_models"),
        ({"self_hosting": {"search": {"gpus": ["h1000"]}}, "gpu_offers": None}, "search"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(changed, where):
    with pytest.raises(Problem) as caught:
        search(case_of(**changed))
    assert "is not in the catalog" in caught.value.what
    assert where in str(caught.value) or "case" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "name", "hint"),
    [("vendors", "Nvida", "NVIDIA"), ("providers", "Lamda", "Lambda"), ("regions", "uss", "us")],
)
def test_a_maker_provider_or_region_that_nobody_has_is_told(key, name, hint):
    with pytest.raises(Problem, match=f'"{name}" is not known') as caught:
        search(case_of(self_hosting={"search": {key: [name]}}))
    assert hint in caught.value.what + (caught.value.fix or "")


def test_the_study_says_how_its_design_was_found_and_keeps_it_in_json():
    study = assess(case_of())
    chosen = study.basis.serving.chosen
    assert chosen is not None
    assert chosen.looked_at > chosen.replayed > 0
    assert chosen.behind is not None
    assert chosen.behind >= 0
    again = basis_from_json(json.loads(json.dumps(study_document(study))))
    assert again.serving == study.basis.serving


def test_an_endpoint_that_the_case_lists_stays_an_option_beside_the_design_found():
    ways = [
        {"mode": "rented", "price_per_gpu_hour": 2.69},
        {"mode": "endpoint", "name": "ours", "input_price_per_mtok": 0.01, "output_price_per_mtok": 0.02},
    ]
    kept = {name: value for name, value in CASE.items() if name != "gpu_offers"}
    own = {**CASE["self_hosting"], "purchase": ways, "search": {"gpus": ["h100"]}}
    searched = Case.from_dict({**kept, "self_hosting": own})
    assert "ours" in [each.name for each in assess(searched).basis.columns]
    assert search(searched).models[0].bought == pytest.approx(
        max(each.horizon.net_present_value for each in assess(searched).options if each.name == "ours")
    )


def test_a_listed_way_is_searched_on_the_gpus_that_have_a_price_for_it():
    """One GPU without a published rent once refused the whole case."""
    ways = [{"mode": "owned", "price_per_gpu": 32000}, {"mode": "rented"}]
    gpus = ["h200", "H200-NVL-141GB"]
    own = {**CASE["self_hosting"], "purchase": ways, "search": {**CASE["self_hosting"]["search"], "gpus": gpus}}
    case = case_of(gpu_offers=[], self_hosting=own)
    assert [[way.mode for way in ways_of(case, catalog.gpu(name))] for name in gpus] == [["owned", "rented"], ["owned"]]
    assert {each.mode for each in assess(case).basis.columns} >= {"owned", "rented"}


NAMED = {
    **{k: v for k, v in CASE.items() if k not in ("gpu_offers", "self_hosting")},
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
}


def named(**self_hosting):
    """A case that names its GPU and what is given."""
    return Case.from_dict({**NAMED, "self_hosting": self_hosting})


@pytest.mark.parametrize(
    ("said", "open_to_search"),
    [
        ({}, True),
        ({"precision": "fp8"}, True),
        ({"gpus_per_replica": 1}, True),
        ({"precision": "fp8", "gpus_per_replica": 1}, False),
        ({"tokens_per_second": 5000}, False),
        ({"precision": "fp8", "replicas": 3}, False),
        ({"purchase": [{"mode": "dedicated", "price_per_gpu_hour": 4}]}, False),
    ],
)
def test_what_a_case_that_names_its_gpu_leaves_open_is_looked_for(said, open_to_search):
    assert searches(named(**said)) == open_to_search


def test_a_case_that_names_its_gpu_takes_the_best_of_what_it_leaves_open():
    found = settled(named())
    assert found.chosen is not None
    worth = {}
    for precision in ("bf16", "fp8"):
        for gpus in (1, 2):
            for cache in ("16-bit", "fp8"):
                said = {"precision": precision, "gpus_per_replica": gpus, "kv_cache": cache}
                alone = search(named(search={}, promise={"ttft_seconds": 1, "tpot_seconds": 0.05}, **said))
                worth[alone.winner.candidate.design] = alone.winner.net_present_value
    best = max(worth.values())
    assert search(named()).winner.net_present_value >= best - 4000  # two tests of narrower formats


def test_where_nothing_within_a_server_holds_the_model_the_fewest_gpus_that_do_are_taken():
    beyond = {**NAMED, "open_model": "llama-3.1-405b", "gpu_offer": {"gpu": "l40s", "price_per_gpu_hour": 0.9}}
    found = settled(Case.from_dict(beyond))
    assert found.chosen is None
    assert found.serving.fit.gpus_per_replica > 8


def test_the_ways_that_a_case_lists_stay_options_beside_the_best():
    ways = [{"mode": "rented", "price_per_gpu_hour": 2.69}, {"mode": "owned", "price_per_gpu": 30000}]
    found = settled(named(purchase=ways, operations="every"))
    assert {each.mode for each in found.options} == {"hosted", "rented", "owned"}
    assert len({each.purchase.operations for each in found.options if each.mode == "rented"}) == 3


def test_a_cache_in_8_bits_is_not_taken_unasked_where_the_quality_is_said_to_pass():
    passed = {"gates": [{"name": "quality", "applies_to": "self-hosting", "verdict": "pass"}]}
    unasked = search(Case.from_dict({**NAMED, **passed}))
    asked = search(Case.from_dict({**NAMED, **passed, "self_hosting": {"search": {}}}))
    caches = [
        {each.candidate.design.kv_cache for one in found.models for each in one.examined} for found in (unasked, asked)
    ]
    assert caches == [{"16-bit"}, {"16-bit", "fp8"}]


def test_an_alternative_of_a_found_design_stands_on_that_design():
    found = settled(named())
    other = resolve(with_said(found.case, "horizon_months", 24))
    assert (other.serving.precision, other.serving.fit.gpus_per_replica) == (
        found.serving.precision,
        found.serving.fit.gpus_per_replica,
    )
    assert [each.p50 for each in other.serving.bands] == [each.p50 for each in found.serving.bands]
    assert not found.case.given("self_hosting", "promise")


def test_where_nothing_keeps_the_usual_promise_the_best_without_one_sets_it():
    long_prompts = {"input_tokens_per_month": 120e9, "output_tokens_per_month": 1.8e9, "requests_per_month": 3e6}
    workload = {"name": "agents", "hosted_model": "anthropic/claude-sonnet-4-5", **long_prompts}
    kept = {k: v for k, v in CASE.items() if k not in ("api_spend_per_month", "hosted_model")}
    found = search(Case.from_dict({**kept, "workloads": [workload], "gpu_offers": OFFERS[2:]}))
    assert found.promise.ttft_seconds > 1
    assert found.winner.net_present_value > float("-inf")


def test_spot_capacity_is_looked_for_where_the_case_says_how_much_may_be_taken_away():
    ways = [
        {each.way.purchase.spot_share for each in hunt_of(case_of(self_hosting=said)).among.candidates}
        for said in ({"search": {"largest_replica": 1}}, {"search": {"largest_replica": 1, "spot_share": 0.5}})
    ]
    assert ways == [{0}, {0, 0.5}]


DESIGN = Design(model="gpt-oss-120b", gpu="H100-SXM-80GB", precision="mxfp4", gpus_per_replica=2)


@pytest.mark.parametrize(
    ("design", "said"),
    [
        (DESIGN, "vllm serve openai/gpt-oss-120b --tensor-parallel-size 2 --enable-prefix-caching"),
        (
            replace(DESIGN, model="llama-3.3-70b", precision="fp8", gpus_per_replica=1, kv_cache="fp8"),
            (
                "vllm serve meta-llama/Llama-3.3-70B-Instruct --quantization fp8 --kv-cache-dtype fp8 "
                "--enable-prefix-caching"
            ),
        ),
        (
            replace(DESIGN, model="deepseek-r1", precision="fp8", gpus_per_replica=16),
            (
                "vllm serve deepseek-ai/DeepSeek-R1 --tensor-parallel-size 8 --pipeline-parallel-size 2 "
                "--enable-prefix-caching"
            ),
        ),
    ],
)
def test_the_command_that_serves_a_design(design, said):
    assert vllm(design) == said


def test_the_commands_of_the_other_engine_and_of_the_benchmark():
    assert sglang(DESIGN) == "python -m sglang.launch_server --model-path openai/gpt-oss-120b --tp-size 2"
    assert "--random-input-len 1155 --random-output-len 211" in bench(DESIGN, 1155.4, 210.6)


PIPELINE = replace(DESIGN, gpus_per_replica=4, layout=Layout(gpus=4, tensor=2, pipeline=2))
SPREAD = replace(DESIGN, gpus_per_replica=8, layout=Layout(gpus=8, tensor=1, data=8, expert=8))


@pytest.mark.parametrize(
    ("design", "of_vllm", "of_sglang"),
    [
        (PIPELINE, "--tensor-parallel-size 2 --pipeline-parallel-size 2", "--tp-size 2 --pp-size 2"),
        (
            SPREAD,
            "--data-parallel-size 8 --enable-expert-parallel",
            "--tp-size 8 --dp-size 8 --ep-size 8 --enable-dp-attention",
        ),
    ],
)
def test_the_commands_of_other_layouts(design, of_vllm, of_sglang):
    assert f"openai/gpt-oss-120b {of_vllm} --enable-prefix-caching" in vllm(design)
    assert sglang(design).endswith(of_sglang)


def layouts_looked_at(**search):
    case = case_of(open_model="gpt-oss-120b", gpu_offers=OFFERS[:1], self_hosting={"search": search})
    found = catalogue(case, 2000.0, models=models_of(case)).designs
    return {str(each.shared) for each in found if each.gpus_per_replica == 4}


def test_a_replica_of_four_gpus_is_looked_at_in_every_layout_or_in_those_that_are_allowed():
    assert layouts_looked_at() == {"tensor 4", "tensor 2, pipeline 2", "data 4, experts spread"}
    assert layouts_looked_at(layouts=["tensor"]) == {"tensor 4"}
    assert layouts_looked_at(layouts=["experts"]) == {"data 4, experts spread"}


def test_a_layout_that_the_case_names_is_the_only_one_and_is_told():
    said = {"layout": {"tensor_parallel": 2, "pipeline_parallel": 2}}
    case = case_of(gpu_offers=(), gpu_offer="h100", self_hosting={"precision": "fp8", **said})
    assert not searches(case)
    serving = assess(case).basis.serving
    assert serving.gpus_per_replica == 4
    assert replica_words(serving) == "fp8 on 4 x H100-SXM-80GB (tensor 2, pipeline 2)"


def test_an_unusual_layout_counts_as_one_more_thing_to_try_out():
    hunt = hunt_of(case_of())
    usual = next(each.design for each in hunt.among.candidates if each.design.gpus_per_replica == 2)
    other = replace(usual, layout=Layout(gpus=2, tensor=1, pipeline=2))
    assert hunt.to_test(other) - hunt.to_test(replace(usual, layout=None)) > 0


def test_a_layout_that_the_model_cannot_have_is_refused_where_it_stands():
    said = {"precision": "fp8", "layout": {"data_parallel": 4, "expert_parallel": True}}
    with pytest.raises(Problem, match=r"self_hosting.layout: it has no experts to spread"):
        settled(case_of(gpu_offers=(), gpu_offer="h100", self_hosting=said))


def test_a_format_that_failed_its_test_is_not_the_best_design():
    """It once was: the search named it, and the verdict then ruled it out although wider formats pay."""
    search_in = {"self_hosting": {**CASE["self_hosting"], "search": {"largest_replica": 2}, "kv_cache": "16-bit"}}
    gate = {"name": "quality in fp8", "applies_to": "self-hosting", "verdict": "fail"}
    failed = search(case_of(**search_in, gates=[gate]))
    free = search(case_of(**search_in))
    assert (free.winner.candidate.design.precision, failed.winner.candidate.design.precision) == ("fp8", "bf16")
    assert failed.winner.ranked <= free.winner.ranked
    assert sum(each.left_out[FAILS_TEST] for each in failed.models) > 0
    only = {"self_hosting": {**CASE["self_hosting"], "kv_cache": "16-bit"}}  # nothing but fp8 is looked at
    assert search(case_of(**only, gates=[gate])).winner.candidate.design.precision == "fp8"


def test_a_format_whose_test_is_stated_as_open_still_has_to_be_tested():
    pinned_cache = {"self_hosting": {**CASE["self_hosting"], "kv_cache": "16-bit"}}
    silent, stated = (
        search(case_of(**pinned_cache, gates=gates)).winner.to_test
        for gates in ([], [{"name": "quality in fp8", "applies_to": "self-hosting", "verdict": "unknown"}])
    )
    assert silent == stated > 0
