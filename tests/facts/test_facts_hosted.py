"""Hosted prices: the traps of genai-prices, our own table, and what happens where both know a model."""

from __future__ import annotations

import datetime
from importlib.metadata import version

import pytest
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given
from hypothesis import strategies as st

from breakeven.facts import catalog, genai, hosted
from breakeven.facts.age import first_day
from breakeven.facts.records import HostedPrice
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem

ON = datetime.date(2026, 11, 21)
DAYS = st.dates(datetime.date(2024, 1, 1), datetime.date(2027, 1, 1))


def own(host: str, model: str, price: float, date: str, title: str = "our page") -> HostedPrice:
    return HostedPrice(
        host=host,
        model=model,
        input_price_per_mtok=price,
        output_price_per_mtok=2 * price,
        cached_input_price_per_mtok=None,
        cache_write_price_per_mtok=None,
        batch_input_price_per_mtok=None,
        batch_output_price_per_mtok=None,
        source=Source(title=title, date=date),
    )


def problem_of(name: str, on: datetime.date = ON) -> str:
    with pytest.raises(Problem) as caught:
        catalog.hosted_price(name, on=on)
    return str(caught.value)


def price_or_problem(name: str, on: datetime.date) -> HostedPrice | Problem:
    try:
        return catalog.hosted_price(name, on=on)
    except Problem as problem:
        return problem


def test_a_plain_price() -> None:
    price = catalog.hosted_price("openai/gpt-5-mini", on=ON)
    assert (price.input_price_per_mtok, price.output_price_per_mtok) == (0.25, 2.0)
    assert price.cached_input_price_per_mtok == 0.025
    assert (price.batch_input_price_per_mtok, price.batch_output_price_per_mtok) == (0.125, 1.0)
    assert price.notices == ()
    assert price.kind == "published"
    assert price.source.address.startswith("https://")


def test_the_wheels_date_is_known() -> None:
    """A newer genai-prices needs its release day in `genai.RELEASED`, or its prices load undated."""
    assert version("genai-prices") in genai.RELEASED


def test_no_batch_rate_is_none_and_said_not_the_standard_price() -> None:
    name = "together/meta-llama/Llama-3.3-70B-Instruct-Turbo"
    _, model = get_snapshot().find_provider_model(name.partition("/")[2], None, "together", None)
    moment = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
    assert model.get_prices(moment, {"processing": "batch"}).input_mtok == model.get_prices(moment).input_mtok
    price = catalog.hosted_price(name, on=ON)
    assert price.batch_input_price_per_mtok is None
    assert price.batch_output_price_per_mtok is None
    assert any("no batch and no cached-input rate of together is known" in each for each in price.notices)


def test_a_batch_rate_known_later_is_not_used_before() -> None:
    early = catalog.hosted_price("openai/gpt-5-mini", on=datetime.date(2026, 10, 13))
    assert early.batch_input_price_per_mtok is None
    assert any("batch rate from 2026-10-14 on only" in each for each in early.notices)
    late = catalog.hosted_price("openai/gpt-5-mini", on=datetime.date(2026, 10, 14))
    assert late.batch_input_price_per_mtok == 0.125


def test_an_id_must_be_exact() -> None:
    assert problem_of("openai/gpt-5.6") == (
        '"openai/gpt-5.6" is not in the catalog.\n'
        'Did you mean "openai/gpt-5.6-sol"? `breakeven facts prices openai` lists its 113 models.'
    )
    assert catalog.hosted_price("OpenAI/GPT-5-Mini", on=ON).model == "gpt-5-mini"


def test_an_exact_id_is_found_even_where_matching_would_miss_it() -> None:
    """85 models of the wheel do not match their own id."""
    with pytest.raises(LookupError):
        get_snapshot().find_provider_model("deepseek-v4-flash", None, "fireworks", None)
    assert catalog.hosted_price("fireworks/deepseek-v4-flash", on=ON).input_price_per_mtok > 0


def test_unknown_names_say_what_is_near() -> None:
    assert 'Did you mean "openai"? `breakeven facts prices` lists all' in problem_of("opnai/gpt-5-mini")
    assert 'Did you mean "openai/gpt-5-mini"?' in problem_of("gpt-5-mini")
    assert 'Did you mean "alibaba/Qwen/Qwen3-8B"?' in problem_of("Qwen/Qwen3-8B")
    assert 'Did you mean "deepinfra/openai/gpt-oss-120b"?' in problem_of("deepinfra/openai/gpt-oss-12b")
    assert "priced by the token" in problem_of("openai/text-embedding-3-small")


def test_a_long_request_tier_is_said_and_the_base_used() -> None:
    price = catalog.hosted_price("anthropic/claude-sonnet-4-5", on=ON)
    assert (price.input_price_per_mtok, price.output_price_per_mtok) == (3.0, 15.0)
    assert price.notices[0].startswith("requests over 200,000 input tokens cost input 6, output 22.5 USD")


def test_a_price_by_the_clock_is_averaged_over_the_day() -> None:
    price = catalog.hosted_price("deepseek/deepseek-chat", on=ON)
    assert price.input_price_per_mtok == pytest.approx((16 * 0.27 + 8 * 0.135) / 24, rel=1e-12)
    assert price.output_price_per_mtok == pytest.approx((16 * 1.1 + 8 * 0.55) / 24, rel=1e-12)
    assert any("depends on the hour (UTC), 0.135 to 0.27" in each for each in price.notices)


