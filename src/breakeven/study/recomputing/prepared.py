"""What stays while inputs are changed: a case resolved once, with every way to buy that comes into question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np

from breakeven.decision.answers.flips import LOWEST, RATES, STRUCTURE
from breakeven.decision.readiness.gates import Judged
from breakeven.numbers.inputs import expected
from breakeven.numbers.operations import OPTION, Value, along
from breakeven.study.case.case import Case
from breakeven.study.case.kinds import LARGEST
from breakeven.study.case.sections import Bounds, bounds
from breakeven.study.designs.settle import settled
from breakeven.study.judge.basis import basis_of
from breakeven.study.judge.bought import with_hosts
from breakeven.study.judge.left_open import SPEED
from breakeven.study.modes import HELD
from breakeven.study.register import flips_from_zero
from breakeven.study.resolve.resolve import Resolved
from breakeven.study.study import Basis

MOST_A_MONTH = 1.0  # a rate that doubles something every month
VOLUME = "volume_scale"  # multiples of the plan's volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Changeable:
    """Where an input stands, told by its largest element, and between which values it may be put."""

    unit: str
    stands: float
    bounds: Bounds


@dataclass(frozen=True, kw_only=True, eq=False)
class Prepared:
    """A case, its design chosen, and what its study rests on before fleets and contracts are fitted to the inputs.

    It can be pickled, so that another process may answer from it. `basis` has no base with burst yet.
    """

    resolved: Resolved
    basis: Basis

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """Every input that is drawn at its mean, all others at what is likely of them."""
        return expected(self.basis.inputs)

    @cached_property
    def judged(self) -> dict[tuple[int, ...], tuple[Judged, ...]]:
        """What the gates say, by which columns stand beside each other: it is found once and kept."""
        return {}

    @cached_property
    def changeable(self) -> Mapping[str, Changeable]:
        """The inputs that may be changed, by name. What the case has nothing of is left out."""
        inputs, values = self.basis.inputs, self.values
        found = {
            name: Changeable(unit=one.unit, stands=float(np.max(values[name])), bounds=within(name))
            for name, one in inputs.items()
            if one.kind != "constant" and name not in STRUCTURE
            if np.any(values[name]) or name in flips_from_zero()
        }
        return found | {VOLUME: Changeable(unit=inputs[VOLUME].unit, stands=1.0, bounds=Bounds(open_below=True))}


def within(name: str) -> Bounds:
    """Between which values an input may be put: as in a case, where its meaning does not set narrower ones."""
    its = bounds(name)
    its = replace(its, greatest=min(its.greatest, LARGEST))
    if name == SPEED:
        return replace(its, open_below=True)
    least = LOWEST.get(name, its.least)
    its = replace(its, least=least, open_below=False) if least > its.least else its
    return replace(its, greatest=min(its.greatest, MOST_A_MONTH)) if name in RATES else its


def with_fleet(found: Prepared, replicas: int) -> Prepared:
    """As if the case had stated its fleet: so many replicas wherever we hold the GPUs, and peaks above them burst."""
    columns = tuple(replace(each, fixed=each.mode in HELD) for each in found.basis.columns)
    held = along(OPTION, [float(each.fixed) for each in columns])
    fleets = np.where(held > 0, float(replicas), found.basis.fleets)
    return replace(found, basis=replace(found.basis, columns=columns, fleets=fleets))


def prepare(case: Case | Path | str, as_of: date | None = None) -> Prepared:
    """A case, or the case of a file, resolved on its best design: its log is read here and not again.

    Raises `Problem`.
    """
    return prepare_resolved(settled(case if isinstance(case, Case) else Case.load(case, as_of=as_of)))


def prepare_resolved(resolved: Resolved) -> Prepared:
    """The same of a case that is resolved already."""
    return Prepared(resolved=resolved, basis=with_hosts(basis_of(resolved, version("breakeven"))))
