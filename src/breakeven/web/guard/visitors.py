"""Who may ask: the host that was named, a page of ours, and beyond this machine whoever has the token.

A page elsewhere can make a browser ask this machine. It is told by its origin; a name that leads here by rebinding is
told by its host. Neither is answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import URL, Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from breakeven.web.guard.refusals import refusal

COOKIE = "breakeven_token"
READING = ("GET", "HEAD")
HERE = ("same-origin", "none")  # of Sec-Fetch-Site: a page of ours, or the person
NAMES_OF_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
PORT_OF_HTTP = 80  # browsers leave it out
ANY = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the app listens, and what it asks of a visitor. `token` empty: nothing, on this machine only."""

    host: str = "127.0.0.1"
    port: int = 8765
    token: str = ""

    @property
    def address(self) -> str:
        """What a person opens."""
        shown = "127.0.0.1" if self.host in ANY else self.host
        shown = f"[{shown}]" if ":" in shown and not shown.startswith("[") else shown
        return f"http://{shown}:{self.port}/" + (f"?token={self.token}" if self.token else "")

    def knows(self, host: str) -> bool:
        """Whether a request names this app. Where it listens on every address any name may be ours: the token asks."""
        if self.host in ANY:
            return bool(host)
        named = self.host.lower()
        own = (named, f"[{named}]", *(NAMES_OF_LOOPBACK if is_loopback(named) else ()))
        ends = (f":{self.port}", *([""] if self.port == PORT_OF_HTTP else []))
        return host.lower() in {f"{name}{end}" for name in own for end in ends}


def _host_of(origin: str) -> str:
    """The host that a page comes from; nothing where it is no address."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


class Visitors:
    """Refuses who may not ask, before anything is read of the request."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        answer = self._refused(scope["method"], scope["path"], headers)
        if answer is None and self.door.token and not self._has_token(headers):
            answer = self._with_token(URL(scope=scope))
        await (answer or self.app)(scope, receive, send)

    def _refused(self, method: str, path: str, headers: Headers) -> ASGIApp | None:
        host = headers.get("host", "")
        if not self.door.knows(host):
            return refusal(421, "this is not the host that the dashboard was started for")
        origin = headers.get("origin")
        if origin is not None and _host_of(origin) != host.lower():
            return refusal(403, "another page may not ask the dashboard")
        site = headers.get("sec-fetch-site", "none")
        follows_link = (
            method in READING and headers.get("sec-fetch-mode") == "navigate" and not path.startswith("/api/")
        )
        if site not in HERE and not follows_link:
            return refusal(403, "another page may not ask the dashboard")
        return None

    def _has_token(self, headers: Headers) -> bool:
        given = headers.get("authorization", "").removeprefix("Bearer ")
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            found = None
        return any(self._is_token(each) for each in (given, found.value if found else ""))

    def _is_token(self, given: str) -> bool:
        return compare_digest(given.encode(), self.door.token.encode())

    def _with_token(self, url: URL) -> ASGIApp:
        """The token in the address is put into a cookie that no script reads, and taken out of the address."""
        parts = [each for each in url.query.split("&") if each.startswith("token=")]
        if not any(self._is_token(each.removeprefix("token=")) for each in parts):
            return refusal(401, "the dashboard asks for its token: open the address that it printed")
        rest = "&".join(each for each in url.query.split("&") if not each.startswith("token="))
        answer = RedirectResponse(url.path + (f"?{rest}" if rest else ""), status_code=303)
        answer.set_cookie(COOKIE, self.door.token, httponly=True, samesite="strict")
        return answer
