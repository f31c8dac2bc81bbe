"""Rows of an evaluation as its tool writes them: which model, which item, which scores.

lm-evaluation-harness (`--log_samples`), Inspect (JSON log), promptfoo, DeepEval, RAGAS and other tables as CSV. Of each
only what the reader needs is looked at; the layouts are those of 2026-11.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from breakeven.files import LARGEST_MADE, text_of
from breakeven.problems import Problem
from breakeven.written import json_of

GRADES = {"c": 1.0, "p": 0.5, "i": 0.0, "n": 0.0, "true": 1.0, "false": 0.0, "pass": 1.0, "fail": 0.0}
ITEM_COLUMNS = ("item", "item_id", "id", "question", "user_input", "input")
MODEL_COLUMNS = ("model", "provider")
READABLE = (
    "Give the samples of lm-evaluation-harness (--log_samples), a JSON log of Inspect, the JSON of promptfoo or "
    "DeepEval, or a CSV with the columns item, model, score."
)
NOT_SCORES = {"doc_id"}  # numbers of lm-evaluation-harness that are none


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRow:
    """One answer to one item. `model` "": the file does not say; a score is None where it is missing or no number."""

    item: str
    model: str = ""
    scores: Mapping[str, float | None] = field(default_factory=dict)


def rows_of(path: Path) -> list[ScoredRow]:
    """Every answer in an evaluation's file. Raises `Problem` for a file that holds none that can be read."""
    if path.suffix == ".eval":
        raise Problem(
            f"{path.name} is a packed log of Inspect", fix="Unpack it: inspect log convert --to json --output-dir DIR."
        )
    text = text_of(path, largest=LARGEST_MADE)
    rows = list(_csv(path, text) if path.suffix.lower() in (".csv", ".tsv") else _json(path, text))
    if not rows:
        raise Problem(f"{path.name} holds no scored item", fix=READABLE)
    return rows


def _json(path: Path, text: str) -> Iterator[ScoredRow]:
    try:
        data = json_of(text)
    except json.JSONDecodeError:
        data = _lines(path, text)
    if isinstance(data, Mapping) and isinstance(data.get("samples"), list) and "eval" in data:
        return _inspect(data)
    if isinstance(data, Mapping) and isinstance(data.get("samples"), Mapping):
        return _harness(data["samples"])
    if isinstance(data, Mapping) and (cases := data.get("testCases") or data.get("test_results")):
        return _deepeval(_listed(cases))
    results = data.get("results", data) if isinstance(data, Mapping) else data
    results = results.get("results", results) if isinstance(results, Mapping) else results
    answers = _listed(results if isinstance(results, list) else [data])
    if answers and "testIdx" in answers[0]:
        return _promptfoo(answers)
    if answers and "doc_id" in answers[0]:
        return _harness({"": answers})
    if isinstance(data, Mapping) and "results" in data:
        raise Problem(f"{path.name} holds means, and no item", fix=f"Pairs need items. {READABLE}")
    raise Problem(f"{path.name} is no evaluation that is known here", fix=READABLE)


def _lines(path: Path, text: str) -> list[Any]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append(json_of(line))
            except json.JSONDecodeError as error:
                raise Problem(f"line {number} of {path.name} is not JSON: {error.msg}", fix=READABLE) from None
    return found


def _listed(found: Any) -> list[Mapping[str, Any]]:
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _inspect(data: Mapping[str, Any]) -> Iterator[ScoredRow]:
    head = data["eval"]
    model = str(head.get("model", "")) if isinstance(head, Mapping) else ""
    for sample in _listed(data["samples"]):
        scores: dict[str, float | None] = {}
        for name, score in _named(sample.get("scores")):
            value = score.get("value") if isinstance(score, Mapping) else score
            if isinstance(value, Mapping):
                scores |= {f"{name}.{key}": _number(one) for key, one in value.items()}
            else:
                scores[name] = _number(value)
        yield ScoredRow(item=_text(sample.get("id")), model=model, scores=scores)


