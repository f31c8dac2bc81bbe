"""One list of number formats: what others call them is taken everywhere, and a name that is none lists them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from breakeven.capacity.fit.model_config import published_precision
from breakeven.cli.commands import app
from breakeven.facts.model_names import precision_in
from breakeven.facts.precisions import NAMES, PRECISIONS, UnknownPrecision, precision_named
from breakeven.problems import Problems
from breakeven.study.case.case import Case
from breakeven.study.case.terms.serving import Precision

CASE = {
    "api_spend_per_month": 40000,
    "hosted_model": "openai/gpt-4o",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
}


def test_a_case_knows_the_same_formats() -> None:
    assert get_args(get_args(Precision)[0]) == tuple(PRECISIONS)


@pytest.mark.parametrize("called", NAMES)
def test_a_case_takes_what_others_call_a_format(called: str) -> None:
    case = Case.from_dict({**CASE, "self_hosting": {"precision": called}})
    assert case.file.self_hosting.precision == NAMES[called]


def test_a_case_that_names_none_is_told_which_there_are() -> None:
    with pytest.raises(Problems, match="int4-gptq or q4_k_m"):
        Case.from_dict({**CASE, "self_hosting": {"precision": "fp9"}})


@pytest.mark.parametrize(
    ("method", "called"), [("awq", "int4-awq"), ("fbgemm_fp8", "fp8"), ("NVFP4", "nvfp4"), ("mxfp4", "mxfp4")]
)
def test_a_config_file_names_them_too(tmp_path: Path, method: str, called: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(f'{{"quantization_config": {{"quant_method": "{method}"}}}}', encoding="utf-8")
    assert published_precision(path) == called


def test_no_name_is_of_two_formats_and_the_case_of_letters_does_not_matter() -> None:
    assert len(NAMES) == sum(1 + len(each.also) for each in PRECISIONS.values())
    assert precision_named(" W8A8-FP8 ").name == "fp8"
    assert precision_in("x/Model-70B-W8A16") == "int8-gptq"
    with pytest.raises(UnknownPrecision, match="breakeven facts precisions"):
        precision_named("fp9")


@pytest.mark.parametrize(
    "command", ["size", "replay trace", "throughput fit", "throughput predict", "throughput calibrate"]
)
def test_every_option_names_them(command: str) -> None:
    told = CliRunner(env={"COLUMNS": "300"}).invoke(app, [*command.split(), "--help"]).output
    assert ", ".join(PRECISIONS) in told


def test_they_are_listed() -> None:
    told = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["facts", "precisions"]).output
    assert all(called in told for called in NAMES)
