"""The scores of one model by one metric, item by item, out of an evaluation's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from breakeven.problems import Problem, nearest
from breakeven.study.resolve.evidence.rows import ScoredRow

USUAL = "score"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """A model's mean score of each item, equal to itself alone. `repeated`: items with several answers; `without`:
    items without a score.
    """

    model: str
    metric: str
    by_item: Mapping[str, float]
    repeated: int
    without: int


def scores_of(rows: Sequence[ScoredRow], file: str, *, model: str | None, metric: str | None) -> Scores:
    """The scores of one model. Raises `Problem` where the file holds several models or metrics and none is named."""
    mine = _of_model(rows, file, model)
    chosen = _metric(mine, file, metric)
    by_item: dict[str, list[float]] = defaultdict(list)
    without: set[str] = set()
    for row in mine:
        if chosen not in row.scores:
            continue  # another view of the same answer, such as another filter
        value = row.scores[chosen]
        if value is None or not row.item:
            without.add(row.item)
        else:
            by_item[row.item].append(value)
    return Scores(
        model=mine[0].model,
        metric=chosen,
        by_item={item: fmean(values) for item, values in by_item.items()},
        repeated=sum(len(values) > 1 for values in by_item.values()),
        without=len(without - by_item.keys()),
    )


def _of_model(rows: Sequence[ScoredRow], file: str, model: str | None) -> list[ScoredRow]:
    known = list(dict.fromkeys(row.model for row in rows))
    if model is None:
        if len(known) > 1:
            fix = "Name ours as scored_as, and today's as today_scored_as."
            raise Problem(f"{file} holds scores of {_listed(known)}", fix=fix)
        return list(rows)
    mine = [row for row in rows if row.model.lower() == model.lower()]
    if not mine:
        hint = nearest(model, known)
        raise Problem(f'{file} holds no scores of "{model}"', fix=f"{hint} It holds {_listed(known)}.".strip())
    return mine


def _metric(rows: Sequence[ScoredRow], file: str, metric: str | None) -> str:
    known = list(dict.fromkeys(name for row in rows for name in row.scores))
    if metric is not None:
        if metric not in known:
            raise Problem(
                f'{file} holds no score "{metric}"', fix=f"{nearest(metric, known)} It holds {_listed(known)}."
            )
        return metric
    if USUAL in known:
        return USUAL
    if not known:
        raise Problem(
            f"{file} holds no score", fix="A score is a number such as 0.9 or 90%, or a word: pass, fail, C, I."
        )
    if len(known) > 1:
        raise Problem(f"{file} holds {_listed(known)}", fix="Name one of them as metric.")
    return known[0]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name or "a model without a name" for name in names)
