"""When work is done by those who do it: one answer for the decision and for the plan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

DUST = 1e-9


def first_month_after(person_months: float, available: Sequence[float]) -> int | None:
    """The first month, counted from 0, that begins with the work done; None: none of these months does.

    `available`: person-months that the team has in each month.
    """
    before = np.concatenate([[0.0], np.cumsum(available)[:-1]])
    done = np.flatnonzero(before >= person_months - DUST)
    return int(done[0]) if done.size else None
