"""`breakeven sample-log`: a synthetic request log, for demos and for trying the reader at any size."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer


def sample_log(
    out: Annotated[Path, typer.Argument(help="File to write: .csv, .csv.gz or .parquet.")],
    profile: Annotated[
        str, typer.Option(help="company (chat and code review), conversation, coding or flat.")
    ] = "company",
    days: Annotated[int, typer.Option(help="Days the log covers.")] = 21,
    requests_per_day: Annotated[float, typer.Option(help="Mean requests a day.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same log.")] = 1,
    start: Annotated[datetime, typer.Option(help="First day, UTC.", formats=["%Y-%m-%d"])] = datetime(
        2026, 10, 26, tzinfo=UTC
    ),
) -> None:
    """Write a synthetic request log made from published statistics of real services."""
    from rich import print as show

    from breakeven.demand.usage.sample import SamplePlan, write_sample

    first = date(start.year, start.month, start.day)
    plan = SamplePlan(name=profile, days=days, requests_per_day=requests_per_day, seed=seed, start=first)
    show(f"{write_sample(out, plan):,} requests of {days} days written to {out}")
