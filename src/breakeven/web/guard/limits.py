"""How much one request may bring."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request

from breakeven.problems import Problem

MOST_OF_A_FORM = 2**20  # bytes: answers, a case, changes
MOST_OF_A_LOG = 2**30
MOST_OF_AN_ADDRESS = 8_000  # letters of a query


class TooMuch(Exception):
    """More than a request may bring."""


async def body_of(request: Request, most: int = MOST_OF_A_FORM) -> bytes:
    """The whole body. Raises `TooMuch`."""
    return b"".join([part async for part in parts_of(request, most)])


async def parts_of(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes, counted: what a header promises is not believed. Raises `TooMuch`."""
    received = 0
    async for part in request.stream():
        received += len(part)
        if received > most:
            raise TooMuch(f"at most {most >> 20:,} MiB are read here")
        yield part


def query_of(request: Request) -> list[tuple[str, str]]:
    """What stands behind the question mark. Raises `Problem` where it is too long."""
    if len(request.url.query) > MOST_OF_AN_ADDRESS:
        raise Problem("the address is too long", fix="Open the board again from the first page.")
    return request.query_params.multi_items()
