"""How far groups differ from what the step model says of them [log]: found by leave-groups-out.

Chosen with the published rows dealt by group into twelve folds, for the best score of the left-out rows
(how far off, and how honest the deviation). See `pooling` for what the two kinds mean.
"""

from __future__ import annotations

from breakeven.capacity.pooling import EVERYONE, Spreads

SPREADS = Spreads(
    parts={
        "release": 0.19,
        "engine × family": 0.19,
        "family": 0.16,
        "format": 0.11,
        "gpu × gpus": 0.086,
        "mixture × format": 0.07,
        "engine × mixture": 0.058,
        "shape × family": 0.055,
        "gpu × layout": 0.044,
        "layout": 0.03,
        "gpu": 0.025,
    },
    near={
        "shape": 0.16,
        "vendor × engine": 0.13,
        "engine × mixture": 0.11,
        "mixture": 0.096,
        "layout": 0.07,
        "shape × family": 0.07,
        "gpu": 0.06,
        "engine × layout": 0.055,
        "shape × gpu × format": 0.05,
        "engine": 0.035,
        EVERYONE: 0.035,
        "lineage": 0.025,
    },
    noise=0.045,
    reach=1.36,
)
