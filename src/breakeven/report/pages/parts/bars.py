"""Small pictures made of block characters: a line of bars, and bars several lines high."""

from __future__ import annotations

from collections.abc import Sequence

STEPS = " ▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float]) -> str:
    """One character a value, from nothing to the largest; what is not nothing is never blank."""
    top = max(values, default=0.0)
    return "".join(_step(each / top * 8 if top else 0.0) for each in values)


def bars(values: Sequence[float], lines: int) -> list[str]:
    """The same, several lines high, the top line first."""
    top = max(values, default=0.0)
    heights = [each / top * 8 * lines if top else 0.0 for each in values]
    return ["".join(_part(each, line) for each in heights) for line in reversed(range(lines))]


def _part(height: float, line: int) -> str:
    inside = height - 8 * line
    return STEPS[0] if inside <= 0 and line else _step(min(inside, 8.0))


def _step(height: float) -> str:
    return STEPS[max(1, round(height))] if height > 0 else STEPS[0]
