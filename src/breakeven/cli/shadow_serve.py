"""The judgement at an address of this machine, as the `web` metric of Argo Rollouts reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from time import monotonic
from typing import Any

import typer

from breakeven.problems import Problem, Problems

FRESH_SECONDS = 10.0
HOST = "127.0.0.1"


def serving(port: int, judge: Callable[[], dict[str, Any]]) -> None:
    """Answer every GET with the judgement as JSON until Ctrl-C; 503 with the reason where there is none."""
    asked = fresh(judge, FRESH_SECONDS, monotonic)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                code, data = 200, asked()
            except (Problem, Problems) as problem:
                code, data = 503, {"verdict": None, "ok": False, "problem": str(problem)}
            body = json.dumps(data, allow_nan=False).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Nothing: who asks every minute fills no terminal."""

    try:
        server = ThreadingHTTPServer((HOST, port), Answer)
    except OSError as error:
        raise Problem(f"cannot listen: {error.strerror}", where=f"{HOST}:{port}", fix="Choose another port.") from None
    typer.echo(f"The judgement is at http://{HOST}:{port}/ ; Ctrl-C ends it.", err=True)
    with server:
        server.serve_forever()


def fresh(
    judge: Callable[[], dict[str, Any]], seconds: float, clock: Callable[[], float]
) -> Callable[[], dict[str, Any]]:
    """The last answer while it is younger than `seconds`; one judgement at a time."""
    kept: list[tuple[float, dict[str, Any]]] = []
    lock = Lock()

    def asked() -> dict[str, Any]:
        with lock:
            if not kept or clock() - kept[0][0] >= seconds:
                kept[:] = [(clock(), judge())]
            return kept[0][1]

    return asked
