"""The judgement of a whole shadow run: every registered workload, from the files to a verdict, and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from breakeven.proof.judge.criteria import Criterion
from breakeven.proof.judge.judgement import Judging, Outlook, Verdict, applies, judged, judging, outlook, verdict_of
from breakeven.proof.judge.moments import FEWEST
from breakeven.proof.judge.registration import Registration, Terms
from breakeven.proof.records.files import Files, read_steadily
from breakeven.proof.records.pairs import Asked, paired, strata, units, workloads
from breakeven.proof.records.told import Told, told_of
from breakeven.proof.records.totals import Totals, totals_of

FORMAT = "breakeven shadow judgement 1"
WORST_FIRST: tuple[Verdict, ...] = ("ROLLBACK", "NO-GO", "INCONCLUSIVE", "NOT YET", "GO")
FEW_AGREE = "no answers of {noise}, the API asked again: whether {candidate} agrees less with the API than the API does"
UNPAIRED = (
    "No request has answers of both {candidate} and {control}, which it is registered for. Are the arms named so?"
)
UNTIMED = (
    "No answer of the candidate says how long its {measure} took, so this promise cannot be judged: answers that are "
    "not streamed do not say. Replay them with `breakeven shadow send`, which streams."
)
NOISY = (
    "the API scores {noise:+.3f} against itself, as much as the margin: a difference of {margin} means nothing here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One workload: what was seen, what follows, what is to come."""

    workload: str
    verdict: Verdict
    seen: Judging
    outlook: Outlook
    totals: Totals
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The whole run. `fingerprint` is of the registration, "" where it is not sealed."""

    plan: str
    results: tuple[Result, ...]
    told: tuple[Told, ...]
    files: Files
    fingerprint: str

    @property
    def verdict(self) -> Verdict:
        """The worst of all workloads."""
        return next(each for each in WORST_FIRST if any(result.verdict == each for result in self.results))

    @property
    def notices(self) -> tuple[str, ...]:
        """What was read and what no pair came of."""
        found = [sentence for told in self.told for sentence in told.notices]
        if self.files.again:
            found.append("Files were rotated while they were read, and read again.")
        if self.files.unfinished:
            found.append(f"The last line of {', '.join(self.files.unfinished)} is still being written.")
        return tuple(dict.fromkeys(found))


def judge_files(
    paths: Sequence[Path],
    registration: Registration,
    *,
    judged_by: Path | None = None,
    fingerprint: str = "",
    memory_limit: str | None = None,
) -> Judged:
    """Read the logs and judge every registered workload. Raises `Problem`.

    `judged_by`: the scores of a judge model, for workloads that are registered with them.
    """

    def reading(files: tuple[Path, ...]) -> list[tuple[Told, list[Result]]]:
        return [_of_one_kind(files, kind, memory_limit) for kind in _kinds(registration, judged_by)]

    by_kind, read = read_steadily(paths, reading)
    results = {result.workload: result for _, some in by_kind for result in some}
    return Judged(
        plan=registration.plan,
        results=tuple(results[name] for name in registration.workloads),
        told=tuple(told for told, _ in by_kind),
        files=read,
        fingerprint=fingerprint,
    )


def _kinds(registration: Registration, judged_by: Path | None) -> list[tuple[Asked, dict[str, Terms]]]:
    """Workloads that are read in the same way are read together."""
    kinds: dict[Asked, dict[str, Terms]] = {}
    for name, terms in registration.workloads.items():
        of = {key: getattr(terms, key) for key in ("candidate", "control", "noise", "score", "cluster")}
        asked = replace(Asked(**of), judged=judged_by if terms.score == "judged" else None)
        kinds.setdefault(asked, {})[name] = terms
    return list(kinds.items())


def _of_one_kind(
    files: tuple[Path, ...], kind: tuple[Asked, dict[str, Terms]], memory_limit: str | None
) -> tuple[Told, list[Result]]:
    asked, terms = kind
    with paired(files, asked, memory_limit) as log:
        there = set(workloads(log))
        results = []
        for name, workload_terms in terms.items():
            known = strata(log, name) if workload_terms.by_stratum else ()
            seen = judged(judging(workload_terms, known), units(log, name, known))
            totals = totals_of(log, name)
            results.append(
                Result(
                    workload=name,
                    verdict=verdict_of(seen),
                    seen=seen,
                    outlook=outlook(seen),
                    totals=totals,
                    notices=tuple(_notices(seen, name in there)),
                )
            )
        return told_of(log), results


def _notices(seen: Judging, there: bool) -> list[str]:
    """What the person must know to read the verdict."""
    terms, notices = seen.terms, []
    if not there:
        return ["The log has no row of this workload. Is it called by the same name at the gateway?"]
    if not seen.units:
        notices.append(UNPAIRED.format(candidate=terms.candidate, control=terms.control))
    if terms.score in {"agreement", "same-answer"} and not seen.criteria[0].seen.count:
        of = FEW_AGREE.format(noise=terms.noise, candidate=terms.candidate)
        notices.append(f"Quality cannot be judged by {terms.score}: {of} is not known. Mirror to both.")
    if seen.noise.count >= 100 and terms.score == "accepted" and abs(seen.noise.mean or 0.0) >= terms.margin:
        notices.append(NOISY.format(noise=seen.noise.mean, margin=terms.margin))
    for promise, criterion in zip(terms.promises, seen.criteria[-len(terms.promises) :], strict=False):
        if seen.units >= FEWEST and not criterion.seen.count:
            notices.append(UNTIMED.format(measure=promise.measure.replace("_", " ")))
    if seen.left_out:
        notices.append(
            f"{seen.left_out:,} units after day {terms.days.most} are not judged: that is when the test ended."
        )
    return notices


def document(judged_run: Judged) -> dict[str, Any]:
    """The judgement as plain data; `web` metrics read `verdict` and `ok`."""
    return {
        "format": FORMAT,
        "plan": judged_run.plan,
        "verdict": judged_run.verdict,
        "ok": judged_run.verdict in {"GO", "NOT YET"},
        "registration": judged_run.fingerprint,
        "workloads": [_workload(result) for result in judged_run.results],
        "rows": [asdict(told) for told in judged_run.told],
        "notices": list(judged_run.notices),
    }


def _workload(result: Result) -> dict[str, Any]:
    seen, terms = result.seen, result.seen.terms
    return {
        "workload": result.workload,
        "verdict": result.verdict,
        "days": seen.days,
        "units": seen.units,
        "criteria": [_criterion(criterion, terms) for criterion in seen.criteria],
        "strata": [
            _criterion(criterion, terms) | {"criterion": "quality", "stratum": name} for name, criterion in seen.strata
        ],
        "noise_floor": {
            "units": seen.noise.count,
            "mean": seen.noise.mean,
            "interval": seen.noise.interval(terms.alpha),
        },
        "reference_mean": seen.reference.mean,
        "outlook": asdict(result.outlook),
        "totals": asdict(result.totals),
        "notices": list(result.notices),
    }


def _criterion(criterion: Criterion, terms: Terms) -> dict[str, Any]:
    return {
        "criterion": criterion.name,
        "state": criterion.state if applies(criterion) else "does not apply",
        "limit": criterion.limit,
        "mean": criterion.seen.mean,
        "interval": criterion.seen.interval(terms.alpha),
        "units": criterion.seen.count,
        "evidence_for_go": round(criterion.reached, 4),
        "passed_at": min((test.crossed_at for _, test in criterion.go if test.rejected), default=None),
        "alarm_at": max((test.crossed_at for _, test in criterion.alarm), default=0)
        if criterion.state == "alarm"
        else None,
    }
