"""Two scenarios side by side: each a board with its changes, as `left` and `right` of the address."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from breakeven.problems import Problem
from breakeven.web.desk.boards import NotOpen
from breakeven.web.desk.shop import SECONDS
from breakeven.web.doors.answers import shop_of, still_wanted
from breakeven.web.doors.pages import page_of
from breakeven.web.faces.compare import Scenario, body, differences
from breakeven.web.guard.limits import query_of
from breakeven.web.state import state_of

SIDES = ("left", "right")
TIERS = ("point", "chance")


async def page(request: Request) -> Response:
    """The page; its answers are asked for by itself."""
    scenarios = [_scenario(request, side) for side in SIDES]
    return page_of("Two scenarios · breakeven", body(scenarios), "compare.js", {})


async def compared(request: Request) -> Response:
    """One tier of both answers, and what differs."""
    tier, shop = request.path_params["tier"], shop_of(request)
    if tier not in TIERS or tier not in SECONDS:
        raise Problem(f'there is no tier "{tier}"', fix=f"Tiers: {', '.join(TIERS)}.")
    pieces, sides = dict[str, str](), []
    for side in SIDES:
        scenario = _scenario(request, side)
        board = await shop.boards.get(scenario.board, scenario.state)
        answer = await shop.answer(board, tier, scenario.state, still_wanted(request))
        pieces |= {f"{side}-{name}": answer[name] for name in ("verdict", "options", "costs")}
        sides.append((scenario, board.opened["name"], answer))
    return JSONResponse({**pieces, "differences": differences(sides)})


def _scenario(request: Request, side: str) -> Scenario:
    """What one side is: a board, and after a question mark its changes."""
    given = dict(query_of(request)).get(side, "")
    board, _, query = given.partition("?")
    if not shop_of(request).boards.knows(board):
        raise NotOpen
    return Scenario(board=board, state=state_of(parse_qsl(query, keep_blank_values=True)))
