"""What `breakeven facts precisions` shows: number formats of weights, and what others call them."""

from __future__ import annotations

import datetime
from dataclasses import asdict

from breakeven.cli.listing import Listing
from breakeven.facts.precisions import BITS_PER_BYTE, PRECISIONS, precision_named


def precision_listings(name: str | None, day: datetime.date) -> list[Listing]:  # noqa: ARG001  as the others
    """Number formats of weights, or the one named."""
    formats = [precision_named(name)] if name else list(PRECISIONS.values())
    return [
        Listing(
            name="precisions",
            title=f"{len(formats)} number format{'s' if len(formats) != 1 else ''} of weights",
            headings=("name", "bits a weight", "what it is", "also called"),
            rows=[
                (
                    precision.name,
                    f"{precision.bytes_per_parameter * BITS_PER_BYTE:g}",
                    precision.meaning,
                    ", ".join(precision.also),
                )
                for precision in formats
            ],
            data=[asdict(precision) for precision in formats],
            notices=("Bits with the scales of the blocks; embeddings and heads often stay at 16.",),
        )
    ]
