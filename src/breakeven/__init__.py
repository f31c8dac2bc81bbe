"""breakeven: keep buying LLM tokens, serve open weights yourself, or own the base load and burst.

A case in, a study out: `assess(Case.load("case.yaml"))`.
"""

from importlib import import_module
from typing import Any

__all__ = [
    "Case",
    "Problem",
    "Problems",
    "Study",
    "assess",
    "by_year",
    "explain_line",
    "find_designs",
    "judge",
    "judge_shadow",
    "knowing",
    "origin",
    "plan_migration",
    "point",
    "prepare",
    "turning",
]

_HOMES = {
    "Case": "breakeven.study.case.case",
    "Problem": "breakeven.problems",
    "Problems": "breakeven.problems",
    "Study": "breakeven.study.study",
    "assess": "breakeven.notebook.calls",
    "by_year": "breakeven.decision.finance.statements",
    "explain_line": "breakeven.study.questions.explain",
    "find_designs": "breakeven.notebook.calls",
    "judge": "breakeven.study.judge.assess",
    "judge_shadow": "breakeven.notebook.calls",
    "knowing": "breakeven.study.questions.value_of_information",
    "origin": "breakeven.study.questions.provenance",
    "plan_migration": "breakeven.notebook.calls",
    "point": "breakeven.notebook.calls",
    "prepare": "breakeven.study.recomputing.prepared",
    "turning": "breakeven.study.questions.flips",
}


def __getattr__(name: str) -> Any:
    """Public names are loaded when they are first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'breakeven' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