def test_history_gives_the_price_of_the_day() -> None:
    """Opus 4.6, 300,000 tokens in and 1,000 out: 3.0375 USD in February, 1.525 in April 2026."""
    february, april = (
        catalog.hosted_price("anthropic/claude-opus-4-6", on=datetime.date(2026, month, 1)) for month in (2, 4)
    )
    assert any("over 200,000 input tokens cost input 10, output 37.5" in each for each in february.notices)
    assert pytest.approx(3.0375) == 0.3 * 10 + 0.001 * 37.5
    assert not any("over 200,000" in each for each in april.notices)
    assert 0.3 * april.input_price_per_mtok + 0.001 * april.output_price_per_mtok == pytest.approx(1.525)
    assert (february.source.date, april.source.date) == ("2026-02-01", "2026-04-01")
    assert "price since 2026-03-13" in april.source.title
    before, after = (catalog.hosted_price("openai/gpt-5.6-sol", on=datetime.date(2026, 8, day)) for day in (20, 21))
    assert (before.input_price_per_mtok, after.input_price_per_mtok) == (5.0, 4.0)


def test_a_price_without_history_says_that_it_stands_in() -> None:
    price = catalog.hosted_price("openai/gpt-5-mini", on=datetime.date(2026, 6, 1))
    assert price.source.date == "2026-11-10"
    assert any("one price without history, of 2026-11-10" in each for each in price.notices)


def test_a_lent_price_is_said_and_has_no_batch_rate() -> None:
    price = catalog.hosted_price("azure/gpt-5-mini", on=ON)
    assert price.input_price_per_mtok == 0.25
    assert price.batch_input_price_per_mtok is None
    assert any("no price of azure for this model: that of openai stands in" in each for each in price.notices)


def test_our_own_table_serves_hosts_that_genai_prices_lacks() -> None:
    assert "deepinfra" not in genai.hosts()
    name = "deepinfra/meta-llama/Llama-3.3-70B-Instruct-Turbo"
    old, new = (catalog.hosted_price(name, on=datetime.date(2026, month, 22)) for month in (4, 10))
    assert (old.input_price_per_mtok, old.output_price_per_mtok) == (0.13, 0.38)
    assert (new.input_price_per_mtok, new.output_price_per_mtok) == (0.1, 0.32)
    assert "The first is of 2026-04-01." in problem_of(name, datetime.date(2026, 3, 31))


@given(changes=st.lists(st.tuples(DAYS, st.floats(0.01, 100)), min_size=1, max_size=8), on=DAYS)
def test_an_appended_price_never_changes_an_older_answer(
    changes: list[tuple[datetime.date, float]], on: datetime.date
) -> None:
    table = tuple(own("example", "model", price, day.isoformat()) for day, price in changes)
    known = [(day, i, price) for i, (day, price) in enumerate(changes) if day <= on]
    if known:
        assert hosted.price("example/model", table, on).input_price_per_mtok == max(known)[2]
    else:
        with pytest.raises(Problem, match="on or before"):
            hosted.price("example/model", table, on)


@pytest.mark.parametrize(
    ("price", "date", "used", "told"),
    [
        (0.5, "2026-11-20", 0.5, True),  # ours is newer than the wheel
        (0.5, "2026-11-01", 0.25, True),  # ours is older
        (0.5, "2026-12-01", 0.25, False),  # ours is not yet known
        (1.002 * 0.25, "2026-11-20", 1.002 * 0.25, True),  # input agrees within 1 %, output does not
    ],
)
def test_of_two_sources_the_newer_is_used_and_a_difference_said(
    price: float, date: str, used: float, told: bool
) -> None:
    found = hosted.price("openai/gpt-5-mini", (own("openai", "gpt-5-mini", price, date),), ON)
    assert found.input_price_per_mtok == used
    assert any(each.startswith("sources disagree: ") for each in found.notices) == told


def test_two_shipped_sources_disagree() -> None:
    price = catalog.hosted_price("together/meta-llama/Llama-3.3-70B-Instruct-Turbo", on=ON)
    assert price.input_price_per_mtok == 0.88
    assert any(each.startswith("sources disagree: 1.04 in and 1.04 out") for each in price.notices)


@given(name=st.sampled_from(catalog.hosted_models()), on=DAYS)
def test_any_hosted_model_has_a_sound_price_or_a_problem(name: str, on: datetime.date) -> None:
    price = price_or_problem(name, on)
    if isinstance(price, Problem):
        assert "priced by the token" in str(price) or "on or before" in str(price)
        return
    assert f"{price.host}/{price.model}" == name
    assert price.input_price_per_mtok >= 0
    assert price.output_price_per_mtok >= 0
    assert first_day(price.source.date)
    assert price.source.title
    both = (price.batch_input_price_per_mtok, price.batch_output_price_per_mtok)
    assert (None in both) == any("no batch" in each for each in price.notices)


def test_hosts_and_models_are_listed() -> None:
    assert {"openai", "deepinfra", "together"} <= set(catalog.hosted_hosts())
    assert "openai/gpt-5-mini" in catalog.hosted_models("OpenAI")
    assert len(catalog.hosted_models()) > 2300
    assert len(set(catalog.hosted_models())) == len(catalog.hosted_models())
