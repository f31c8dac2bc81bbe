"""How often published measurements lie inside the roofline's band, GPU by GPU."""

from __future__ import annotations

from _generate.tables import table

from breakeven.capacity.check.backtest import backtest
from breakeven.facts.catalog import gpus, open_models, published_throughput

FEWEST = 4  # rows; fewer say nothing of a GPU


def by_gpu() -> str:
    """Dense models and mixtures of experts, for every GPU with enough rows."""
    rows = [_row("all GPUs", None)]
    for key in gpus():
        row = _row(key, key)
        if any(row[1:]):
            rows.append(row)
    heading = ("GPU", "dense rows", "inside the band", "mixture rows", "inside the band")
    return table(heading, rows).rstrip()


def _row(title: str, key: str | None) -> tuple[str, ...]:
    cells = []
    for mixtures in (False, True):
        chosen = [each for each in published_throughput() if key is None or each.gpu == key]
        found = backtest(chosen, open_models(), gpus(), mixtures=mixtures)
        cells += [str(found.rows), f"{found.inside_band:.0%}"] if found.rows >= FEWEST else ["", ""]
    return (title, *cells)
