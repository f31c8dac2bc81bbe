"""What stands beside a study in the board pack: readiness where the case answers its questions, and the plan."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.decision.readiness.readiness import Readiness
from breakeven.plan.plan import Plan, make_plan
from breakeven.plan.program import Limits
from breakeven.problems import Problem, Problems, listed
from breakeven.study.planning.portfolio_of_case import planned_of
from breakeven.study.questions.plan_beside import with_same_weights
from breakeven.study.resolve.resolve import Resolved
from breakeven.study.study import Study

SEARCH_SECONDS = 30.0  # for each of the two searches


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """`readiness` None: the case says nothing of it, so it was not examined. `no_plan`: why there is no plan."""

    readiness: Readiness | None = None
    plan: Plan | None = None
    no_plan: str = ""


def beside(found: Resolved, study: Study) -> Beside:
    """What a case gives beside its study. A case that cannot be planned says why, and has everything else."""
    readiness = found.examined.readiness if found.examined else None
    try:
        folio = planned_of(found)
        portfolio = with_same_weights(folio.portfolio, study, found.case)
        plan = make_plan(portfolio, limits=Limits(seconds=SEARCH_SECONDS), quality=folio.quality)
    except (Problem, Problems) as problem:
        said = "; ".join(f"{each['what']}. {each['fix']}".strip() for each in listed(problem))
        return Beside(readiness=readiness, no_plan=said)
    return Beside(readiness=readiness, plan=plan)
