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
    "judge",
    "knowing",
    "origin",
    "turning",
]

_HOMES = {
    "Case": "breakeven.study.case.case",
    "Problem": "breakeven.problems",
    "Problems": "breakeven.problems",
    "Study": "breakeven.study.study",
    "assess": "breakeven.study.designs.settle",
    "by_year": "breakeven.decision.finance.statements",
    "explain_line": "breakeven.study.questions.explain",
    "judge": "breakeven.study.judge.assess",
    "knowing": "breakeven.study.questions.value_of_information",
    "origin": "breakeven.study.questions.provenance",
    "turning": "breakeven.study.questions.flips",
}


def __getattr__(name: str) -> Any:
    """Public names are loaded when they are first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'breakeven' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
