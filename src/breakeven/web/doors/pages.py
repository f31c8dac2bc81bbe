"""The pages: where one begins, a board, two boards side by side; and the styles, scripts and font of them all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from breakeven.web.desk.boards import NotOpen
from breakeven.web.doors.answers import shop_of
from breakeven.web.faces.board import board as board_body
from breakeven.web.faces.sheet import sheet
from breakeven.web.faces.start import start as start_body

MEDIA = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "woff2": "font/woff2"}
SHEETS = ("app.css", "pictures.css")
SCRIPTS = ("asking", "board", "compare", "controls", "drawer", "fleet", "history", "lesson", "start")
FONTS = ("Inter-Regular.woff2", "Inter-SemiBold.woff2")
FOR_A_DAY = "public, max-age=86400"


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """A file of ours that a browser asks for."""

    media: str
    content: bytes


@cache
def static_files() -> dict[str, Static]:
    """Every file that can be asked for, by its name: read once, and nothing else is ever read for a request."""
    ours, fonts = files("breakeven.web") / "static", files("breakeven.report") / "fonts"
    places = [
        *((ours / name, name) for name in (*SHEETS, *(f"{each}.js" for each in SCRIPTS))),
        *((fonts / name, name) for name in FONTS),
    ]
    return {name: Static(media=MEDIA[name.rsplit(".", 1)[1]], content=place.read_bytes()) for place, name in places}


@cache
def stamp() -> str:
    """What changes when any of these files does."""
    return sha256(b"".join(each.content for each in static_files().values())).hexdigest()[:10]


def address(name: str) -> str:
    """Where a page finds a file."""
    return f"/static/{name}?{stamp()}"


async def static(request: Request) -> Response:
    """One of the files of the table."""
    found = static_files().get(request.path_params["name"])
    if found is None:
        return Response("There is no such file.", status_code=404, media_type="text/plain")
    return Response(found.content, media_type=found.media, headers={"cache-control": FOR_A_DAY})


async def start(request: Request) -> Response:
    """Where one begins."""
    shop = shop_of(request)
    return page_of("breakeven", start_body([*shop.boards.files]), "start.js", {})


async def board(request: Request) -> Response:
    """A board; what stands on it is asked for by the page itself."""
    ident, boards = request.path_params["board"], shop_of(request).boards
    if not boards.knows(ident):
        raise NotOpen
    name = boards.name_of(ident)
    body = board_body(ident, name, ours=ident in boards.files)
    return page_of(f"{name} · breakeven", body, "board.js", {"board": ident})


def page_of(title: str, body: object, script: str, attributes: dict[str, str], *, status: int = 200) -> HTMLResponse:
    """A page of ours around a body."""
    styles = [address(each) for each in SHEETS]
    scripts = [address(script)] if script else []
    page = sheet(title, body, scripts=scripts, styles=styles, attributes=attributes)
    return HTMLResponse(page, status_code=status)
