"""One published figure beside ours, and a published case with all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from breakeven.numbers.inputs import Source

Finding = Literal["reproduces", "contradicts itself", "left out", "does not reproduce"]
FINDINGS: tuple[Finding, ...] = get_args(Finding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """Theirs (None: they give no number) and ours. `within`: how far apart the two may be to be the same."""

    case: str
    row: str
    column: str
    unit: str
    published: float | None
    ours: float
    within: float | None
    finding: Finding
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """A published case: its figures, and in words what it does not count."""

    title: str
    source: Source
    figures: tuple[Reproduction, ...]
    left_out: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries, lists, numbers and strings."""
        return {
            "title": self.title,
            "source": asdict(self.source),
            "figures": [asdict(each) for each in self.figures],
            "left_out": list(self.left_out),
        }


def counted(figures: Iterable[Reproduction]) -> dict[Finding, int]:
    """How many figures of each finding, all findings named."""
    found = Counter(each.finding for each in figures)
    return {finding: found[finding] for finding in FINDINGS}
