"""Starts the app: on this machine unless another address is named, and there only with a token."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from secrets import token_urlsafe

import uvicorn

from breakeven.problems import Problem
from breakeven.web.app import app
from breakeven.web.guard.visitors import Door, is_loopback

LEAST_TOKEN = 12  # letters
STOPPING_SECONDS = 3
MOST_AT_ONCE = 200  # connections


def door_of(host: str, port: int, token: str | None) -> Door:
    """Where to listen and what to ask. Beyond this machine a token is asked for, made here where none is given."""
    if token is not None and (len(token) < LEAST_TOKEN or not token.isascii() or not token.isalnum()):
        fix = f"Give at least {LEAST_TOKEN} letters and digits, or leave it out: one is made."
        raise Problem("this token could be guessed, or does not fit into an address", where="--token", fix=fix)
    if token is None and not is_loopback(host):
        token = token_urlsafe(24)
    return Door(host=host, port=port, token=token or "")


def serve(
    given: Path | None,
    door: Door,
    *,
    as_of: date | None,
    today: Callable[[], date],
    listening: Callable[[Door], None],
) -> None:
    """Serve until it is ended. `listening` is told where, once it listens. Raises `Problem`."""
    family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            place.bind((door.host.strip("[]"), door.port))
        except OSError as error:
            fix = "Name another one with --port, or 0 for any that is free."
            raise Problem(
                f"cannot be listened on: {error.strerror}", where=f"{door.host}:{door.port}", fix=fix
            ) from None
        open_door = Door(host=door.host, port=place.getsockname()[1], token=door.token)
        config = uvicorn.Config(
            app(given, door=open_door, as_of=as_of, today=today),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="on",
            limit_concurrency=MOST_AT_ONCE,
            timeout_graceful_shutdown=STOPPING_SECONDS,
        )
        listening(open_door)
        uvicorn.Server(config).run(sockets=[place])
