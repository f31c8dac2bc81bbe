"""Every fact that ships loads, says where it is from, and lies in a plausible range."""

from __future__ import annotations

import datetime

import pytest

from breakeven.facts import catalog
from breakeven.facts.age import first_day
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem

AS_OF = datetime.date(2026, 12, 1)  # when the newest were looked up


def all_sources() -> list[Source]:
    records = [
        *catalog.gpus().values(),
        *catalog.open_models().values(),
        *catalog.gpu_offers(),
        *catalog.purchase_prices(),
        *catalog.licences().values(),
        *catalog._own_hosted(),
        *catalog.published_throughput(),
    ]
    return [each.source for each in records]


def test_every_fact_has_a_source_and_a_date_or_says_it_has_none() -> None:
    assert all(each.title for each in all_sources())
    assert all(each.date == "unknown" or first_day(each.date) for each in all_sources())
    assert all((first_day(each.date) or AS_OF) <= AS_OF for each in all_sources())


def test_every_open_model_has_its_licence_and_what_it_asks_is_said() -> None:
    assert catalog.licences().keys() == catalog.open_models().keys()
    assert "700 million" in str(catalog.licences()["llama-3.3-70b"])
    assert str(catalog.licences()["qwen3-32b"]) == "Apache-2.0"
    assert "(recalled" in str(catalog.licences()["gpt-oss-120b"])


def test_every_source_is_used() -> None:
    told = {title for each in all_sources() for title in each.title.split("; ")}
    assert {each.title for each in catalog._sources().values()} <= told


@pytest.mark.parametrize("key", catalog.gpus())
def test_a_gpu_is_plausible(key: str) -> None:
    gpu = catalog.gpus()[key]
    assert 8 * 2**30 <= gpu.memory_bytes <= 300 * 2**30
    assert 0.2e12 <= gpu.memory_bytes_per_second <= 8.5e12
    assert gpu.flops_per_second
    assert all(30e12 <= peak <= 16e15 for peak in gpu.flops_per_second.values())
    assert gpu.power_watts is None or 50 <= gpu.power_watts <= 1500
    assert gpu.interconnect_bytes_per_second is None or 10e9 <= gpu.interconnect_bytes_per_second <= 1e12
    assert gpu.recalled == (gpu.source.date == "unknown") == ("recalled" in gpu.source.title)


@pytest.mark.parametrize("key", catalog.open_models())
def test_an_open_model_is_plausible(key: str) -> None:
    model = catalog.open_models()[key]
    assert 0.4e9 <= model.active_parameters <= model.total_parameters <= 1.1e12
    assert "/" in model.hugging_face_id
    assert (model.layers == 0) == (model.hidden_size == 0) == (model.kv_bytes_per_token_16bit == 0)
    assert 0 <= model.sliding_window_layers <= model.layers <= 130
    assert model.recalled == (model.source.date == "unknown") == ("recalled" in model.source.title)


def test_known_figures() -> None:
    h100, llama = catalog.gpu("h100"), catalog.open_model("meta-llama/Llama-3.1-8B-Instruct")
    assert (h100.memory_bytes, h100.flops_per_second["fp8"]) == (85899345920, 1979e12)
    assert llama.kv_bytes_per_token_16bit == 2 * 2 * 8 * 128 * 32  # keys and values, 2 bytes, heads, size, layers
    assert catalog.gpu("A10").recalled


def test_the_gpu_of_a_price_is_in_the_catalog_and_the_price_plausible() -> None:
    for offer in catalog.gpu_offers():
        assert offer.gpu in catalog.gpus()
        assert 0.2 <= offer.usd_per_gpu_hour <= 20
        assert 1 <= offer.gpus_per_instance <= 8
        assert offer.kind in {"published", "assumed"}
    for item in catalog.purchase_prices():
        assert item.gpu in catalog.gpus()
        assert 15_000 <= item.usd / item.gpus <= 50_000


def test_undated_prices_are_assumed_and_always_warned_about() -> None:
    prices = [*catalog.gpu_offers(), *catalog.purchase_prices()]
    undated = [each for each in prices if each.source.date == "unknown"]
    assert len(undated) > 50
    assert {each.kind for each in undated} == {"assumed"}
    assert all(catalog.stale_notice(each.gpu, each.source, AS_OF) for each in undated)


def test_offers_can_be_narrowed_to_gpu_mode_and_day() -> None:
    spot = catalog.gpu_offers("H100", "spot")
    assert {(each.gpu, each.mode) for each in spot} == {("H100-SXM-80GB", "spot")}
    before = catalog.gpu_offers("h100", on=datetime.date(2026, 9, 24))
    assert {each.source.date for each in before} >= {"unknown", "2026-02-26"}
    assert all((first_day(each.source.date) or AS_OF) < AS_OF or each.kind == "assumed" for each in before)
    assert len(before) < len(catalog.gpu_offers("h100", on=AS_OF)) == len(catalog.gpu_offers("h100"))
    assert len(catalog.purchase_prices("B200", on=datetime.date(2026, 5, 24))) == 1


def test_names_forgive_case_blanks_and_aliases_only() -> None:
    assert {catalog.gpu(each).key for each in ("h100", "H100 SXM", "h100-sxm-80gb")} == {"H100-SXM-80GB"}
    assert catalog.open_model("qwen/qwen3-8b").key == "qwen3-8b"
    with pytest.raises(Problem) as caught:
        catalog.gpu("H100-80")
    assert str(caught.value) == (
        '"H100-80" is not in the catalog of GPUs.\n'
        f'Did you mean "H100-SXM-80GB"? `breakeven facts gpus` lists all {len(catalog.gpus())}.'
    )
    with pytest.raises(Problem, match=r'Did you mean "llama-3\.1-8b"'):
        catalog.open_model("llama-3.1-8")
    with pytest.raises(Problem, match="lists all 47"):
        catalog.gpu_offers("abacus")


def test_no_alias_means_two_gpus() -> None:
    text, file = catalog._table("gpus.csv")
    aliases = [alias for row in catalog.reading.rows(text, file) for alias in row.cells["aliases"].split(";")]
    named = [each for each in aliases if each]
    keys = {key.lower() for key in catalog.gpus()}
    assert len(named) == len(set(named))
    assert not keys & set(named)
    assert all(each == each.lower() and " " not in each for each in named)
