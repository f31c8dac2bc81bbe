"""What a drag on the dashboard costs, on the shipped examples, against one evaluation of all their options.

Every answer is another one, as when somebody drags: nothing that an answer keeps helps the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

from benchmarks.measure import ratio, versus

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*/case.yaml"))
POINTS, EVALUATIONS = 20, 100  # of each in one timing


@cache
def prepared(case: Path):
    """An example, resolved once."""
    from breakeven.study.recomputing.prepared import prepare

    return prepare(case)


@cache
def evaluation(case: Path) -> Callable[[], object]:
    """One evaluation of every line for all options of an example, its fleets and bases fitted."""
    from breakeven.study.recomputing.fitting import fitted

    return fitted(prepared(case), {}).comparison.evaluate


def dearer() -> Iterator[dict[str, float]]:
    """Engineers who cost a dollar more each time."""
    return ({"engineer_cost_per_year": 150_000.0 + more} for more in count())


@ratio(limit=6)
def a_point_against_one_evaluation() -> float:
    from breakeven.study.recomputing.point import point

    changes = dearer()

    def points(case: Path) -> None:
        for _ in range(POINTS):
            point(prepared(case), next(changes))

    return max(against(case, points) for case in EXAMPLES) / POINTS


@ratio(limit=300)  # 120 to 270 on the examples: a whole fleet of our own has most crossings
def the_second_tier_against_one_evaluation() -> float:
    from breakeven.study.recomputing.tiers import closer

    changes = dearer()

    def one(case: Path) -> None:
        closer(prepared(case), next(changes))

    return max(against(case, one) for case in EXAMPLES)


def against(case: Path, ours: Callable[[Path], None]) -> float:
    """The time of ours over that of one evaluation."""
    one = evaluation(case)

    def evaluations() -> None:
        for _ in range(EVALUATIONS):
            one()

    return versus(lambda: ours(case), evaluations) * EVALUATIONS
