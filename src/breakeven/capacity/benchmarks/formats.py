"""The result files of load generators, each one small map in formats/*.yaml, and which of them a file is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from breakeven.capacity.benchmarks.paths import found_at
from breakeven.problems import Problem, nearest
from breakeven.shipped import shipped, shipped_names

FOLDER = "capacity/benchmarks/formats"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Format:
    """One tool's result. `evidence`: what its field names were taken from: a real file, source, documentation.

    `map` is the content of its file: `fields` (field of ours -> path or paths), `latencies` (path with {} for the
    statistic), `statistics` (ours -> theirs), `needs` and `refuses` (what tells it from others), `records` (where a
    list of runs is), `requests` (lists with a value a request), `tpot_counts` (whose token count is in its time per
    output token; "means": it has none, derive it).
    """

    name: str
    title: str
    evidence: str
    evidence_source: str
    how: str
    counted: str
    map: Mapping[str, Any]


def format_names() -> tuple[str, ...]:
    """Every format, by the name that --format takes."""
    return shipped_names(FOLDER)


@cache
def benchmark_format(name: str) -> Format:
    """One format by its name. Raises `Problem` with the nearest name."""
    if name not in format_names():
        fix = f"The formats are {', '.join(format_names())}."
        hint = nearest(name, format_names())
        raise Problem(f'"{name}" is not a format of benchmark results. {hint}'.strip(), fix=fix)
    about = shipped(f"{FOLDER}/{name}.yaml")
    return Format(
        name=name,
        title=about["title"],
        evidence=about["evidence"],
        evidence_source=about["evidence_source"],
        how=about["how"],
        counted=" ".join(about["counted"].split()),
        map=about,
    )


def detected(record: Mapping[str, Any], kind: str, where: str) -> Format:
    """The format whose keys the file has. Raises `Problem` when none, or when the file is known to be another."""
    every = [benchmark_format(each) for each in format_names()]
    fitting = [each for each in every if kind in each.map["kinds"] and fits(each, record)]
    if not fitting:
        _refuse_known(record, where)
        said = ", ".join(list(record)[:8]) or "nothing"
        fix = f"Known are {', '.join(format_names())}; say which with --format to hear what is missing."
        raise Problem(f"no benchmark result is told by the keys of this file ({said})", where=where, fix=fix)
    return max(fitting, key=lambda each: len(each.map["needs"]))


def fits(form: Format, record: Mapping[str, Any]) -> bool:
    """Whether the record has what the format needs and nothing that it refuses."""
    here = all(found_at(record, each) is not None for each in form.map["needs"])
    return here and not any(found_at(record, each) is not None for each in form.map.get("refuses", ()))


def _refuse_known(record: Mapping[str, Any], where: str) -> None:
    if "request_output_throughput_token_per_s" in record:
        told = "this is llmperf's list of single requests, without their times"
        raise Problem(told, where=where, fix="Give the *_summary.json beside it.")


def require_keys(form: Format, record: Mapping[str, Any], where: str) -> None:
    """Raise `Problem` naming the keys that a forced format lacks, or the version that is not known."""
    missing = [need for need in form.map["needs"] if found_at(record, need) is None]
    if missing:
        keys = list(record)
        hints = " ".join(filter(None, (nearest(need.split(".")[0], keys) for need in missing)))
        told = f"{form.title}: the file has no {', '.join(missing)}"
        raise Problem(told, where=where, fix=hints or f"Write it with: {form.how}")
    version = form.map.get("version")
    if version and found_at(record, version["path"]) not in version["known"]:
        told = f"{form.title}: version {found_at(record, version['path'])} of the report is not known"
        known = ", ".join(str(other_version) for other_version in version["known"])
        raise Problem(told, where=where, fix=f"Known: {known} ({version['of']}). Write it again with that version.")
