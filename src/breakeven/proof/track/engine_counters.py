"""Counters of vLLM and SGLang over time, from Prometheus text with times or from a CSV: what was served, day by day.

A counter that falls was restarted: it then counts from zero. Between two readings of one series the increase is spread
over the time between them; before the first and after the last nothing is known.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf
from pathlib import Path

from breakeven.files import LARGEST_MADE, text_of
from breakeven.problems import Problem
from breakeven.proof.track.actuals import Actuals, Spell, What

COUNTERS: dict[str, What] = {
    "vllm:prompt_tokens_total": "own_input_tokens", "vllm:generation_tokens_total": "own_output_tokens",
    "vllm:prefix_cache_hits_total": "own_cached_tokens", "vllm:request_success_total": "own_requests",
    "sglang:prompt_tokens_total": "own_input_tokens", "sglang:generation_tokens_total": "own_output_tokens",
    "sglang:cached_tokens_total": "own_cached_tokens", "sglang:num_requests_total": "own_requests",
}  # fmt: skip
SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?P<labels>\{.*\})?\s+(?P<value>\S+)\s+(?P<at>\d{12,14})\s*$")
Reading = tuple[str, str, datetime, float]  # counter, labels, when, value
LONGEST = timedelta(days=731)
FIX = "Scrape with times: `name{labels} value milliseconds`; or a CSV with time, metric, value (labels)."


def is_counters(start: str) -> bool:
    """Whether a text begins like counters of an engine."""
    return any(name in start for name in COUNTERS) and not start.lstrip().startswith("{")


def counter_actuals(path: Path) -> Actuals:
    """What the counters in a file show. Raises `Problem` where there are no two readings of any."""
    lines = text_of(path, largest=LARGEST_MADE).splitlines()
    readings = list(_of_csv(lines, path) if "," in (lines or [""])[0] and "{" not in lines[0] else _of_text(lines))
    series: dict[tuple[str, str], list[tuple[datetime, float]]] = {}
    for counter, labels, at, value in readings:
        if not 0 <= value < inf:
            raise Problem(f"{counter} reads {value}, and a counter never does", where=str(path), fix=FIX)
        series.setdefault((counter, labels), []).append((at, value))
    days: dict[tuple[What, int], float] = {}
    for (counter, _), points in series.items():
        if max(points)[0] - min(points)[0] > LONGEST:
            raise Problem(f"{counter} spans more than two years", where=str(path), fix="Are its times milliseconds?")
        for ordinal, amount in _increases(sorted(points)):
            key = (COUNTERS[counter], ordinal)
            days[key] = days.get(key, 0.0) + amount
    if not days:
        raise Problem("no counter of vLLM or SGLang is read twice in it", where=str(path), fix=FIX)
    spells = (
        Spell(what=what, first=datetime.fromordinal(day).date(), days=1, amount=amount, source=path.name, rank=1)
        for (what, day), amount in sorted(days.items())
    )
    return Actuals(spells=tuple(spells))


def _increases(points: list[tuple[datetime, float]]) -> Iterator[tuple[int, float]]:
    """(the day's number, the increase on it)."""
    for (start, before), (end, after) in pairwise(points):
        increase = after - before if after >= before else after
        at = start
        while at < end:
            midnight = datetime.combine(at.date() + timedelta(days=1), datetime.min.time(), UTC)
            until = min(midnight, end)
            yield at.toordinal(), increase * ((until - at) / (end - start))
            at = until


def _of_text(lines: Iterable[str]) -> Iterator[Reading]:
    for line in lines:
        found = SAMPLE.match(line)
        if found and found["name"] in COUNTERS:
            at = datetime.fromtimestamp(int(found["at"]) / 1000, UTC)
            yield found["name"], found["labels"] or "", at, float(found["value"])


def _of_csv(lines: Iterable[str], path: Path) -> Iterator[Reading]:
    """A row a reading (time, metric, value, labels), or a column a counter."""
    for number, row in enumerate(csv.DictReader(lines), 2):
        try:
            at = datetime.fromisoformat(row.get("time") or row.get("timestamp") or "")
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
            if "metric" in row:
                if row["metric"] in COUNTERS:
                    yield row["metric"], row.get("labels") or "", at, float(row["value"])
                continue
            for name in COUNTERS:
                if row.get(name):
                    yield name, "", at, float(row[name])
        except (ValueError, TypeError) as error:
            raise Problem(f"a reading cannot be understood: {error}", where=f"{path}:{number}", fix=FIX) from None
