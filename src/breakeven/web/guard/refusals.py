"""What a person is told when a request cannot be answered: plain words beside their field, never a trace."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import JSONResponse, Response

Told = dict[str, str]
"""One mistake: what is wrong, where, what to do."""
OWN_FAULT = "breakeven ran into a fault of its own"


def refused(status: int, found: Iterable[Told]) -> Response:
    """An answer that says what is wrong."""
    return JSONResponse({"problems": [*found]}, status_code=status)


def refusal(status: int, what: str, *, fix: str = "", where: str = "") -> Response:
    """The same for one mistake."""
    return refused(status, [{"what": what, "where": where, "fix": fix}])
