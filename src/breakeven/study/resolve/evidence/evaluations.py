"""What the case's own evaluations say of the quality of the open model, as gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from math import isfinite
from pathlib import Path

from breakeven.capacity.fit.precision import is_narrowed
from breakeven.decision.readiness.gates import Gate, GateVerdict
from breakeven.decision.readiness.non_inferiority import Compared, compared
from breakeven.facts import catalog
from breakeven.facts.records import OpenModel
from breakeven.plan.criteria import Quality
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.case.terms.evaluation import Evaluation
from breakeven.study.resolve.evidence.rows import rows_of
from breakeven.study.resolve.evidence.scores import Scores, scores_of

QUALITY = "quality"
CACHE = "the KV cache"
KEPT = 32  # comparisons, and files' scores, that are remembered
WITHOUT = 0.1  # of the items; where more lack a score, those that lack it may be those that fail


def weights_gate(precision: str) -> str:
    """The name of the gate that asks whether weights in a narrower format are good enough."""
    return f"{QUALITY} in {precision}"


def cache_gate(kv_cache: str) -> str:
    """The name of the gate that asks whether a KV cache in a narrower format is good enough."""
    return f"{QUALITY} with {CACHE} in {kv_cache}"


def evaluated(case: Case, model: OpenModel) -> tuple[Gate, ...]:
    """The gates that the case's evaluations of this model answer. Raises `Problem` for a file that cannot be read."""
    return tuple(
        gate
        for i, each in enumerate(case.file.evaluations)
        if key_of(case, i, each) == model.key
        for gate in _gates(each, model, *judged(case, i, each))
    )


def fails(case: Case, model: OpenModel) -> bool:
    """Whether an evaluation shows that the model is not good enough for all that would move to it."""
    gates = [each for each in evaluated(case, model) if each.side == "open model" and each.workload is None]
    return any(each.verdict == "fail" for each in gates)


def key_of(case: Case, index: int, each: Evaluation) -> str:
    """The model that was evaluated, by its key; one that is not listed by the name the case gives it."""
    own = case.file.self_hosting
    if own.config is not None and each.model == (own.model or case.file.open_model):
        return each.model
    with case.telling("evaluations", index, "model"):
        return catalog.open_model(each.model).key


def judged(case: Case, index: int, each: Evaluation) -> tuple[Compared, str]:
    """The comparison with today's model, and what to know of the files."""
    ours = _scores(case, (index, "results"), each.results, each.scored_as, each.metric)
    if each.today is None and each.today_scored_as is None:
        what = "evaluations: nothing says how today's model did on the same items"
        fix = "Name its results as today; where the same file holds both, name it as today_scored_as."
        raise Problem(what, where=case.place("evaluations", index), fix=fix)
    today = _scores(case, (index, "today"), each.today or each.results, each.today_scored_as, ours.metric)
    return _held(ours, today, each)


@lru_cache(maxsize=KEPT)
def _held(ours: Scores, today: Scores, each: Evaluation) -> tuple[Compared, str]:
    margin = Quality().margin if each.margin is None else each.margin
    found = compared(ours.by_item, today.by_item, margin)
    if ours.without > WITHOUT * (ours.without + len(ours.by_item)) and found.verdict == "pass":
        why = f"{ours.without:,} items lack a score of ours: they may be those that it fails"
        found = replace(found, verdict="unknown", why=why)
    return found, _told(found, ours, today, each)


def _scores(case: Case, at: tuple[int, str], path: str, model: str | None, metric: str | None) -> Scores:
    with case.telling("evaluations", *at):
        file = case.folder / path
        if not file.is_file():
            raise Problem(f'evaluations.{at[1]}: there is no file "{path}"', fix="The path is relative to the case.")
        state = file.stat()
        return _read(file, (state.st_mtime_ns, state.st_size), model, metric)


@lru_cache(maxsize=KEPT)
def _read(file: Path, _state: tuple[int, int], model: str | None, metric: str | None) -> Scores:
    """The scores of a file as it is: a search asks for them of every design, and reads it once."""
    return scores_of(rows_of(file), file.name, model=model, metric=metric)


def _told(compared: Compared, ours: Scores, today: Scores, evaluation: Evaluation) -> str:
    """The evidence in one sentence, with what was left out."""
    means = f"{ours.metric} {compared.ours:.3g} against {compared.today:.3g} today on {compared.pairs:,} items"
    interval = f": {compared.difference:+.3g} ({compared.low:+.3g} to {compared.high:+.3g}), margin {compared.margin:g}"
    parts = [f"{means}{interval}" if isfinite(compared.low) else means, compared.why]
    if compared.needed is not None:
        parts.append(f"about {compared.needed:,} would settle it")
    single = len(ours.by_item.keys() ^ today.by_item.keys())
    for count, what in (
        (single, "scored for one of the two only"),
        (ours.without + today.without, "without a usable score"),
        (max(ours.repeated, today.repeated), "answered several times and averaged"),
    ):
        if count:
            parts.append(f"{count:,} {what}")
    return f"{'; '.join(parts)} ({evaluation.results})"


def gates_answered(model: OpenModel, precision: str | None, kv_cache: str, verdict: GateVerdict) -> list[str]:
    """The names of the gates that a test in these formats answers: the model as such, and each narrower format. What
    fails says nothing of the wider ones.
    """
    names = [QUALITY]
    if precision and is_narrowed(model, precision):
        names.append(weights_gate(precision))
    if kv_cache != "16-bit":
        names.append(cache_gate(kv_cache))
    return names[-1:] if verdict == "fail" else names


def _gates(evaluation: Evaluation, model: OpenModel, compared: Compared, evidence: str) -> Iterator[Gate]:
    """The model as such, and each narrower format in which it was evaluated."""
    for name in gates_answered(model, evaluation.precision, evaluation.kv_cache, compared.verdict):
        yield Gate(
            name=name,
            verdict=compared.verdict,
            side="open model" if name == QUALITY else "self-hosting",
            workload=evaluation.workload,
            first=True,
            evidence=evidence,
        )
