"""The lesson: its page, its parts on a board's case or on the example, its questions and what an answer is worth."""

from __future__ import annotations

from secrets import randbelow

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from breakeven.lesson.lesson import PARTS
from breakeven.problems import Problem, nearest
from breakeven.web.desk.boards import NotOpen
from breakeven.web.desk.shop import EXPLAIN_SECONDS, EXPORT_SECONDS
from breakeven.web.doors.answers import shop_of, still_wanted
from breakeven.web.doors.pages import page_of
from breakeven.web.faces.lesson import body
from breakeven.web.guard.limits import query_of

SEEDS = 1_000_000
LONGEST_ANSWER = 60


async def page(request: Request) -> Response:
    """The page; its parts are asked for by itself."""
    board, boards = _board(request), shop_of(request).boards
    if board and not boards.knows(board):
        raise NotOpen
    back = f"/board/{board}" if board else "/"
    name = boards.name_of(board) if board else ""
    return page_of("Lesson · breakeven", body(name, back), "lesson.js", {"board": board})


async def parts(request: Request) -> Response:
    """Every part, on the case of a board, or on the example."""
    board, shop = _board(request), shop_of(request)
    keep = (await shop.boards.get(board)).keep if board else ""
    found = await shop.slow.ask("lesson", keep, seconds=EXPORT_SECONDS, wanted=still_wanted(request))
    return JSONResponse({"lesson": found})


async def question(request: Request) -> Response:
    """A question of a part, with fresh numbers."""
    return await _asked(request, "question", randbelow(SEEDS))


async def answer(request: Request) -> Response:
    """What an answer to a question is worth."""
    seed = request.path_params["seed"]
    if not (seed.isascii() and seed.isdigit() and int(seed[:9]) < SEEDS and len(seed) <= len(str(SEEDS))):
        raise Problem("there is no question of this number", fix="Ask for a new one.")
    said = dict(query_of(request)).get("answer", "")[:LONGEST_ANSWER]
    return await _asked(request, "check", int(seed), said)


async def _asked(request: Request, task: str, *given: object) -> Response:
    part = request.path_params["part"]
    if part not in PARTS:
        raise Problem(f'the lesson has no part "{part}"', fix=nearest(part, PARTS))
    found = await shop_of(request).quick.ask(task, part, *given, seconds=EXPLAIN_SECONDS, wanted=still_wanted(request))
    return JSONResponse(found)


def _board(request: Request) -> str:
    return dict(query_of(request)).get("board", "")
