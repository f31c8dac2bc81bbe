"""The types of the public names, which are loaded when they are first asked for."""

from breakeven.decision.finance.statements import by_year as by_year
from breakeven.notebook.calls import assess as assess
from breakeven.notebook.calls import find_designs as find_designs
from breakeven.notebook.calls import judge_shadow as judge_shadow
from breakeven.notebook.calls import plan_migration as plan_migration
from breakeven.notebook.calls import point as point
from breakeven.problems import Problem as Problem
from breakeven.problems import Problems as Problems
from breakeven.study.case.case import Case as Case
from breakeven.study.judge.assess import judge as judge
from breakeven.study.questions.explain import explain_line as explain_line
from breakeven.study.questions.flips import turning as turning
from breakeven.study.questions.provenance import origin as origin
from breakeven.study.questions.value_of_information import knowing as knowing
from breakeven.study.recomputing.prepared import prepare as prepare
from breakeven.study.study import Study as Study

__all__: list[str]
