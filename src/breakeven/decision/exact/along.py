"""One line of a model as a function of one input: exact stretches in fractions, quick ones in floats."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from numbers import Integral

import numpy as np

from breakeven.decision.exact.between import bounds
from breakeven.decision.exact.reach import FarOut, NotSure, Reach
from breakeven.decision.exact.tails import STILL, Tail
from breakeven.decision.exact.tracing import AnyPath, NotAffine, Path, Trace
from breakeven.numbers.distributions import Floats
from breakeven.numbers.lines import Model, Values
from breakeven.numbers.operations import MONTH, SCENARIO, Value, along

WALKS = {"cumulative", "previous"}  # operations along the months need all of them
PROBES = (1.0, 12345.678)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A straight stretch on (start, end]; `value` is just right of the start. `end` None: no further kink."""

    start: Fraction
    end: Fraction | None
    value: Fraction
    slope: Fraction

    @property
    def value_at_end(self) -> Fraction | None:
        """The value at the end, or None when the stretch has none."""
        return None if self.end is None else self.value + self.slope * (self.end - self.start)


def exactly(value: Value) -> Value:
    """Floats as the decimal fraction they print as: 0.1 is one tenth. Arrays become arrays of fractions."""
    if isinstance(value, np.ndarray):
        return value if value.dtype == object else np.frompyfunc(exactly, 1, 1)(value)
    if isinstance(value, Integral):
        return Fraction(int(value))
    return value if isinstance(value, Fraction) else Fraction(repr(float(value)))


def inexactly(value: Value) -> Value:
    """Fractions as floats."""
    return value.astype(float) if isinstance(value, np.ndarray) else float(value)


def narrow(value: Value) -> Value:
    """An array that is the same in every month, one month wide."""
    if isinstance(value, np.ndarray) and value.shape[MONTH] > 1 and np.all(value == value[..., :1]):
        return value[..., :1]
    return value