def _harness(tasks: Mapping[str, Any]) -> Iterator[ScoredRow]:
    for task, answers in tasks.items():
        for answer in _listed(answers):
            metrics = answer.get("metrics")
            names = metrics if isinstance(metrics, list) else [name for name in answer if name not in NOT_SCORES]
            kept = {str(name): answer.get(name) for name in names}
            if not isinstance(metrics, list):
                kept = {name: value for name, value in kept.items() if isinstance(value, int | float)}
            filtered = f",{answer['filter']}" if answer.get("filter") not in (None, "none") else ""
            scores = {f"{name}{filtered}": _number(value) for name, value in kept.items()}
            yield ScoredRow(item=f"{task}/{answer['doc_id']}" if task else _text(answer.get("doc_id")), scores=scores)


def _promptfoo(answers: Iterable[Mapping[str, Any]]) -> Iterator[ScoredRow]:
    for answer in answers:
        provider = answer.get("provider")
        model = provider.get("id", "") if isinstance(provider, Mapping) else provider or ""
        prompt = answer.get("prompt")
        label = prompt.get("label", "") if isinstance(prompt, Mapping) else ""
        failed = answer.get("error") and not answer.get("gradingResult")
        scores = {
            "score": answer.get("score"),
            "success": answer.get("success"),
            **dict(_named(answer.get("namedScores"))),
        }
        yield ScoredRow(
            item=f"{answer.get('testIdx')} {label}".strip(),
            model=str(model),
            scores={name: None if failed else _number(value) for name, value in scores.items()},
        )


def _deepeval(answers: Iterable[Mapping[str, Any]]) -> Iterator[ScoredRow]:
    for each in answers:
        metrics = _listed(each.get("metricsData") or each.get("metrics_data"))
        scores = {str(metric.get("name")): _number(metric.get("score")) for metric in metrics}
        yield ScoredRow(
            item=_text(each.get("input") or each.get("name")),
            scores={**scores, "success": _number(each.get("success"))},
        )


def _csv(path: Path, text: str) -> Iterator[ScoredRow]:
    names, *cells = list(_cells(path, text)) or [[]]
    header = {name.strip().lower(): place for place, name in enumerate(names)}
    item = next((header[name] for name in ITEM_COLUMNS if name in header), None)
    model = next((header[name] for name in MODEL_COLUMNS if name in header), None)
    if item is None:
        raise Problem(f"no column names the item: {', '.join(header) or 'the file is empty'}", fix=READABLE)
    if len(header) < len(names):
        raise Problem(f"two columns of {path.name} have one name: {', '.join(names)}", fix="Rename one of them.")
    others = {name.strip(): place for place, name in enumerate(names) if place not in (item, model)}
    numeric = {
        name: place for name, place in others.items() if any(_number(_at(row, place)) is not None for row in cells)
    }
    for row in cells:
        scores = {name: _number(_at(row, place)) for name, place in numeric.items()}
        yield ScoredRow(
            item=_at(row, item).strip(), model="" if model is None else _at(row, model).strip(), scores=scores
        )


def _cells(path: Path, text: str) -> Iterator[list[str]]:
    """Rows that are not empty; none has more cells than the first."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count), strict=True)
    wide = 0
    try:
        for row in filter(any, reader):
            wide = wide or len(row)
            if len(row) > wide:
                what = f"line {reader.line_num} of {path.name} has {len(row)} cells, and its heading {wide}"
                raise Problem(what, fix="Put texts that hold the delimiter in quotes.")
            yield row
    except csv.Error as error:
        fix = "Is a quote left open? Texts with quotes are written with two of them."
        raise Problem(f"line {reader.line_num} of {path.name} is no CSV: {error}", fix=fix) from None


def _at(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _named(found: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(found, Mapping):
        yield from ((str(name), value) for name, value in found.items())


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _number(value: Any) -> float | None:
    """A score; None where it is missing, not finite or no number."""
    if isinstance(value, str):
        if value.strip().lower() in GRADES:
            return GRADES[value.strip().lower()]
        plain, percent = value.strip().removesuffix("%"), value.strip().endswith("%")
        try:
            value = float(plain) / 100 if percent else float(plain)
        except ValueError:
            return None
    if isinstance(value, int | float) and isfinite(value):
        return float(value)
    return None
