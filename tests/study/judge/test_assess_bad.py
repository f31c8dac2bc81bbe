"""What a case or its log may get wrong beyond its own form: each with its message, none with a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from breakeven import Case, Problem, Problems, assess
from breakeven.study.study import Study

GOOD: dict[str, Any] = {
    "as_of": "2026-11-21",
    "horizon_months": 3,
    "api_spend_per_month": 20000,
    "hosted_model": "openai/gpt-4o",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.5},
    "team": 1,
    "cutover_month": 1,
}
HEADER = "timestamp,workload,input_tokens,output_tokens"
REQUESTS = [f"2026-01-{5 + i // 24:02d}T{i % 24:02d}:00:00Z,{'ab'[i % 2]},1000,200" for i in range(48)]


def told(tmp_path: Path, **changed: Any) -> str:
    """What is said of a case that is wrong."""
    with pytest.raises((Problem, Problems)) as caught:
        study(tmp_path, **changed)
    return str(caught.value).replace(f"{tmp_path}/", "")


def study(tmp_path: Path, **changed: Any) -> Study:
    path = tmp_path / "case.yaml"
    data = {key: value for key, value in {**GOOD, **changed}.items() if value is not None}
    yaml = YAML()
    yaml.width = 1000
    with path.open("w") as file:
        yaml.dump(data, file)
    return assess(Case.load(path))


def log(tmp_path: Path, *rows: str, header: str = HEADER) -> dict[str, Any]:
    (tmp_path / "usage.csv").write_text("\n".join([header, *rows]) + "\n")
    return {"log": "usage.csv", "api_spend_per_month": None}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"open_model": "lama-3.3-70b"},
            (
                'case.yaml:5:13: "lama-3.3-70b" is not in the catalog of open models.\n'
                "    open_model: lama-3.3-70b\n"
                "                ^\n"
                'Did you mean "llama-3.3-70b"? `breakeven facts models` lists all '
            ),
        ),
        (
            {"gpu_offer": "h10"},
            (
                'case.yaml:6:12: "h10" is not in the catalog of GPUs.\n'
                "    gpu_offer: h10\n"
                "               ^\n"
                "`breakeven facts gpus` lists all"
            ),
        ),
        (
            {"gpu_offer": {"gpu": "H100-80", "price_per_gpu_hour": 2}},
            'case.yaml:7:8: "H100-80" is not in the catalog of GPUs.\n      gpu: H100-80\n           ^\nDid you mean',
        ),
        (
            {"hosted_model": "openai/gpt4-o"},
            (
                'case.yaml:4:15: "openai/gpt4-o" is not in the catalog.\n'
                "    hosted_model: openai/gpt4-o\n"
                "                  ^\n"
                'Did you mean "openai/gpt-4o"?'
            ),
        ),
        ({"hosted_model": "gpt-4o"}, 'case.yaml:4:15: "gpt-4o" names no host: write host/model.'),
        (
            {"self_hosting": {"gpus_per_replica": 1, "precision": "bf16"}},
            "case.yaml:12:21: llama-3.3-70b in bf16 does not fit",
        ),
        ({"api_spend_per_month": 0}, "case.yaml:3:22: api_spend_per_month: there is no demand"),
        (
            {
                "api_spend_per_month": None,
                "workloads": [{"name": "a", "tokens_per_month": 1e9, "stays_on_api": True}],
            },
            "every workload stays on the API",
        ),
        ({"gpu_offer": "gaudi3", "open_model": "llama-3.1-8b"}, "price of"),
        ({"log": "nowhere.csv", "api_spend_per_month": None}, 'log: there is no file "nowhere.csv"'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_case_that_cannot_be_decided(tmp_path: Path, changed: dict[str, Any], expected: str) -> None:
    assert expected in told(tmp_path, **changed)


def test_an_empty_log(tmp_path: Path) -> None:
    assert "usage.csv: the log has no rows" in told(tmp_path, **log(tmp_path))


def test_a_log_without_a_column(tmp_path: Path) -> None:
    said = told(tmp_path, **log(tmp_path, "2026-01-05T00:00:00Z,5", header="timestamp,prompt"))
    assert "usage.csv" in said
    assert "output_tokens" in said


def test_a_log_in_which_nothing_was_used(tmp_path: Path) -> None:
    rows = [row.replace("1000,200", "0,0") for row in REQUESTS]
    assert "usage.csv" in told(tmp_path, **log(tmp_path, *rows))


def test_a_workload_that_the_log_does_not_have(tmp_path: Path) -> None:
    said = told(tmp_path, **log(tmp_path, *REQUESTS), workloads=[{"name": "a"}, {"name": "bb"}])
    assert 'the log has no workload "bb"' in said
    assert "It has: a, b." in said
    assert said.startswith("case.yaml:")


def test_a_workload_that_the_case_does_not_have(tmp_path: Path) -> None:
    said = told(tmp_path, **log(tmp_path, *REQUESTS), workloads=[{"name": "a"}])
    assert "the log has workloads that the case does not list: b" in said
    assert "stays_on_api" in said


def test_rows_that_cannot_be_read_are_counted_and_told(tmp_path: Path) -> None:
    rows = [*REQUESTS, "yesterday,a,10,5", "2026-01-06T00:00:00Z,a,-1,5"]
    found = study(tmp_path, **log(tmp_path, *rows))
    assert (found.basis.demand.rows_read, found.basis.demand.rows_set_aside) == (48, 2)
    said = [each for each in found.basis.notices if "set aside" in each]
    assert said == [
        (
            "2 of 50 rows of the log could not be used and were set aside (1: input_tokens is negative; "
            "1: timestamp is not a time): volumes are a lower bound. -o DIR keeps them in set_aside.csv."
        )
    ]
    assert found.basis.notices.index(said[0]) <= 1


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    said = told(tmp_path, api_spend_per_month=-1, cutover_month=99, colour="red")
    assert said.count("case.yaml:") == 3
