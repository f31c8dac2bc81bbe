"""`breakeven shadow judge`, as a person and a pipeline run it."""

from __future__ import annotations

import json
import threading
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import yaml_of_plan
from shadow_rows import pair_of, row, written
from typer.testing import CliRunner, Result

from assessed import study
from breakeven.cli.commands import app
from breakeven.cli.shadow_judge import CODES
from breakeven.cli.shadow_serve import fresh
from breakeven.numbers.operations import pick
from breakeven.problems import Problem
from breakeven.proof.judge.registration import Registration, Terms
from breakeven.proof.judge.shadow import judge_files
from breakeven.study.questions.measured import own_option, with_quality, workloads_of
from breakeven.study.questions.shadow_money import shadow_money, value_of_a_day

PAIRS, DAYS = 1500, 15


def run(*arguments: object) -> Result:
    found = CliRunner().invoke(app, ["shadow", "judge", *map(str, arguments)], env={"COLUMNS": "100"})
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return yaml_of_plan.written(tmp_path_factory.mktemp("plan") / "plan.yaml")


def log(path: Path, *, fails: int = 0, days: int = DAYS, workload: str = "chat") -> Path:
    """A shadow run of these days in which every so-manieth copy fails."""
    lines = []
    for place in range(PAIRS):
        after = place * days * 86_400 / PAIRS
        bad = {"error": "server"} if fails and place % fails == 0 else {}
        lines += pair_of(place, after=after, candidate=bad, workload=workload)
    return written(path, lines)


def test_without_a_log_the_registration_is_written_and_nothing_is_judged(plan: Path, tmp_path: Path) -> None:
    found = run("--plan", plan, "--preregistration", tmp_path / "test.yaml")
    assert found.exit_code == 0
    assert "sealed at the first look" in found.stderr
    assert "margin: 0.05" in (tmp_path / "test.yaml").read_text()


@pytest.mark.parametrize(
    ("how", "verdict"),
    [({}, "GO"), ({"days": 5}, "NOT YET"), ({"fails": 8}, "ROLLBACK"), ({"fails": 40, "days": 29}, "x")],
)
def test_the_exit_code_is_the_verdict(plan: Path, tmp_path: Path, how: dict, verdict: str) -> None:
    found = run(
        log(tmp_path / "shadow.jsonl", **how), "--plan", plan, "--preregistration", tmp_path / "t.yaml", "--json"
    )
    document = json.loads(found.stdout)
    assert found.exit_code == CODES[document["verdict"]]
    if verdict != "x":
        assert document["verdict"] == verdict
    else:
        assert document["verdict"] in {"NO-GO", "INCONCLUSIVE", "ROLLBACK"}


def test_the_page_says_the_verdict_first_and_what_was_left_out(plan: Path, tmp_path: Path) -> None:
    path = log(tmp_path / "shadow.jsonl")
    path.write_text(path.read_text() + "no row\n" + '{"half')
    text = run(path, "--plan", plan, "--preregistration", tmp_path / "t.yaml").stdout
    assert text.startswith("chat: GO: every criterion has passed after 15 days.")
    assert "rows set aside" in text
    assert "still being written" in text


def test_a_changed_registration_and_another_plan_are_refused(plan: Path, tmp_path: Path) -> None:
    path, terms = log(tmp_path / "shadow.jsonl"), tmp_path / "t.yaml"
    run(path, "--plan", plan, "--preregistration", terms)
    terms.write_text(terms.read_text().replace("0.05", "0.2"))
    with pytest.raises(Problem, match="changed after the first look"):
        run(path, "--plan", plan, "--preregistration", terms)
    other = yaml_of_plan.written(tmp_path / "other.yaml", name="another")
    with pytest.raises(Problem, match='written for the plan "case", and this is "another"'):
        run(path, "--plan", other, "--preregistration", terms)
    with pytest.raises(Problem, match="not a plan of this version"):
        run(path, "--plan", written(tmp_path / "x.yaml", ["a: 1\n"]), "--preregistration", tmp_path / "new.yaml")


def test_what_is_asked_every_second_is_judged_every_ten(plan: Path, tmp_path: Path) -> None:
    now, judged = [0.0], []
    asked = fresh(lambda: judged.append(now[0]) or {"verdict": "GO"}, 10.0, lambda: now[0])
    for second in range(25):
        now[0] = float(second)
        assert asked()["verdict"] == "GO"
    assert judged == [0.0, 10.0, 20.0]


