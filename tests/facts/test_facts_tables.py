"""A fact without unit or source does not load, and the message says which line."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.facts import reading
from breakeven.facts.tables import UNITS, read_sources, rows
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem

SOURCES = {"maker": Source(title="the maker's page", address="https://example.org")}
GPU_HEAD = (
    "key,name,vendor,memory [GiB],memory_bandwidth [TB/s],bf16 [TFLOP/s],fp8 [TFLOP/s],fp4 [TFLOP/s],"
    "int8 [TOP/s],interconnect [GB/s],power [W],recalled,checked,source,aliases,note\n"
)
GPU_ROW = "X1,X One,Maker,80,3.35,989,,,,450,700,no,2026-11-01,maker,x,\n"
OFFER_HEAD = "gpu,provider,product,region,mode,gpus_per_instance [GPUs],price [USD/GPU-hour],kind,source,as_of,note\n"
OFFER_ROW = "X1,Host,box,all,on_demand,8,2.50,published,maker,2026-11-01,\n"


def problem_of(read: object, text: str) -> str:
    with pytest.raises(Problem) as caught:
        read(text, "facts.csv", SOURCES)  # type: ignore[operator]
    return str(caught.value)


def test_a_good_row_loads_in_base_units() -> None:
    gpu = reading.read_gpus(GPU_HEAD + GPU_ROW, "facts.csv", SOURCES)["X1"]
    assert gpu.memory_bytes == 80 * 2**30
    assert gpu.memory_bytes_per_second == 3.35e12
    assert gpu.flops_per_second == {"bf16": 989e12}
    assert gpu.source == Source(title="the maker's page", address="https://example.org", date="2026-11-01")


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        (GPU_HEAD.replace("memory [GiB]", "memory"), GPU_ROW, 'facts.csv:2: "memory" has no unit.'),
        (
            GPU_HEAD.replace("[GiB]", "[GB]"),
            GPU_ROW,
            'facts.csv:1: The heading "memory [GB]"',
        ),
        (GPU_HEAD, GPU_ROW.replace(",maker,", ",,"), 'facts.csv:2: "source" is empty.'),
        (GPU_HEAD, GPU_ROW.replace(",maker,", ",nobody,"), 'facts.csv:2: The source "nobody" is not in'),
        (GPU_HEAD, GPU_ROW.replace("2026-11-01", ""), 'facts.csv:2: "checked" is empty.'),
        (GPU_HEAD, GPU_ROW.replace("2026-11-01", "2026-13-01"), 'facts.csv:2: "2026-13-01" is not a date.'),
        (GPU_HEAD, GPU_ROW.replace(",80,", ",,"), 'facts.csv:2: "memory" is empty.'),
        (GPU_HEAD, GPU_ROW.replace(",80,", ",-80,"), 'facts.csv:2: "memory" is "-80", not a number'),
        (GPU_HEAD, GPU_ROW.replace(",80,", ",nan,"), 'facts.csv:2: "memory" is "nan", not a number'),
        (GPU_HEAD, GPU_ROW.replace(",80,", ",eighty,"), 'facts.csv:2: "memory" is "eighty", not a number'),
        (GPU_HEAD, GPU_ROW.replace(",no,", ",perhaps,"), 'facts.csv:2: "recalled" is "perhaps".'),
        (GPU_HEAD, GPU_ROW + "one cell\n", "facts.csv:3: 1 cells, but 16 columns."),
        (GPU_HEAD, GPU_ROW + GPU_ROW.replace("X1", "x1"), 'facts.csv:3: "x1" stands here twice.'),
        (GPU_HEAD.replace("power", "watts"), GPU_ROW, 'facts.csv:2: There is no column "power".'),
    ],
)
def test_a_bad_gpu_does_not_load(head: str, row: str, told: str) -> None:
    assert problem_of(reading.read_gpus, head + row).startswith(told)


def test_an_unknown_mode_or_kind_does_not_load() -> None:
    assert '"hourly" is not known' in problem_of(
        reading.read_offers, OFFER_HEAD + OFFER_ROW.replace("on_demand", "hourly")
    )
    assert '"guess" is not known' in problem_of(
        reading.read_offers, OFFER_HEAD + OFFER_ROW.replace("published", "guess")
    )


def test_an_undated_price_is_assumed_whatever_the_row_says() -> None:
    text = OFFER_HEAD + OFFER_ROW + OFFER_ROW.replace("2026-11-01", "unknown")
    assert [each.kind for each in reading.read_offers(text, "facts.csv", SOURCES)] == ["published", "assumed"]


def test_several_sources_are_joined() -> None:
    both = SOURCES | {"other": Source(title="another page")}
    row = next(rows("source,date\nmaker;other,2026-11\n", "facts.csv"))
    assert row.source(both, "date") == Source(
        title="the maker's page; another page", address="https://example.org", date="2026-11"
    )


def test_a_source_needs_a_title() -> None:
    with pytest.raises(Problem, match=r'sources.csv:2: "title" is empty'):
        read_sources("id,title,address\nmaker,,https://example.org\n", "sources.csv")


@given(
    unit=st.sampled_from(sorted(UNITS)),
    figure=st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False),
)
def test_a_figure_is_read_in_its_unit(unit: str, figure: Decimal) -> None:
    row = next(rows(f"figure [{unit}]\n{figure}\n", "facts.csv"))
    assert row.number("figure") == float(figure * UNITS[unit])
