"""Answers of Prometheus range queries as SQL: counters of servers, or what increase() and rate() made of them.

A function drops the counter's name; the person writes it back into a label, increase_of or rate_of. An answer of such a
function under the name of a counter, or without a name, is refused: it would be read as something else.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from breakeven.problems import Problem

COLUMNS = """{'data': 'STRUCT(result STRUCT(metric JSON, "values" VARCHAR[][])[])'}"""
NAMES = ("metric", "start", "ended", "increase")
NAMELESS = "data.result[].values[]"
INSTANT = "data.result[].value[]"
MOST_FALLS, ENOUGH = 0.2, 10  # of the steps: a server that starts again sets its counters back, and seldom
ASK_SO = (
    "Ask for the counters themselves, without rate(), increase() or sum(), as vllm-prometheus in "
    "docs/how-to/read-your-own-log.md says; or name the counter in a label and let the window be one step: "
    'label_replace(increase(vllm:prompt_tokens_total[1m]), "increase_of", "vllm:prompt_tokens_total", "", "").'
)
POINTS = """
    SELECT CAST(result.metric AS VARCHAR) AS metric, CAST(point[1] AS DOUBLE) AS moment,
        TRY_CAST(point[2] AS DOUBLE) AS value
    FROM {source} AS record, unnest(record."data".result) AS results(result),
        unnest(result."values") AS points(point)
"""
RAISED = """(
    SELECT metric, moment_before AS start, moment AS ended,
        CAST(CASE WHEN value < value_before THEN value ELSE value - value_before END AS BIGINT) AS increase
    FROM (
        SELECT metric, moment, round(value) AS value, lag(moment) OVER series AS moment_before,
            round(lag(value) OVER series) AS value_before
        FROM ({points})
        WINDOW series AS (PARTITION BY metric ORDER BY moment)
    )
    WHERE moment_before IS NOT NULL
)"""
ADDED = """(
    WITH points AS ({points}),
    steps AS (SELECT moment - lag(moment) OVER (PARTITION BY metric ORDER BY moment) AS step FROM points),
    amounts AS (
        SELECT metric, moment, least_step AS step,
            sum(CASE WHEN isfinite(value) THEN value ELSE 0 END
                * CASE WHEN json_exists(CAST(metric AS JSON), '$.rate_of') THEN least_step ELSE 1 END)
                OVER (PARTITION BY metric ORDER BY moment) AS reached
        FROM points, (SELECT min(step) AS least_step FROM steps WHERE step > 0)
    )
    SELECT metric, moment - step AS start, moment AS ended,
        CAST(round(reached) - round(coalesce(lag(reached) OVER (PARTITION BY metric ORDER BY moment), 0)) AS BIGINT)
            AS increase
    FROM amounts
)"""
LOOKED = """
    SELECT count(*) FILTER (value <> round(value)), count(*) FILTER (value < before), count(before)
    FROM (SELECT value, lag(value) OVER (PARTITION BY metric ORDER BY moment) AS before FROM ({points}))
"""


BODIES = {"counters": RAISED, "increases": ADDED}


def body(form: str, source: str) -> str:
    """What is read of an answer of this form, as SQL after FROM."""
    return BODIES[form].format(points=POINTS.format(source=source))


def refuse_nameless(found: Collection[str], path: Path) -> None:
    """An answer of Prometheus in which no series names its counter."""
    if INSTANT in found:
        what = "this is an answer of Prometheus for one moment, and holds no time that passes"
        raise Problem(what, where=str(path), fix="Ask for a range (/api/v1/query_range, step 60 s).")
    if NAMELESS in found:
        what = "this is an answer of Prometheus whose series do not name their counter, as after rate() or increase()"
        raise Problem(what, where=str(path), fix=ASK_SO)


def refuse_rates(connection: Any, source: str, path: Path) -> None:
    """Values under a counter's name that are none of a counter: fractions, or ones that rise and fall."""
    broken, falls, steps = connection.execute(LOOKED.format(points=POINTS.format(source=source))).fetchone()
    if broken:
        what = f"{broken:,} values are no whole numbers: these are no counters, but rates or increases"
        raise Problem(what, where=str(path), fix=ASK_SO)
    if falls >= ENOUGH and falls > MOST_FALLS * steps:
        what = f"values fall in {falls:,} of {steps:,} steps: these are no counters, but rates or increases"
        raise Problem(what, where=str(path), fix=ASK_SO)
