"""The case's own evaluations: each tool's file, what is paired, and the gates that they answer."""

from __future__ import annotations

import json

import pytest

from breakeven.facts import catalog
from breakeven.problems import Problem, Problems
from breakeven.study.case.case import Case
from breakeven.study.designs.search import search
from breakeven.study.resolve.evidence.evaluations import evaluated, judged
from breakeven.study.resolve.evidence.rows import rows_of
from breakeven.study.resolve.evidence.scores import scores_of
from breakeven.study.resolve.resolve import resolve

ITEMS = 200
LLAMA = "llama-3.3-70b"
CASE = {
    "as_of": "2026-11-21",
    "api_spend_per_month": 40000,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": LLAMA,
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
    "self_hosting": {"gpus_per_replica": 2},
}


def harness(right):
    return "\n".join(
        json.dumps({
            "doc_id": i, "doc": {}, "target": "a", "resps": [["a"]], "filtered_resps": ["a"], "filter": "strict-match",
            "metrics": ["exact_match"], "exact_match": float(i < right),
        })
        for i in range(ITEMS)
    )  # fmt: skip


def inspect(right):
    samples = [
        {"id": i, "epoch": 1, "scores": {"match": {"value": "C" if i < right else "I", "answer": "a"}}}
        for i in range(ITEMS)
    ]
    return json.dumps({"version": 2, "status": "success", "eval": {"model": "vllm/llama"}, "samples": samples})


def promptfoo(right):
    results = [
        {"promptIdx": 0, "testIdx": i, "provider": {"id": "vllm"}, "success": i < right, "score": float(i < right)}
        for i in range(ITEMS)
    ]
    return json.dumps({"evalId": "eval-1", "results": {"version": 3, "results": results, "stats": {}}})


def deepeval(right):
    cases = [
        {"name": f"case {i}", "input": f"question {i}", "metricsData": [{"name": "score", "score": float(i < right)}]}
        for i in range(ITEMS)
    ]
    return json.dumps({"testCases": cases})


def ragas(right):
    rows = [f'"what, of {i}?",answer,{float(i < right)}' for i in range(ITEMS)]
    return "\n".join(["user_input,response,faithfulness", *rows])


def plain(right):
    return "\n".join(["item;model;score", *(f"{i};ours;{int(i < right)}" for i in range(ITEMS))])


TOOLS = {
    "samples_task.jsonl": harness,
    "inspect.json": inspect,
    "promptfoo.json": promptfoo,
    "deepeval.json": deepeval,
    "ragas.csv": ragas,
    "plain.csv": plain,
}


def case_with(folder, **evaluation):
    said = {"model": LLAMA, "results": "ours", "today": "today", **evaluation}
    return Case.from_dict({**CASE, "evaluations": [said]}, folder=folder)


@pytest.mark.parametrize(("name", "written"), TOOLS.items())
def test_every_tool_is_read_and_paired(tmp_path, name, written):
    (tmp_path / f"ours-{name}").write_text(written(190))
    (tmp_path / f"today-{name}").write_text(written(192))
    found, told = judged(*_first(case_with(tmp_path, results=f"ours-{name}", today=f"today-{name}", margin=0.05)))
    assert (found.pairs, found.ours, found.today) == (ITEMS, 0.95, 0.96)
    assert found.verdict == "pass"
    assert f"ours-{name}" in told


def _first(case):
    return case, 0, case.file.evaluations[0]


@pytest.mark.parametrize(("right", "verdict"), [(200, "pass"), (190, "unknown"), (120, "fail")])
def test_an_evaluation_answers_the_gate(tmp_path, right, verdict):
    (tmp_path / "ours.csv").write_text(plain(right))
    (tmp_path / "today.csv").write_text(plain(193))
    case = case_with(tmp_path, results="ours.csv", today="today.csv", margin=0.02, precision="fp8")
    gates = {each.name: each for each in resolve(case).gates}
    assert gates["quality in fp8"].verdict == verdict
    assert gates["quality"].verdict == ("unknown" if verdict == "fail" else verdict)
    assert gates["quality in fp8"].stated


def test_an_evaluation_takes_the_place_of_a_gate_that_is_open(tmp_path):
    (tmp_path / "ours.csv").write_text(plain(200))
    (tmp_path / "today.csv").write_text(plain(193))
    said = {"model": LLAMA, "results": "ours.csv", "today": "today.csv"}
    case = Case.from_dict(
        {**CASE, "evaluations": [said], "gates": [{"name": "quality", "applies_to": "self-hosting"}]}, folder=tmp_path
    )
    assert [each.verdict for each in resolve(case).gates if each.name == "quality"] == ["pass"]


def test_an_evaluation_of_another_model_answers_nothing(tmp_path):
    case = case_with(tmp_path, model="qwen3-32b")
    assert evaluated(case, catalog.open_model(LLAMA)) == ()


