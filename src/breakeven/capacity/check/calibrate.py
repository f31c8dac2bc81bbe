"""`make calibrate`: fits the step model to the published rows, checks it on rows left out, writes both down.

Writes capacity/data/fitted.yaml (constants, effects of groups, width of the band, and the hash of what they
were fitted to) and docs/method/throughput-check.md (how good it is, also where it is bad).
"""

from __future__ import annotations

import datetime
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from breakeven.capacity.check.calibration_report import Checked, page
from breakeven.capacity.check.own_check import own_check
from breakeven.capacity.step_model.constants import CONSTANTS, EFFECTS
from breakeven.capacity.step_model.cross_validation import LeftOut, Table, folds, left_out, widened
from breakeven.capacity.step_model.fit import Fitted, fit
from breakeven.capacity.step_model.levels import columns_of
from breakeven.capacity.step_model.pooling import SPREADS
from breakeven.capacity.step_model.predictor import published_table
from breakeven.capacity.step_model.widths import Widths
from breakeven.facts import catalog
from breakeven.numbers.inputs import P95
from breakeven.outputs import write as write_whole

HELD = 0.80  # share of left-out measurements inside the band
FIFTHS = 5  # folds: as if a fifth of all groups were new at once, relatives among them
NOVEL = {  # what is new at once, and the factor whose levels are left out
    "publications and engine versions left out": "release",
    "engines left out": "engine",
    "GPUs left out": "gpu",
    "GPU generations left out": "family",
    "families of models left out": "lineage",
}
NOVEL_COUNTS = 0.2  # rows of such a cut against one of groups: they say how wide novelty is, less how wide a group is
SOURCES = Path(__file__).parents[2]
FITTED = SOURCES / "capacity" / "data" / "fitted.yaml"
REPORT = SOURCES.parents[1] / "docs" / "method" / "throughput-check.md"
HEAD = "# Written by `make calibrate`; do not edit. What the constants mean: docs/method/throughput.md.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """What a calibration found."""

    fitted: Fitted
    widths: Widths
    band: float
    own_band: float
    checked: Checked


def band_of(*cuts: LeftOut) -> float:
    """Deviations from the middle to either end of a band that holds 80 % of left-out measurements, all cuts."""
    ratios = np.concatenate([np.abs(left.errors) / left.deviations for left in cuts])
    return float(np.quantile(ratios, HELD))


def calibrate(rows: Table) -> Calibrated:
    """Fit to all rows; check with groups, and all that is alike in some way, left out in turn."""
    fitted = fit(rows.cells, rows.levels, rows.measured, rows.groups)
    names = {
        "groups left out": folds(rows.groups),
        "a fifth of the groups left out at once": folds(rows.groups, FIFTHS),
        **{
            title: folds(factor_levels)
            for title, factor in NOVEL.items()
            if len(set(factor_levels := columns_of(rows.levels, factor))) > 1
        },
    }
    left = [left_out(rows, fold, SPREADS) for fold in names.values()]
    counts = [NOVEL_COUNTS if name in NOVEL else 1.0 for name in names]
    widths, cuts = widened(left, rows.groups, counts)
    by_group, by_fifth = cuts[:2]
    own = own_check(rows, by_group, fitted)
    checked = Checked(
        rows=rows,
        cuts=dict(zip(names, cuts, strict=True)),
        band=band_of(by_group, by_fifth),
        own=own,
        own_band=float(np.quantile(own.ratios(), HELD)) if own.ratios().size else band_of(by_group),
    )
    return Calibrated(fitted=fitted, widths=widths, band=checked.band, own_band=checked.own_band, checked=checked)


def content(calibrated: Calibrated, fitted_to: str, day: datetime.date) -> dict[str, Any]:
    """What fitted.yaml says."""
    return {
        "fitted_to": {
            "table": "facts/data/published_throughput.csv",
            "rows": len(calibrated.checked.rows.setups),
            "sha256": fitted_to,
            "date": day.isoformat(),
        },
        "band": {
            "deviations": round(calibrated.band, 4),
            "meaning": "from the middle to either end, in standard deviations; holds 80 % of rows in groups "
            "left out, one by one and a fifth at once",
        },
        "own_band": {
            "deviations": round(calibrated.own_band, 4),
            "meaning": "the same after one to three measurements of one's own; holds 80 % of the other rows of groups "
            "left out, of which so many were given back",
        },
        "widths": [_width(calibrated.widths, factor) for factor in sorted({key[0] for key in calibrated.widths})],
        "constants": {constant.name: _constant(calibrated.fitted, constant.name) for constant in CONSTANTS},
        "effects": [_effect(calibrated.fitted, effect.constant, effect.factor) for effect in EFFECTS],
    }


def _constant(fitted: Fitted, name: str) -> dict[str, Any]:
    about = next(constant for constant in CONSTANTS if constant.name == name)
    middle, deviation = fitted.constants[name], fitted.deviations[name]
    low, high = np.exp(middle - P95 * deviation), np.exp(middle + P95 * deviation)
    return {
        "value": _rounded(np.exp(middle)),
        "low": _rounded(low),
        "high": _rounded(high),
        "deviation": _rounded(deviation),
        "unit": about.unit,
        "meaning": about.meaning,
    }


def _effect(fitted: Fitted, constant: str, factor: str) -> dict[str, Any]:
    found = {key[2]: value for key, value in fitted.effects.items() if key[:2] == (constant, factor)}
    ratios = {level: _rounded(np.exp(value)) for level, value in found.items()}
    return {"constant": constant, "factor": factor, "ratios": ratios}


def _width(widths: Widths, factor: str) -> dict[str, Any]:
    return {
        "factor": factor,
        "ratios": {key[1]: _rounded(np.exp(log)) for key, log in widths.items() if key[0] == factor},
    }


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")


def write(found: Calibrated, fitted_to: str, day: datetime.date, fitted: Path, report: Path) -> None:
    """Write the calibration and its report."""
    text = io.StringIO()
    yaml = YAML(typ="safe")
    yaml.default_flow_style, yaml.width, yaml.sort_base_mapping_type_on_output = False, 110, False  # type: ignore[assignment]
    yaml.dump(content(found, fitted_to, day), text)
    fitted.parent.mkdir(exist_ok=True)
    write_whole(fitted, HEAD + text.getvalue())
    write_whole(report, page(found.checked, day))


def main() -> None:
    """Calibrate on the facts that ship; a day as the only argument is written as the date."""
    day = datetime.date.fromisoformat(sys.argv[1])
    found = calibrate(published_table())
    write(found, catalog.published_hash(), day, FITTED, REPORT)


if __name__ == "__main__":
    main()
