"""What the lesson is told on: a study, its self-hosted option, and what the case shows of readiness."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from breakeven.problems import Problem
from breakeven.report.pages.parts.columns import called
from breakeven.shipped import shipped_text
from breakeven.study.case.case import Case
from breakeven.study.designs.settle import assess
from breakeven.study.questions.readiness_of_case import readiness_of
from breakeven.study.resolve.serving.readiness_inputs import Examined
from breakeven.study.study import OptionStudy, Study

HELD = ("rented", "owned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A study and the option that the lesson is about: GPUs that are held for the whole load."""

    study: Study
    number: int  # of the option, from 1
    examined: Examined | None  # None: a study without its case

    @property
    def option(self) -> OptionStudy:
        """The option that the lesson is about."""
        return self.study.options[self.number - 1]

    @property
    def called(self) -> str:
        """What that option is called on every page."""
        return called(self.study, self.number)


def material(case: Case) -> Material:
    """The material of a person's own case."""
    return material_of(assess(case), readiness_of(case))


def material_of(study: Study, examined: Examined | None = None) -> Material:
    """The same of a study that is there. Raises `Problem` where no option holds GPUs."""
    held = [i for i, each in enumerate(study.basis.columns) if each.mode in HELD and not each.hybrid]
    held = [i for i in held if study.options[i - 1].gpus]
    if not held:
        fix = "Give the case a GPU offer, or take the lesson on its example."
        raise Problem("no option of this case holds GPUs, so there is nothing to compare", fix=fix)
    return Material(study=study, number=held[0], examined=examined)


@cache
def example() -> Material:
    """The material that ships with it."""
    return material(Case.parse(shipped_text("lesson/example.yaml"), name="example.yaml"))
