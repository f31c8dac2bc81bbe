"""The rows of shadow logs as pairs of answers: read once by DuckDB, in bounded memory, and handed out in order of time.

What stands in `Units`: one unit is a pair, or the mean of all pairs of one session, template or user on one day. A
value that does not apply is NaN. `score` is the candidate's, `reference` what it is held against, `noise` how far the
API is from itself. By intention to treat: who was tried and failed scores 0, also when another arm answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from breakeven.demand.log.engine.embedded import embedded
from breakeven.demand.log.format.json_rows import source
from breakeven.demand.log.format.paths import literal
from breakeven.demand.log.libraries import as_numpy, duckdb
from breakeven.files import ordinary
from breakeven.problems import Problem
from breakeven.proof.records.row import API, NOISE, SELF
from breakeven.shipped import shipped_text

Score = Literal["agreement", "same-answer", "accepted", "valid-json", "judged"]
Cluster = Literal["none", "session", "template", "user"]
Columns = Mapping[str, npt.NDArray[np.float64]]
BATCH = 65_536  # units handed out at once
MEMORY = "2GB"  # ten million pairs; what does not fit goes to a temporary folder
SINGLE = (
    "score", "reference", "noise", "failed", "failed_control", "invalid", "invalid_control", "seconds", "first_token",
    "per_token",
)  # fmt: skip
TEXTS = (
    "trace", "pair", "arm", "assigned", "role", "workload", "stratum", "user", "session", "template", "error",
    "answer_hash", "compared_with",
)  # fmt: skip
NUMBERS = ("prompt_tokens", "completion_tokens", "cached_tokens", "cost", "word_overlap", "fields_agreeing")
FLAGS = ("empty", "refusal", "json_asked", "json_valid")
ARM = {  # what is kept of an arm's rows of one request; a retry that succeeded is a success, one logged twice is one
    "rows": "count(*) FILTER ({mine})",
    "ok": "bool_or(error IS NULL) FILTER ({mine})",
    "gone": "bool_and(coalesce(error, '') = 'cancelled') FILTER ({mine})",
    "refused": "bool_and(coalesce(error, '') = 'refused') FILTER ({mine})",
    "started": "min(epoch_us(started)) FILTER ({mine})",
    "took_us": "min(took) FILTER ({good})",
    "waited_us": "min(waited) FILTER ({good} AND waited >= 0)",
    "input": "min(prompt_tokens) FILTER ({good})",
    "output": "min(completion_tokens) FILTER ({good})",
    "cost": "max(cost) FILTER ({mine})",
    "hash": "min(hash(answer_hash)) FILTER ({good})",
    "empty": "bool_and(empty) FILTER ({good})",
    "refusal": "bool_and(refusal) FILTER ({good})",
    "json_asked": "bool_or(json_asked) FILTER ({good})",
    "json_valid": "bool_or(json_valid) FILTER ({good})",
    "compared": "min(compared_with) FILTER ({good})",
    "overlap": "min(coalesce(fields_agreeing, word_overlap)) FILTER ({good})",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for: the arms, which score, which rows belong together. `judged`: a file of a judge's scores."""

    candidate: str = SELF
    control: str = API
    noise: str = NOISE
    score: Score = "accepted"
    cluster: Cluster = "none"
    judged: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLog:
    """A log that has been read into pairs, as long as its connection lives."""

    connection: Any
    asked: Asked


@contextmanager
def paired(paths: Sequence[Path], asked: Asked, memory_limit: str | None = None) -> Iterator[PairLog]:
    """Read the files once. Raises `Problem` for a file that cannot be read, and where the memory does not suffice."""
    with embedded(memory_limit or MEMORY) as (connection, _), _enough_memory():
        raw = connection.con
        raw.execute("SET enable_progress_bar = false")
        making, measuring = shipped_text("proof/records/pairs.sql").split("-- next\n")
        cluster = "CAST(NULL AS VARCHAR)" if asked.cluster == "none" else f'"{asked.cluster}"'
        raw.execute(making.format(source=source(paths, "lines", _columns()), cluster=cluster, arms=_arms(asked)))
        score, reference, noise = _scores(asked.score)
        if asked.score == "judged":
            raw.execute(f"CREATE TEMP TABLE judge AS {_judge(asked.judged)}")
        raw.execute(measuring.format(candidate=literal(asked.candidate), score=score, reference=reference, noise=noise))
        yield PairLog(connection=raw, asked=asked)


@contextmanager
def _enough_memory() -> Iterator[None]:
    try:
        yield
    except duckdb().OutOfMemoryException:
        fix = "Give more: --memory-limit 4GB."
        raise Problem("the memory does not suffice for this log", where="--memory-limit", fix=fix) from None


def workloads(log: PairLog) -> tuple[str, ...]:
    """The workloads that have rows of either arm."""
    found = log.connection.execute("SELECT DISTINCT workload FROM measured ORDER BY 1").fetchall()
    return tuple(name for (name,) in found)


def strata(log: PairLog, workload: str) -> tuple[str, ...]:
    """The strata of a workload's pairs, the first seen first."""
    asked = "SELECT stratum FROM measured WHERE workload = ? AND paired AND stratum <> '' GROUP BY 1 ORDER BY min(done)"
    return tuple(name for (name,) in log.connection.execute(asked, [workload]).fetchall())