def test_a_model_that_failed_is_not_looked_at(tmp_path):
    (tmp_path / "both.csv").write_text(
        "\n".join(["item,model,score", *(f"{i},{m},{int(m == 'today')}" for i in range(60) for m in ("ours", "today"))])
    )
    said = {"model": "qwen3-32b", "results": "both.csv", "scored_as": "ours", "today_scored_as": "today"}
    several = {key: value for key, value in CASE.items() if key != "open_model"}
    found = search(
        Case.from_dict({**several, "open_models": ["qwen3-32b", LLAMA], "evaluations": [said]}, folder=tmp_path)
    )
    assert [each.model for each in found.models if each.best is not None] == [LLAMA]


def test_a_narrowed_format_that_nobody_named_has_a_gate_of_its_own():
    taken = {each.name: each.verdict for each in resolve(Case.from_dict(CASE)).gates}
    named = Case.from_dict({**CASE, "self_hosting": {"gpus_per_replica": 2, "precision": "fp8"}})
    passed = Case.from_dict(
        {**CASE, "gates": [{"name": "quality in fp8", "applies_to": "self-hosting", "verdict": "pass"}]}
    )
    assert taken["quality in fp8"] == "unknown"
    assert "quality in fp8" not in {each.name for each in resolve(named).gates}
    assert [each.verdict for each in resolve(passed).gates if each.name == "quality in fp8"] == ["pass"]


def test_what_is_repeated_missing_or_not_finite_is_counted(tmp_path):
    rows = ["item,score", "a,1", "a,0", "b,nan", "c,", "d,inf", "e,1"]
    (tmp_path / "s.csv").write_text("\n".join(rows))
    found = scores_of(rows_of(tmp_path / "s.csv"), "s.csv", model=None, metric=None)
    assert dict(found.by_item) == {"a": 0.5, "e": 1.0}
    assert (found.repeated, found.without) == (1, 3)


def test_where_many_scores_are_missing_nothing_passes(tmp_path):
    (tmp_path / "ours.csv").write_text("item,score\n" + "\n".join(f"{i},{1 if i < 170 else ''}" for i in range(ITEMS)))
    (tmp_path / "today.csv").write_text(plain(160))
    found, _ = judged(*_first(case_with(tmp_path, results="ours.csv", today="today.csv")))
    assert found.verdict == "unknown"
    assert "30 items lack a score" in found.why


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("means.json", json.dumps({"results": {"gsm8k": {"exact_match,strict-match": 0.8}}}), "means, and no item"),
        ("other.json", json.dumps({"rows": []}), "no evaluation that is known"),
        ("broken.jsonl", '{"doc_id": 1}\n{', "line 2"),
        ("two.csv", "item,model,score\n1,a,1\n1,b,0", "a, b"),
        ("several.csv", "item,bleu,rouge\n1,0.5,0.6", "bleu, rouge"),
        ("none.csv", "", "no column names the item"),
        ("commas.csv", "item;score\na;0,9", "no score"),
        ("quote.csv", 'item,score\na,1\n"b,0\nc,1', "is no CSV"),
        ("twice.csv", "item,score,score\na,1,0", "two columns"),
        ("wide.csv", "item,score\na, or b,1", "line 2 of wide.csv has 3 cells"),
        ("huge.csv", "item,score\n" + "a" * 200_000 + ",1", "is no CSV"),
        ("log.eval", "PK", "packed log"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_do(tmp_path, name, text, told):
    (tmp_path / name).write_text(text)
    with pytest.raises(Problem) as caught:
        scores_of(rows_of(tmp_path / name), name, model=None, metric=None)
    assert told in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    ("said", "told"),
    [({"results": "gone.json"}, "there is no file"), ({"today": None, "results": "ours.csv"}, "today's model")],
)
def test_a_file_that_is_missing_is_told_at_its_place(tmp_path, said, told):
    (tmp_path / "ours.csv").write_text(plain(100))
    with pytest.raises((Problem, Problems)) as caught:
        resolve(case_with(tmp_path, **said))
    assert told in str(caught.value)


def test_a_file_is_read_once_for_all_designs_and_again_when_it_was_changed(tmp_path, monkeypatch):
    file = tmp_path / "scores.csv"
    listed = [f"{i},{model},{i % 10 / 10}" for i in range(ITEMS) for model in ("ours", "theirs")]
    file.write_text("\n".join(["item,model,score", *listed]), "utf-8")
    its = {"model": LLAMA, "results": file.name, "scored_as": "ours", "today_scored_as": "theirs"}
    case = Case.from_dict({**CASE, "evaluations": [its]}, folder=tmp_path)
    seen = []
    monkeypatch.setattr(
        "breakeven.study.resolve.evidence.evaluations.rows_of", lambda path: seen.append(path) or rows_of(path)
    )
    model = catalog.open_model(LLAMA)
    assert [evaluated(case, model)[0].verdict for _ in range(5)] == ["pass"] * 5
    assert len(seen) == 2  # ours and theirs
    file.write_text("\n".join(["item,model,score", *(f"{line}0" for line in listed[:20])]), "utf-8")
    assert evaluated(case, model)[0].verdict == "unknown"
