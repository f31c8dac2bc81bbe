"""The lesson: its parts in order, on any material."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from breakeven.lesson.cost import side_by_side, whole_cost
from breakeven.lesson.material import Material
from breakeven.lesson.moving import hybrid, readiness
from breakeven.lesson.parts import Part
from breakeven.lesson.turning import break_even

MAKERS: Mapping[str, Callable[[Material], Part]] = {
    each.__name__: each for each in (whole_cost, side_by_side, break_even, readiness, hybrid)
}
PARTS = tuple(MAKERS)


def lesson(material: Material) -> tuple[Part, ...]:
    """Every part, in the order in which they build on each other."""
    return tuple(make(material) for make in MAKERS.values())
