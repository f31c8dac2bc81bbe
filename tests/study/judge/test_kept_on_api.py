"""A workload that fails a gate of its own stays on the API: what moves is judged without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from breakeven.problems import Problem, Problems
from breakeven.report.pages.parts.answer import why
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import judge
from breakeven.study.judge.basis import basis_of
from breakeven.study.judge.hybrids import with_every_option
from breakeven.study.judge.uses import binding_gates, judged_columns, kept_where_it_is, quality_answers
from breakeven.study.resolve.resolve import resolve
from breakeven.study.study import Basis, Study

VOLUME = {"requests_per_month": 8e6, "input_tokens_per_month": 20e9, "output_tokens_per_month": 4e9}
CHAT = {"name": "chat", "hosted_model": "anthropic/claude-haiku-4-5", **VOLUME}
AGENT = {"name": "agent", "hosted_model": "anthropic/claude-sonnet-4-5", **VOLUME}
CASE: dict[str, Any] = {
    "as_of": "2026-11-21",
    "workloads": [CHAT, AGENT],
    "open_model": "llama-3.3-70b",
    "self_hosting": {"precision": "fp8", "gpus_per_replica": 2, "tokens_per_second": 9000},
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
}
QUALITY = {"name": "quality", "applies_to": "self-hosting", "verdict": "fail"}
LICENCE = {"name": "licence", "applies_to": "self-hosting", "verdict": "fail", "workload": "agent"}
RESIDENCY = {"name": "residency", "applies_to": "hosted", "verdict": "fail"}


def basis(**parts: Any) -> Basis:
    return basis_of(resolve(Case.from_dict(CASE | parts)), "test")


def study(**parts: Any) -> Study:
    return judge(with_every_option(basis(**parts)), scenarios=256)


def moves(of: Basis) -> dict[str, tuple[Any, ...]]:
    """How each option serves, and whether it moves the first and the second workload, by the option's name."""
    moved = np.asarray(of.inputs["moved"].likely)[0, :, :, 0, 0]
    return {each.name: (each.mode, *moved[:, i]) for i, each in enumerate(of.columns)}


def worths(of: Study) -> dict[str, float]:
    return {each.name: each.horizon.net_present_value for each in of.options}


def test_what_fails_is_worth_what_it_is_worth_when_the_case_keeps_it() -> None:
    """A failed quality of one workload and `stays_on_api: true` are the same case, to the cent in every option."""
    failed = study(gates=[{**QUALITY, "workload": "agent"}])
    stays = study(workloads=[CHAT, {**AGENT, "stays_on_api": True}])
    assert worths(failed) == pytest.approx(worths(stays), abs=0.005)
    assert failed.verdict.answer == stays.verdict.answer != "KEEP BUYING"
    moved = {name: its for name, (_, *its) in moves(failed.basis).items() if any(its)}
    assert moved == {name: [1.0, 0.0] for name in worths(failed)}


def test_the_page_says_what_stays_and_why() -> None:
    failed = study(gates=[{**QUALITY, "workload": "agent"}])
    assert kept_where_it_is(failed.basis) == {"agent": ("quality",)}
    assert "agent stays on today's API: quality fails." in why(failed)
    assert quality_answers(failed.basis, failed.verdict.best_option) == {"unknown"}  # of the other workload
    assert all(constraint.gate != "quality" for constraint in failed.cost_of_gates)


def test_where_nothing_is_left_the_page_says_which_workload_has_no_way() -> None:
    found = study(gates=[{**QUALITY, "workload": "agent"}, RESIDENCY])
    assert found.verdict.answer == "NO COMPLIANT OPTION"
    assert "fails quality for agent." in why(found)
    assert "fails quality." in why(study(gates=[QUALITY, RESIDENCY]))


def test_a_gate_on_our_own_serving_leaves_the_hosts_open() -> None:
    """What we may not serve ourselves may be bought elsewhere."""
    found = {mode: its for mode, *its in moves(study(gates=[LICENCE]).basis).values()}
    assert found == {"hosted": [0.0, 0.0], "endpoint": [1.0, 1.0], "rented": [1.0, 0.0]}


@pytest.mark.parametrize(
    "gates",
    [
        [QUALITY],
        [{**QUALITY, "workload": "agent"}, {**QUALITY, "workload": "chat"}],
    ],
    ids=["of all", "of each"],
)
def test_where_nothing_would_be_left_to_move_the_gate_rules_the_options_out(gates: list[dict[str, Any]]) -> None:
    found = basis(gates=gates)
    assert [each.failed for each in judged_columns(found)[1:]] == [("quality",)] * (len(found.columns) - 1)
    assert kept_where_it_is(found) == {}


def test_what_may_not_stay_on_the_api_is_not_kept_there() -> None:
    """Quality and residency fail for the same workload: no option is left that serves it."""
    found = basis(gates=[{**QUALITY, "workload": "agent"}, {**RESIDENCY, "workload": "agent"}])
    assert all(each.failed for each in judged_columns(found))