def units(log: PairLog, workload: str, known: Sequence[str] = ()) -> Iterator[Columns]:
    """The paired units of a workload in order of time: the columns of `SINGLE`, `day`, `stratum` (-1: none), `pairs`.

    `known`: names of strata; `stratum` is the place of a unit's own among them. Sorted day by day: a whole log would
    not fit into the memory.
    """
    places = f"coalesce(list_position({_list(known)}, stratum), 0) - 1"
    if log.asked.cluster == "none":
        chosen = ", ".join(f"coalesce({name}, 'nan'::DOUBLE)::DOUBLE AS {name}" for name in SINGLE)
        body = f"SELECT {chosen}, day, ({places})::DOUBLE AS stratum, 1::DOUBLE AS pairs, done, hash(pair) AS tie"
        body += " FROM measured WHERE workload = ? AND paired"
    else:
        chosen = ", ".join(f"coalesce(avg({name}), 'nan'::DOUBLE) AS {name}" for name in SINGLE)
        body = f"SELECT {chosen}, day, min({places})::DOUBLE AS stratum, count(*)::DOUBLE AS pairs, max(done) AS done"
        body += ", hash(cluster) AS tie FROM measured WHERE workload = ? AND paired GROUP BY day, cluster"
    log.connection.execute(f"CREATE OR REPLACE TEMP TABLE unit AS {body}", [workload])
    days = log.connection.execute("SELECT DISTINCT day FROM unit ORDER BY 1").fetchall()
    shown = ", ".join((*SINGLE, "day::DOUBLE AS day", "stratum", "pairs"))
    for (day,) in days:
        of_day = f"SELECT {shown} FROM unit WHERE day = ? ORDER BY done, tie"  # noqa: S608 - names of ours
        for batch in log.connection.sql(of_day, params=[day]).to_arrow_reader(BATCH):
            yield {name: as_numpy(batch.column(name)) for name in (*SINGLE, "day", "stratum", "pairs")}


def _columns() -> str:
    kinds = dict.fromkeys(TEXTS, "VARCHAR") | dict.fromkeys(NUMBERS, "DOUBLE") | dict.fromkeys(FLAGS, "BOOLEAN")
    kinds |= dict.fromkeys(("started", "first_token", "ended"), "TIMESTAMPTZ") | {"schema": "INTEGER"}
    return "{" + ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kinds.items()) + "}"


def _arms(asked: Asked) -> str:
    """The columns of the three arms: c the candidate, k the control, n the API again."""
    found = []
    for letter, arm in (("c", asked.candidate), ("k", asked.control), ("n", asked.noise)):
        mine = f"part = {literal(arm)}"
        for name, told in ARM.items():
            found.append(f"{told.format(mine=mine, good=f'{mine} AND error IS NULL')} AS {letter}_{name}")
    return ",\n    ".join(found)


def _scores(score: Score) -> tuple[str, str, str]:
    """The candidate's score, what it is held against, and how far the API is from itself, as SQL."""
    both = "c_took AND k_took AND NOT nobodys"
    if score == "judged":
        return "(SELECT score FROM judge WHERE judge.pair = known.pair)", "0.0", "CAST(NULL AS DOUBLE)"
    if score in {"agreement", "same-answer"}:
        alike = _overlap if score == "agreement" else _same
        candidate, again = (
            f"CASE WHEN {both} AND k_ok AND n_rows > 0 THEN "
            f"CASE WHEN coalesce({arm}_ok, false) THEN {alike(arm)} ELSE 0 END END"
            for arm in ("c", "n")
        )
        return candidate, again, f"1 - ({again})"
    flag, when = (
        ("accepted", both) if score == "accepted" else ("json_valid", f"{both} AND (c_json_asked OR k_json_asked)")
    )
    of = [f"CASE WHEN {when} THEN coalesce({arm}_{flag}, false)::DOUBLE END" for arm in ("c", "k", "n")]
    return of[0], of[1], f"CASE WHEN n_rows > 0 THEN ({of[2]}) - ({of[1]}) END"


def _overlap(arm: str) -> str:
    """How far an answer agrees with the control's, on the row of whichever came later."""
    return f"coalesce({arm}_overlap, CASE WHEN {arm}_compared IS NULL THEN k_overlap END)"


def _same(arm: str) -> str:
    return f"({arm}_hash = k_hash)::DOUBLE"


def _judge(path: Path | None) -> str:
    """One score a pair: the mean where it was judged in both orders."""
    if path is None:
        fix = "Make it with `breakeven shadow score`, and name it with --judged."
        raise Problem("the scores are registered as judged, and no file of them is named", fix=fix)
    ordinary(path)
    columns = "{'pair': 'VARCHAR', 'score': 'DOUBLE'}"
    scored = f"FROM {source([path], 'lines', columns)} WHERE pair IS NOT NULL AND score BETWEEN -1 AND 1"
    return f"SELECT pair, avg(score) AS score {scored} GROUP BY 1"


def _list(names: Sequence[str]) -> str:
    return "[" + ", ".join(map(literal, names)) + "]::VARCHAR[]"
