"""What a board answers: what it is, a tier of its answer, where a number is from, its exports."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from breakeven.problems import Problem
from breakeven.web.desk.boards import Board
from breakeven.web.desk.shop import EXPLAIN_SECONDS, EXPORT_SECONDS, PLAN_SECONDS, SECONDS, Shop, Wanted
from breakeven.web.guard.limits import query_of
from breakeven.web.state import State, state_of

ASKED = ("line", "option", "month")  # of the query of an explanation; all else is the state
LATEST_MONTH = 1200
SHARE = "share"


def shop_of(request: Request) -> Shop:
    """The app's shop."""
    found = request.app.state.shop
    assert isinstance(found, Shop)
    return found


async def opened(request: Request) -> Response:
    """What a board is, with its inputs; opened where it is not yet."""
    board = await board_of(request)
    return JSONResponse({**board.opened, "ours": "yes" if board.path is not None else ""})


async def tier(request: Request) -> Response:
    """One tier of the answer to the state in the address: point, chance or whole."""
    board, name = await board_of(request), request.path_params["tier"]
    if name not in SECONDS:
        raise Problem(f'there is no tier "{name}"', fix=f"Tiers: {', '.join(SECONDS)}.")
    return JSONResponse(await shop_of(request).answer(board, name, _state(request), still_wanted(request)))


async def explained(request: Request) -> Response:
    """Where a number is from."""
    board, asked = await board_of(request), dict(query_of(request))
    month = asked.get("month", "")
    if month and not (month.isascii() and month.isdigit() and len(month) < len(str(LATEST_MONTH)) + 1):
        raise Problem(f'"{month}" is no month', where="month", fix="Give a number from 1.")
    derivation = await shop_of(request).slow.ask(
        "explain", board.keep, _state(request), asked.get("line", ""), asked.get("option", ""),
        int(month) if month else None, seconds=EXPLAIN_SECONDS, wanted=still_wanted(request),
    )  # fmt: skip
    return JSONResponse({"derivation": derivation})


async def planned(request: Request) -> Response:
    """What moves when, and whether we can run it, of the case as it is."""
    board = await board_of(request)
    found = await shop_of(request).slow.ask("plan", board.keep, seconds=PLAN_SECONDS, wanted=still_wanted(request))
    return JSONResponse({"plan": found})


async def found_designs(request: Request) -> Response:
    """What else the case could be served with, the best first."""
    board = await board_of(request)
    found = await shop_of(request).slow.ask(
        "designs", board.keep, board.text, seconds=EXPORT_SECONDS, wanted=still_wanted(request)
    )
    return JSONResponse({"designs": found})


async def exported(request: Request) -> Response:
    """A part of the board pack, of the state in the address."""
    board, part = await board_of(request), request.path_params["part"]
    task = ("share", board.keep, _state(request)) if part == SHARE else ("export", board.keep, _state(request), part)
    name, media, content = await shop_of(request).slow.ask(*task, seconds=EXPORT_SECONDS, wanted=still_wanted(request))
    return Response(content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


async def case_text(request: Request) -> Response:
    """The case as YAML with the state of the address in it, the comments kept."""
    board = await board_of(request)
    text = await shop_of(request).slow.ask(
        "save_as",
        board.keep,
        board.text,
        _state(request),
        board.names,
        seconds=EXPORT_SECONDS,
        wanted=still_wanted(request),
    )
    headers = {"content-disposition": 'attachment; filename="case.yaml"'}
    return Response(text, media_type="application/yaml", headers=headers)


async def save(request: Request) -> Response:
    """Put the state of the address into the case's own file: the old one or the new one, whole."""
    board, shop = await board_of(request), shop_of(request)
    if board.path is None:
        raise Problem("this case has no file on the server", fix="Save it as case.yaml.")
    outcome = await shop.slow.ask(
        "save",
        board.keep,
        str(board.path),
        board.stood,
        board.text,
        _state(request),
        shop.boards.as_of,
        seconds=EXPORT_SECONDS,
    )
    return JSONResponse({"said": outcome})


async def board_of(request: Request) -> Board:
    """The board that the address names."""
    return await shop_of(request).boards.get(request.path_params["board"], _state(request))


def still_wanted(request: Request) -> Wanted:
    """Whether the browser still waits for this answer."""

    async def wanted() -> bool:
        return not await request.is_disconnected()

    return wanted


def _state(request: Request) -> State:
    return state_of((name, value) for name, value in query_of(request) if name not in ASKED)