def test_the_quality_of_the_same_weights_on_a_fleet_of_the_plan_counts() -> None:
    large = {"name": "quality of 70B", "workload": "agent", "verdict": "fail"}
    small = {"name": "quality of 8B", "workload": "chat", "verdict": "fail"}
    fleets = [{"name": "large", "gates": [large]}, {"name": "small", "model": "qwen3-8b", "gates": [small]}]
    assert kept_where_it_is(basis(fleets=fleets)) == {"agent": ("quality of 70B",)}


def test_a_gate_or_an_evaluation_of_a_workload_that_is_not_there_is_asked_back(tmp_path: Path) -> None:
    """Also where the workloads are those of a log: a slip of the pen must not pass for an answer."""
    rows = "".join(f"2026-10-{day:02},chat,100,20\n" for day in range(1, 29))
    (tmp_path / "log.csv").write_text(f"day,workload,input_tokens,output_tokens\n{rows}", "utf-8")
    logged = {name: value for name, value in CASE.items() if name != "workloads"}
    logged |= {"log": "log.csv", "hosted_model": "openai/gpt-4.1", "load_profile": "conversation"}
    wrong = {**QUALITY, "workload": "chats"}
    for data in (CASE | {"gates": [wrong]}, logged | {"gates": [wrong]}):
        with pytest.raises((Problem, Problems), match=r'there is no workload "chats"\. Did you mean "chat"\?'):
            resolve(Case.from_dict(data, folder=tmp_path))
    resolve(Case.from_dict(logged | {"gates": [{**QUALITY, "workload": "chat"}]}, folder=tmp_path))


def test_a_gate_on_a_host_binds_although_one_of_its_name_keeps_the_workload_from_our_own_fleet() -> None:
    found = basis(gates=[LICENCE, {**LICENCE, "applies_to": "hosted", "host": "nebius"}])
    assert [each.host for each in binding_gates(found) if each.verdict == "fail"] == ["nebius"]


def test_an_evaluation_answers_what_a_fleet_of_the_plan_leaves_open(tmp_path: Path) -> None:
    rows = "".join(f"{i},{model},{i % 10 / 10}\n" for i in range(400) for model in ("ours", "today"))
    (tmp_path / "scores.csv").write_text(f"item,model,score\n{rows}", "utf-8")
    its = {"model": "llama-3.3-70b", "results": "scores.csv", "scored_as": "ours", "today_scored_as": "today"}
    parts = {"evaluations": [its], "fleets": [{"name": "large", "gates": [{"name": "quality"}]}]}
    found = basis_of(resolve(Case.from_dict(CASE | parts, folder=tmp_path)), "test")
    assert quality_answers(found, 1) == {"pass"}


WIDE = {"self_hosting": {**CASE["self_hosting"], "precision": "bf16", "gpus_per_replica": 4}}
FAILS = {"name": "quality of ours", "verdict": "fail"}
NARROW = {"name": "narrow", "precision": "fp8", "gpus_per_replica": 2, "gates": [FAILS]}


def test_what_fails_in_a_narrow_format_of_a_fleet_fails_in_that_format_only() -> None:
    """The model itself, at a host or in 16 bits with us, is as unknown as before; in fp8 with us it is out."""
    wide, narrow = (judged_columns(basis(fleets=[NARROW], **parts)) for parts in (WIDE, {}))
    assert {each.failed for each in wide} == {()}
    assert [each.failed for each in narrow] == [(), *[("quality in fp8",)] * (len(narrow) - 1)]
    hosts = [way for way in basis(fleets=[NARROW]).gates if way.side == "open model"]
    assert {each.verdict for each in hosts} == {"unknown"}


@pytest.mark.parametrize("named", ["model", "kv_cache"])
def test_a_format_may_stand_in_the_name_of_the_model_or_be_that_of_the_cache(named: str) -> None:
    fleet = {"name": "narrow", "gates": [FAILS]} | {
        "model": {"model": "llama-3.3-70b-fp8", "precision": None},
        "kv_cache": {"kv_cache": "fp8", "precision": "bf16"},
    }[named]
    assert {each.failed for each in judged_columns(basis(fleets=[fleet], **WIDE))} == {()}


def test_a_format_that_we_do_not_serve_is_not_asked() -> None:
    said = {"name": "quality in fp8", "verdict": "fail", "applies_to": "self-hosting"}
    wide, narrow = (judged_columns(basis(gates=[said], **parts))[-1] for parts in (WIDE, {}))
    assert (wide.failed, narrow.failed) == ((), ("quality in fp8",))


@pytest.mark.parametrize("workload", [None, "agent"])
def test_what_a_fleet_leaves_open_is_answered_by_the_case(workload: str | None) -> None:
    fleet = {"name": "large", "gates": [{"name": "quality of 70B", "workload": workload}]}
    found = basis(gates=[{**QUALITY, "verdict": "pass"}], fleets=[fleet])
    assert quality_answers(found, 1) == {"pass"}


def test_a_fleet_with_a_model_that_is_not_known_is_told_at_its_place() -> None:
    case = Case.from_dict(CASE | {"fleets": [{"name": "x", "model": "llama-9", "gates": [FAILS]}]}, name="here")
    with pytest.raises(Problem, match="llama-9") as raised:
        resolve(case)
    assert "here" in str(raised.value.where)
