"""The app: every path, what stands before it, and what becomes of a mistake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ExceptionHandler

from breakeven.outputs import private_folder
from breakeven.problems import Problem, Problems, listed
from breakeven.web.desk.boards import NotOpen, cases_in
from breakeven.web.desk.shop import shop
from breakeven.web.desk.uploads import NotKnown
from breakeven.web.desk.workers import Busy, Fault, Left, Refused, TookTooLong
from breakeven.web.doors import answers, comparing, description, lesson, pages, starting
from breakeven.web.faces.start import wrong
from breakeven.web.guard.headers import SafeHeaders
from breakeven.web.guard.limits import TooMuch
from breakeven.web.guard.refusals import OWN_FAULT, Told, refused
from breakeven.web.guard.visitors import Door, Visitors

ROUTES = (
    Route("/", pages.start),
    Route("/board/{board}", pages.board),
    Route("/static/{name}", pages.static),
    Route("/api/questions", starting.questions, methods=["POST"]),
    Route("/api/uploads", starting.begin_upload, methods=["POST"]),
    Route("/api/uploads/{upload}", starting.upload, methods=["PUT"]),
    Route("/api/uploads/{upload}", starting.progress),
    Route("/api/board/{board}", answers.opened),
    Route("/api/board/{board}/answer/{tier}", answers.tier),
    Route("/api/board/{board}/explain", answers.explained),
    Route("/api/board/{board}/plan", answers.planned),
    Route("/api/board/{board}/designs", answers.found_designs),
    Route("/api/board/{board}/export/{part}", answers.exported),
    Route("/api/board/{board}/case.yaml", answers.case_text),
    Route("/api/board/{board}/save", answers.save, methods=["POST"]),
    Route("/compare", comparing.page),
    Route("/api/compare/{tier}", comparing.compared),
    Route("/lesson", lesson.page),
    Route("/api/lesson", lesson.parts),
    Route("/api/lesson/{part}/question", lesson.question),
    Route("/api/lesson/{part}/question/{seed}", lesson.answer),
    Route("/openapi.json", description.openapi),
)


def app(
    given: Path | None, *, door: Door, today: Callable[[], date], as_of: date | None = None, warm: bool = True
) -> Starlette:
    """The dashboard over a case, a folder of cases, or neither.

    `as_of`: the day of the prices where a case names none; `today` is asked for the day of what is drafted. `warm`:
    both processes are started with it.
    """
    files = cases_in(given)

    @asynccontextmanager
    async def alive(running: Starlette) -> AsyncIterator[None]:
        with private_folder() as folder:
            running.state.shop = opened_shop = shop(files=files, folder=folder, as_of=as_of, today=today)
            if warm:
                await asyncio.to_thread(opened_shop.start)
            try:
                yield
            finally:
                await asyncio.to_thread(opened_shop.close)

    return Starlette(
        routes=[*ROUTES],
        lifespan=alive,
        middleware=[Middleware(SafeHeaders), Middleware(Visitors, door=door)],
        exception_handlers=HANDLERS,
    )


def _answered(request: Request, status: int, found: list[Told]) -> Response:
    """What is wrong: to a script as JSON, to a person as a page."""
    if request.url.path.startswith(("/api/", "/static/", "/openapi")):
        return refused(status, found)
    return pages.page_of("breakeven", wrong(found), "", {}, status=status)


def _telling(status: int) -> ExceptionHandler:
    def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, Refused):
            return _answered(request, status, error.found)
        assert isinstance(error, Problem | Problems)
        return _answered(request, status, listed(error))

    return answer


def _saying(status: int, what: str, fix: str = "") -> ExceptionHandler:
    return lambda request, _: _answered(request, status, [{"what": what, "where": "", "fix": fix}])


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answered(
        request, error.status_code, [{"what": error.detail, "where": "", "fix": "Begin at the first page."}]
    )


HANDLERS: dict[int | type[Exception], ExceptionHandler] = {
    NotOpen: _telling(404),
    NotKnown: _telling(404),
    Problem: _telling(422),
    Problems: _telling(422),
    Refused: _telling(422),
    TooMuch: _saying(413, "this is more than the dashboard reads at once", "Read it with the command line."),
    Busy: _saying(429, "too much is being worked on", "Try again in a few seconds."),
    TookTooLong: _saying(
        504, "this took too long and was stopped", "Ask for less: fewer workloads, a shorter horizon."
    ),
    Left: _saying(409, "nobody waits for this answer any more"),
    Fault: _saying(500, OWN_FAULT),
    HTTPException: _http,
    Exception: _saying(500, OWN_FAULT),
}
