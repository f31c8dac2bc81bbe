"""How far groups differ from what the step model says of them [log]: found by leave-groups-out.

Chosen with the published rows dealt by group into 24 folds, for the best score of the left-out rows (how far
off, and how honest the deviation), large spreads at a price. See `pooling` for what the two kinds mean.
"""

from __future__ import annotations

from breakeven.capacity.step_model.pooling import EVERYONE, Spreads

SPREADS = Spreads(
    parts={
        "engine × family": 0.19,
        "release": 0.094,
        "gpu × gpus": 0.086,
        "family": 0.079,
        "format": 0.055,
        "shape × family": 0.055,
        "mixture × format": 0.035,
        "engine × mixture": 0.029,
        "gpu × layout": 0.022,
        "layout": 0.015,
        "gpu": 0.012,
    },
    near={
        "shape": 0.079,
        "shape × family": 0.07,
        "vendor × engine": 0.065,
        "gpu": 0.06,
        "engine × layout": 0.055,
        "engine × mixture": 0.055,
        "mixture": 0.048,
        "layout": 0.035,
        "shape × gpu × format": 0.025,
        "engine": 0.017,
        EVERYONE: 0.017,
        "lineage": 0.012,
    },
    noise=0.045,
    reach=1.36,
)
