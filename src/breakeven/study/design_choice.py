"""How a design came to be the one that a study stands on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignChoice:
    """How the design was found, where the case left it open. `behind`: what the next best is worth less."""

    design: str
    looked_at: int
    replayed: int
    next_best: str | None = None
    behind: float | None = None
