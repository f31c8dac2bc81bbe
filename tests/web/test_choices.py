"""What a board may choose beside its sliders: the fleet that is held, another design, what a gate rests on."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from assessed import SIX_MONTHS
from breakeven.problems import Problem, Problems
from breakeven.study.case.case import Case
from breakeven.study.judge.uses import kept_where_it_is
from breakeven.study.recomputing.point import point
from breakeven.study.recomputing.prepared import prepare, with_fleet
from breakeven.web.desk.choices import of_a_workload, resolved_anew, with_choices
from breakeven.web.desk.saving import at_state, saved
from breakeven.web.state import State, state_of

SHORT = """\
as_of: 2026-11-21
hosted_model: openai/gpt-4.1
tokens_per_month: 2e10
open_models: [llama-3.3-70b]  # the one that was tried
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.5, source: an offer}
self_hosting: {precision: fp8, tokens_per_second: 9000}
"""


@pytest.mark.parametrize("replicas", [1, 3, 40])
def test_a_fleet_that_is_held_is_the_fleet_that_a_case_states(replicas: int, cases: Path) -> None:
    found = prepare(cases / "small.yaml")
    on_the_board = point(with_fleet(found, replicas))
    text = saved(found, (cases / "small.yaml").read_text("utf-8"), State(replicas=replicas))
    assert f"replicas: {replicas}" in text
    in_a_case = point(prepare(Case.parse(text, name="case.yaml", folder=cases)))
    assert [each.net_present_value for each in on_the_board.options] == [
        each.net_present_value for each in in_a_case.options
    ]


def test_it_is_saved_as_such_with_the_gate_s_evidence(cases: Path) -> None:
    state = State(replicas=3, evidence={"data residency": "the contract of May"}, gates={"data residency": "unknown"})
    text = saved(prepare(cases / "small.yaml"), (cases / "small.yaml").read_text("utf-8"), state)
    assert "replicas: 3" in text
    assert "verdict: unknown, evidence: the contract of May" in text
    assert "# A comment that stays." in text


def test_what_holds_of_another_design_only_goes_with_it() -> None:
    same = with_choices(SHORT, {"gpu": "H100-SXM-80GB", "model": "llama-3.3-70b"})
    assert "price_per_gpu_hour: 2.5" in same
    assert "tokens_per_second: 9000" in same
    other = with_choices(SHORT, {"gpu": "h200"})
    assert "gpu: h200" in other
    assert "2.5" not in other
    assert "9000" not in other
    assert "an offer" not in other


def test_the_speed_of_another_format_or_size_of_the_same_gpu_goes_too() -> None:
    assert "9000" in with_choices(SHORT, {"gpu": "h100", "precision": "fp8"})
    other = with_choices(SHORT, {"model": "llama-3.3-70b", "gpu": "h100", "precision": "bf16", "gpus_per_replica": "4"})
    assert "9000" not in other
    assert "price_per_gpu_hour: 2.5" in other


def test_a_whole_design_leaves_nothing_to_look_for() -> None:
    design = {"model": "qwen3-32b", "gpu": "l40s", "precision": "fp8", "gpus_per_replica": "2", "kv_cache": "fp8"}
    case = Case.parse(with_choices(SHORT + "# the end\n", design), name="case.yaml")
    assert (case.file.open_model, case.file.self_hosting.gpus_per_replica) == ("qwen3-32b", 2)
    assert not case.file.open_models


def test_a_board_with_a_choice_is_the_board_of_that_case(client: TestClient, cases: Path) -> None:
    pieces = client.get("/api/board/small/answer/point", params={"case:horizon_months": "12"}).json()
    assert "over 12 months" in pieces["verdict"]
    text = client.get("/api/board/small/case.yaml", params={"case:horizon_months": "12"}).text
    assert "horizon_months: 12" in text
    assert SIX_MONTHS in (cases / "small.yaml").read_text("utf-8")


def test_designs_are_found_and_each_can_be_taken(client: TestClient) -> None:
    found = client.get("/api/board/small/designs").json()["designs"]
    first = found.split('data-choices="')[1].split('"')[0].replace("&amp;", "&")
    choices = {f"case:{name}": value for name, value in parse_qsl(first)}
    assert client.get("/api/board/small/answer/point", params=choices).status_code == 200


@pytest.mark.parametrize(
    "asked", [{"case:gpu": "none"}, {"case:log": "/etc/passwd"}, {"case:horizon_months": "x"}, {"own:replicas": "0"},
              {"own:replicas": "1e9"}, {"case:horizon_months": "99999999999999999999"}, {"evidence:none": "x"}]
)  # fmt: skip
def test_what_cannot_be_chosen_is_told(client: TestClient, asked: dict[str, str]) -> None:
    answer = client.get("/api/board/small/answer/point", params=asked)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["what"]


def test_a_state_is_read_as_it_is_written() -> None:
    state = State(
        numbers={"pue": 1.5}, gates={"a:b": "pass"}, replicas=7, evidence={"a & b": "ü"}, choices={"gpu": "x"}
    )
    assert state_of(parse_qsl(state.query)) == state


@pytest.mark.parametrize("text", ["- 1\n", "a: [", ""])
def test_a_text_that_is_no_case_is_told(text: str) -> None:
    with pytest.raises((Problem, Problems)):
        with_choices(text, {"gpu": "h200", "model": "x"})


TWO = """\
as_of: 2026-11-21
open_model: llama-3.3-70b
self_hosting: {precision: fp8, gpus_per_replica: 2, tokens_per_second: 9000}
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.69}
team: 1
workloads:
  - {name: chat, hosted_model: openai/gpt-4.1, requests_per_month: 8e6, input_tokens_per_month: 2e10, output_tokens_per_month: 4e9}
  - {name: agent, hosted_model: openai/gpt-4.1, requests_per_month: 8e6, input_tokens_per_month: 2e10, output_tokens_per_month: 4e9}
gates:
  - {name: quality of the agent, applies_to: self-hosting, workload: agent, verdict: unknown}  # tried in May
"""  # noqa: E501


def test_a_gate_of_one_workload_decides_whether_it_moves_on_a_board_as_in_a_case() -> None:
    case = Case.parse(TWO, name="case.yaml", folder=".")
    state = state_of([("gate:quality of the agent", "fail")])
    text = with_choices(TWO, state.resolved_for(of_a_workload(case)))
    assert "verdict: fail}" in text
    assert "# tried in May" in text
    board = at_state(resolved_anew(prepare(case), text), state)
    assert kept_where_it_is(board.basis) == {"agent": ("quality of the agent",)}
    assert point(board) == point(prepare(Case.parse(text, name="case.yaml", folder=".")))


def test_a_gate_of_all_needs_no_case_anew() -> None:
    case = Case.parse(TWO.replace(", workload: agent", ""), name="case.yaml", folder=".")
    assert state_of([("gate:quality of the agent", "fail")]).resolved_for(of_a_workload(case)) == {}