class Along:
    """One line of a model along one input, everything else held at its given value.

    `option` picks the element where the line still has an option axis. Raises `NotAffine` when the line is not
    piecewise straight in the input (it passes through a power or a product). `known`: lines already evaluated at the
    given values, in floats.
    """

    def __init__(
        self, model: Model, given: Values, *, wanted: str, name: str, option: int = 0, known: Values | None = None
    ) -> None:
        self.model, self.wanted, self.name, self.option = model, wanted, name, option
        self.given = {line: value for line, value in given.items() if line != name}
        order = model.ancestors([wanted], {*self.given, name})
        moved = {name}
        for line in order:
            if not moved.isdisjoint(model.lines[line].needs):
                moved.add(line)
        self.moving = [line for line in order if line in moved]
        for line in self.moving:
            if not model.lines[line].exact:
                raise NotAffine(f'Line "{line}" depends on "{name}" and is not exact.')
        self.order = order
        self.inexact = self._inexact(known or {})
        self._narrowed: set[str] = set()

    def _inexact(self, known: Values) -> dict[str, Value]:
        """What the moving lines need and does not move, in floats."""
        lines = self.model.lines
        needed = {need for line in self.moving for need in lines[line].needs} | {self.wanted}
        steady = [line for line in self.order if line not in self.moving]
        if all(line in known for line in steady):
            values = {line: self.given[line] for line in needed & self.given.keys()}
            return {line: inexactly(value) for line, value in values.items() if value is not None} | {
                line: known[line] for line in steady if line in needed
            }
        given = {line: inexactly(value) for line, value in self.given.items() if value is not None}
        values = given | self.model.evaluate(given, steady)
        return {line: value for line, value in values.items() if line in needed}

    @cached_property
    def fixed(self) -> dict[str, Value]:
        """What does not move, in fractions. Lines that are not exact are computed in floats and then kept exactly."""
        lines = self.model.lines
        needed = {need for line in self.order for need in lines[line].needs} | {self.wanted}
        fixed = {line: exactly(value) for line, value in self.given.items() if line in needed}
        for line in (line for line in self.order if line not in self.moving):
            values = [fixed[need] for need in lines[line].needs]
            exact = lines[line].exact
            fixed[line] = (
                lines[line].compute(*values) if exact else exactly(lines[line].compute(*map(inexactly, values)))
            )
        return fixed | {line: narrow(fixed[line]) for line in self._narrowed if line in fixed}

    def slim(self) -> None:
        """Carry months that are all alike as one, where that changes nothing. It pays for who asks many times."""
        used = {line: set(self.model.lines[line].compute.__code__.co_names) for line in self.moving}
        if any(names & WALKS for names in used.values()):
            return
        totals = {need for line in self.moving if "MONTH" in used[line] for need in self.model.lines[line].needs}
        slim = {line: value if line in totals else narrow(value) for line, value in self.inexact.items()}
        slimmer = {line for line in slim if np.shape(slim[line]) != np.shape(self.inexact[line])}
        probes = along(SCENARIO, PROBES)
        if slimmer and np.allclose(
            self._through(probes, slim), self._through(probes, self.inexact), rtol=1e-12, atol=0
        ):
            self._narrowed, self.inexact = slimmer, slim

    @cached_property
    def by_month(self) -> bool:
        """Whether most of what moves is another in every month, so that exact stretches cost as much as all of them."""
        values: dict[str, Value] = {self.name: PROBES[0]}
        for each in self.moving:
            line = self.model.lines[each]
            needs = (values[need] if need in values else self.inexact[need] for need in line.needs)
            values[each] = line.compute(*needs)
        wide = [each for each in self.moving if np.ndim(values[each]) and np.shape(values[each])[MONTH] > 1]
        return 2 * len(wide) > len(self.moving)

    def _through(self, x: Value, fixed: Values) -> Value:
        values = {self.name: x}
        for each in self.moving:
            line = self.model.lines[each]
            values[each] = line.compute(*(values[need] if need in values else fixed[need] for need in line.needs))
        return values[self.wanted] if self.wanted in values else fixed[self.wanted]

    def _pick(self, value: Value) -> Value:
        """The one number, or the one along the scenario axis, of this option."""
        if not isinstance(value, np.ndarray):
            return value
        option = self.option if value.shape[-3] > 1 else 0
        return value[0, 0, option, :, 0] if value.shape[-2] > 1 else value[0, 0, option, 0, 0]

    def at(self, x: Fraction) -> Segment:
        """The exact straight stretch that begins just right of x."""
        path = Path()
        result = self._through(Trace(path, x, Fraction(1)), self.fixed)
        value, slope = (result.value, result.slope) if isinstance(result, Trace) else (result, Fraction(0))
        end = None if path.room is None else x + path.room
        return Segment(start=x, end=end, value=exactly(self._pick(value)), slope=exactly(self._pick(slope)))

    def value(self, x: float) -> float:
        """The line's value at x, in floats."""
        return float(self._pick(self._through(x, self.inexact)))

    def values(self, x: Value) -> Value:
        """The line at many points (points,), in floats."""
        return self._pick(self._through(along(SCENARIO, x), self.inexact))

    def traced(self, path: AnyPath, x: Value, slope: Value) -> tuple[Value, Value]:
        """Value and slope at many points at once, in floats, along the scenario axis."""
        result = self._through(Trace(path, x, slope), self.inexact)
        if not isinstance(result, Trace):
            return self._pick(result), 0.0
        return self._pick(result.value), self._pick(result.slope)

    def bounds(self, start: Floats, end: Floats) -> tuple[Floats, Floats]:
        """The least and the most that the line may be on each stretch, in floats."""
        least, most = map(self._pick, bounds(start, end, lambda x: self._through(x, self.inexact)))
        return np.broadcast_to(least, start.shape), np.broadcast_to(most, start.shape)

    def tail(self) -> FarOut:
        """How the line behaves beyond some point, without looking at every step.

        Of a line that is another in every month, which no more than floats can discount, floats serve where they are
        sure.
        """
        if self.by_month:
            try:
                far = self._far(Reach(rough=True), self.inexact)
            except NotSure:
                far = None
            if far is not None and far.sign is not None:
                return far
        return self._far(Reach(), self.fixed)

    def _far(self, reach: Reach, fixed: Values) -> FarOut:
        try:
            result = self._through(Tail(reach, 1.0 if reach.rough else Fraction(1), STILL, STILL), fixed)
        except NotAffine:
            return FarOut(beyond=Fraction(0), sign=None)
        if not isinstance(result, Tail):
            return FarOut(beyond=Fraction(0), sign=sign_of(self._pick(result)))
        slope, low, high = (exactly(self._pick(part)) for part in (result.slope, result.low, result.high))
        if slope:
            beyond = max(reach.value, -low / slope if slope > 0 else -high / slope)
            return FarOut(beyond=beyond, sign=sign_of(slope))
        if low == high or sign_of(low) == sign_of(high):
            return FarOut(beyond=reach.value, sign=sign_of(low))
        return FarOut(beyond=reach.value, sign=None, period=None if reach.rough else reach.period())


def sign_of(value: Fraction | None) -> int:
    """-1, 0 or 1."""
    return 0 if value is None else (value > 0) - (value < 0)
