"""How a board begins: five answers, a bill, a log that is dropped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from breakeven.problems import Problem
from breakeven.web.desk.boards import OPENING_SECONDS
from breakeven.web.desk.shop import Shop
from breakeven.web.desk.uploads import Upload, received
from breakeven.web.desk.workers import Busy, Fault, Refused, TookTooLong
from breakeven.web.doors.answers import shop_of
from breakeven.web.guard.limits import MOST_OF_A_LOG, body_of, parts_of
from breakeven.web.guard.refusals import OWN_FAULT

LONGEST_ANSWER = 200


async def questions(request: Request) -> Response:
    """Five answers become a case, and the case a board."""
    said = await answers_of(request)
    shop = shop_of(request)
    text = await shop.slow.ask("draft_of", said, shop.today(), seconds=OPENING_SECONDS)
    ident = shop.boards.brought(text, "case.yaml")
    await shop.boards.get(ident)
    return JSONResponse({"board": ident})


async def answers_of(request: Request) -> dict[str, str]:
    """The answers as text, by the name of the question. Raises `Problem`."""
    try:
        document: Any = json.loads(await body_of(request))
    except (ValueError, RecursionError):
        raise Problem("the answers are not JSON") from None
    if not isinstance(document, Mapping):
        raise Problem("the answers are not JSON with a key for each question")
    return {str(name)[:LONGEST_ANSWER]: str(value)[:LONGEST_ANSWER] for name, value in document.items()}


async def begin_upload(request: Request) -> Response:
    """Make room for a log; gives the address to which its content goes."""
    said = await answers_of(request)
    return JSONResponse({"upload": shop_of(request).uploads.begin(said.get("name", ""))})


async def upload(request: Request) -> Response:
    """Take the content of a log, and read it once all of it is there."""
    shop = shop_of(request)
    upload = shop.uploads.get(request.path_params["upload"])
    if upload.received or upload.path.exists():
        raise Problem("this upload has its file already", fix="Drop the file again.")
    shop.uploads.room()
    try:
        await received(upload, parts_of(request, MOST_OF_A_LOG))
    except BaseException:
        upload.path.unlink(missing_ok=True)
        raise
    return JSONResponse({"received": "yes"}, background=BackgroundTask(read_through, shop, upload))


async def read_through(shop: Shop, upload: Upload) -> None:
    """Read a log into a board. Whatever comes of it, nothing is left of the file but its name, which the case has."""
    upload.said = "being read"
    try:
        ident = await shop.boards.brought_log(
            (upload.path.name, upload.name),
            lambda keep: shop.slow.ask(
                "open_log", str(upload.path), upload.name, shop.today(), keep, seconds=OPENING_SECONDS
            ),
        )
    except Refused as refused:
        upload.problems = refused.found
    except (Busy, TookTooLong, Fault) as error:
        what = OWN_FAULT if isinstance(error, Fault) else "the log could not be read in time"
        upload.problems = [{"what": what, "where": upload.name,
                           "fix": "Try again, or read it with `breakeven new --from-log`."}]  # fmt: skip
    else:
        upload.board, upload.said = ident, "read"
    finally:
        await asyncio.to_thread(upload.path.write_bytes, b"")


async def progress(request: Request) -> Response:
    """How far a log has come, in words; the board, or what is wrong with it, at the end."""
    found = shop_of(request).uploads.get(request.path_params["upload"])
    size = f", {found.received / 2**20:,.1f} MiB" if found.received else ""
    return JSONResponse({"said": f"{found.name}: {found.said}{size}", "board": found.board, "problems": found.problems})
