"""`breakeven facts`: what breakeven knows about GPUs, open models, prices and number formats, with source and age."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Annotated

import typer


class FactKind(StrEnum):
    """The kinds of facts that can be listed."""

    gpus = "gpus"
    models = "models"
    prices = "prices"
    precisions = "precisions"


def facts(
    kind: Annotated[FactKind, typer.Argument(help="What to list.")],
    name: Annotated[
        str | None, typer.Argument(help="One of them: a GPU, an open model, a host, host/model, or a number format.")
    ] = None,
    as_of: Annotated[
        datetime.datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day prices and ages are for. Absent: today."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show GPUs, open models, prices and number formats of weights, each with its source and age."""
    from breakeven.cli.facts_listings import gpu_listings, model_listings, price_listings
    from breakeven.cli.facts_precisions import precision_listings
    from breakeven.cli.listing import print_listings, print_tables

    answers = {
        FactKind.gpus: gpu_listings,
        FactKind.models: model_listings,
        FactKind.prices: price_listings,
        FactKind.precisions: precision_listings,
    }
    day = (as_of or datetime.datetime.now(tz=datetime.UTC).astimezone()).date()
    listings = answers[FactKind(kind)](name, day)
    if as_json:
        print_listings(listings, day)
    else:
        print_tables(listings)
