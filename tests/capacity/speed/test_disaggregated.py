"""Prefill and decode on GPUs of their own: the slower side sets the rate, and what is not known widens the band."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from math import log

import pytest
from typer.testing import CliRunner

from breakeven.capacity.speed.disaggregated import APART, NETWORK, Apart, Pool, apart, prompt_bytes
from breakeven.capacity.step_model.setup_rows import setup_of
from breakeven.cli.commands import app
from breakeven.problems import Problem

ASKED = {"model": "llama-3.3-70b", "gpu": "h100", "n_gpus": "2", "weights_dtype": "fp8", "isl": "4000", "osl": "500"}
SETUP = setup_of(ASKED)


@cache
def of(prefill: int, decode: int) -> Apart:
    return apart(SETUP, Pool(replicas=prefill, gpus=2), Pool(replicas=decode, gpus=2))


def test_the_slower_side_sets_the_rate() -> None:
    few, many = of(1, 8), of(8, 1)
    assert (few.limited_by, many.limited_by) == ("prefill", "decode")
    assert few.requests_per_second == few.prefill
    assert many.requests_per_second == many.decode
    assert few.output_tokens_per_second.p50 == pytest.approx(500 * few.prefill.p50)


def test_each_side_grows_with_its_replicas_only() -> None:
    assert of(2, 3).prefill.p50 == pytest.approx(2 * of(1, 3).prefill.p50)
    assert of(2, 3).decode == of(1, 3).decode


def test_decoding_alone_is_quicker_than_doing_both_and_so_is_a_token() -> None:
    """Prompts of 4,000 tokens stand in the way of nobody's decoding."""
    found = of(8, 1)
    assert found.decode.p50 > found.together.p50 / 9
    assert of(1, 8).tpot_seconds.p50 < found.tpot_seconds.p50  # below saturation


def test_what_a_prompt_leaves_is_sent_to_the_other_side() -> None:
    assert prompt_bytes(SETUP) == 80 * 2 * 8 * 128 * 2 * 4000
    assert of(1, 1).transfer_seconds == pytest.approx(80 * 2 * 8 * 128 * 2 * 4000 / (2 * NETWORK))
    assert of(1, 1).ttft_seconds.p50 > of(1, 1).transfer_seconds + of(1, 1).tpot_seconds.p50


def test_the_band_is_wider_than_that_of_either_side() -> None:
    for band in (of(1, 1).requests_per_second, of(1, 1).tpot_seconds, of(1, 1).ttft_seconds):
        assert log(band.p90 / band.p50) > APART
        assert log(band.p50 / band.p10) > APART
    together = of(1, 1).together
    assert together.p90 / together.p10 < of(1, 1).requests_per_second.p90 / of(1, 1).requests_per_second.p10


def test_longer_prompts_move_the_limit_to_the_prefill() -> None:
    pools = Pool(replicas=2, gpus=2), Pool(replicas=2, gpus=2)
    limits = [apart(replace(SETUP, mean_input_tokens=tokens), *pools).limited_by for tokens in (100.0, 20_000.0)]
    assert limits == ["decode", "prefill"]


def test_the_command() -> None:
    asked = ["--model", "llama-3.3-70b", "--gpu", "h100", "--precision", "fp8", "--isl", "4000", "--osl", "500"]
    run = ["throughput", "disaggregated", *asked, "--prefill", "1x2", "--decode", "2x2"]
    found = json.loads(CliRunner().invoke(app, [*run, "--json"]).stdout)
    assert found["requests_per_second"]["p50"] == pytest.approx(of(1, 2).requests_per_second.p50)
    page = CliRunner().invoke(app, run).stdout
    assert "the same 6 GPUs doing both" in page
    assert "limits" in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"--prefill": "two"}, "is not replicas x GPUs"),
        ({"--decode": "0x2"}, "a side without GPUs"),
        ({"--decode": "1x1", "--model": "llama-3.1-405b"}, "GB of weights"),
        ({"--isl": "9000000"}, "does not fit into the KV cache"),
    ],
)
def test_layouts_that_cannot_be(changed: dict[str, str], told: str) -> None:
    asked = {"--model": "llama-3.3-70b", "--gpu": "h100", "--precision": "fp8", "--isl": "4000", "--osl": "500"}
    options = asked | {"--prefill": "1x8", "--decode": "1x8"} | changed
    found = CliRunner().invoke(
        app, ["throughput", "disaggregated", *(part for each in options.items() for part in each)]
    )
    assert isinstance(found.exception, Problem)
    assert told in str(found.exception)
