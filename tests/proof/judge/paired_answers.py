"""Made-up comparisons of two answers to one request."""

from __future__ import annotations

import numpy as np


def differences(mean: float, discordant: float, pairs: int, seed: int) -> np.ndarray:
    """Wins, ties and losses with this mean, this share of them not ties."""
    drawn = np.random.default_rng(seed).random(pairs)
    wins = (discordant + mean) / 2
    return np.where(drawn < wins, 1.0, np.where(drawn < discordant, -1.0, 0.0))