def test_the_judgement_is_served_with_its_reason_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from breakeven.cli import shadow_serve

    answers = [{"verdict": "GO", "ok": True}, Problem("there is no shadow log")]

    def judge() -> dict:
        found = answers.pop(0)
        if isinstance(found, Problem):
            raise found
        return found

    ready, servers = threading.Event(), []

    class Server(shadow_serve.ThreadingHTTPServer):
        def __init__(self, _: object, handler: object) -> None:
            super().__init__(("127.0.0.1", 0), handler)
            servers.append(self)
            ready.set()

    monkeypatch.setattr(shadow_serve, "ThreadingHTTPServer", Server)
    monkeypatch.setattr(shadow_serve, "FRESH_SECONDS", 0.0)
    thread = threading.Thread(target=shadow_serve.serving, args=(1, judge), daemon=True)
    thread.start()
    assert ready.wait(5)
    address = f"http://127.0.0.1:{servers[0].server_address[1]}/"
    assert json.load(urllib.request.urlopen(address))["verdict"] == "GO"
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(address)
    assert told.value.code == 503
    assert "no shadow log" in json.load(told.value)["problem"]
    servers[0].shutdown()
    thread.join(5)


def test_in_money_an_answer_that_is_not_accepted_makes_the_others_dearer(tmp_path: Path) -> None:
    before = study("support-chat")
    name = workloads_of(before.basis)[0]
    lines = [
        line
        for place in range(400)
        for line in pair_of(
            place, after=place * 3000, workload=name,
            candidate={"completion_tokens": 202, "refusal": place % 4 == 0, "error": ["server", None][place % 20 != 1]},
        )
    ]  # fmt: skip
    judged = judge_files([written(tmp_path / "s.jsonl", lines)], Registration(plan="x", workloads={name: Terms()}))
    money, after = shadow_money(before, judged, date="2026-11-30", tokens_per_second=9000.0)
    cost = money.answers[0]
    assert cost.api == pytest.approx(0.004)
    column = own_option(after)
    assert column is not None
    accepted = judged.results[0].totals.candidate.accepted_share
    assert accepted == pytest.approx(0.7)
    assert cost.candidate == pytest.approx(after.options[column - 1].cost_per_mtok * 601 / 1e6 / accepted)
    assert {n: (b, a) for n, b, a in money.recomputed[0].changed}["replica_tokens_per_second"][1] == 9000
    at = {each.name: i for i, each in enumerate(after.basis.demand.workloads)}[name]
    ratio = after.basis.inputs["tokenizer_ratio"].likely.ravel()[at]
    assert ratio == pytest.approx(601 / (500 + 202))
    assert after.basis.inputs["tokenizer_ratio"].kind == "measured"


def test_at_another_host_an_accepted_answer_costs_what_the_host_lists(tmp_path: Path) -> None:
    """Two arms of one host's price: 500 tokens read and 202 written, three of four accepted."""
    before = study("support-chat")
    name = workloads_of(before.basis)[0]
    column = next(i for i, each in enumerate(before.basis.columns) if each.mode == "endpoint")
    target = before.basis.columns[column].name
    lines = [
        line
        for place in range(400)
        for line in (
            row(place, "api", after=place * 3000, workload=name),
            row(
                place, "host", after=place * 3000, workload=name, cost=None, completion_tokens=202,
                refusal=place % 4 == 0,
            ),
        )
    ]  # fmt: skip
    terms = Registration(plan="x", workloads={name: Terms(target=target, candidate="host")})
    judged = judge_files([written(tmp_path / "s.jsonl", lines)], terms)
    money, after = shadow_money(before, judged, date="2026-11-30")
    (cost,) = money.answers
    assert (cost.at, cost.candidate_from) == (target, "the host's list price")
    values = after.basis.inputs
    read, wrote = (
        float(pick(values[f"elsewhere_{kind}_price_per_mtok"].likely, workload=0, option=column))
        for kind in ("input", "output")
    )
    # what is written to the host's cache, and prices that fall, move it by a little
    assert cost.candidate * 0.75 == pytest.approx((500 * read + 202 * wrote) / 1e6, rel=0.05)
    assert [each.option for each in money.days] == [each.option for each in money.recomputed] == [target]
    assert money.days[0].costs > 0


def test_a_shadow_run_answers_the_gate_on_quality_of_its_workload_only() -> None:
    basis = study("support-chat").basis
    one, other = workloads_of(basis)[:2]
    gates = with_quality(basis, {one: "pass"}, "shadow run").gates
    quality = {each.workload: each.verdict for each in gates if "quality" in each.name}
    assert quality == {one: "pass", other: "unknown"}


def test_a_further_day_is_worth_most_where_it_is_least_clear(tmp_path: Path) -> None:
    from breakeven.proof.judge.judgement import judged as judging_of
    from breakeven.proof.judge.judgement import judging
    from breakeven.proof.records.pairs import SINGLE

    def worth(mean: float) -> float:
        columns = {name: np.full(400, np.nan) for name in SINGLE}
        columns["score"] = np.resize([0.2, -0.2], 400) + mean
        columns["reference"] = np.zeros(400)
        columns["day"] = 20_000.0 + np.arange(400) // 100
        columns["stratum"] = np.full(400, -1.0)
        seen = judging_of(judging(Terms()), [columns])
        return value_of_a_day(seen, gain=1e6, loss=1e6)[1]

    assert worth(-0.02) > worth(-0.03) > worth(-0.2) >= 0
    assert worth(-0.02) > worth(0.1) >= 0
    assert value_of_a_day(judging(Terms()), 1.0, 1.0) is None
