"""What stands beside a study in the board pack: readiness, where the case answers its questions."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.decision.readiness import Readiness
from breakeven.study.case import Case
from breakeven.study.examining import readiness_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """None: the case says nothing of it, so it was not examined."""

    readiness: Readiness | None = None


def beside(case: Case) -> Beside:
    """What a case gives beside its study."""
    found = readiness_of(case)
    return Beside(readiness=found.readiness if found.stated else None)
