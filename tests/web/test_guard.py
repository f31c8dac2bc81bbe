"""Who is answered, and what a browser may do with the answer."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.testclient import TestClient

from breakeven.problems import Problem
from breakeven.web.app import app
from breakeven.web.guard.headers import POLICY
from breakeven.web.guard.visitors import Door, is_loopback
from breakeven.web.serve import door_of
from web.conftest import HERE

PATHS = ("/", "/board/small", "/static/app.css", "/api/board/none", "/static/none.js", "/none", "/openapi.json")
TOKEN = "abcdefghijkl"


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_also_a_refusal_carries_the_policy(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_the_policy_allows_nothing_but_our_own_files() -> None:
    assert POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


@pytest.mark.parametrize("host", ["evil.example:8765", "127.0.0.1:1", "127.0.0.1", "", "localhost.evil.example:8765"])
def test_a_name_that_leads_here_by_rebinding_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "policy" in " ".join(answer.headers)


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"])
def test_this_machine_may_be_called_by_each_of_its_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "null", "https://[::1"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_another_page_is_refused_by_its_origin(client: TestClient, origin: str, method: str) -> None:
    answer = client.request(method, "/api/questions", headers={"origin": origin})
    assert answer.status_code == 403


def test_another_page_is_refused_where_the_browser_says_so(client: TestClient) -> None:
    assert client.get("/api/board/small", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/static/app.css", headers={"sec-fetch-site": "same-site"}).status_code == 403


def test_a_link_to_a_board_may_be_followed_from_elsewhere_and_nothing_else(client: TestClient) -> None:
    navigating = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/board/small", headers=navigating).status_code == 200
    assert client.get("/api/board/small/export/json", headers=navigating).status_code == 403
    assert client.post("/api/questions", headers=navigating).status_code == 403


def test_our_own_page_may_ask(client: TestClient) -> None:
    ours = {"origin": HERE, "sec-fetch-site": "same-origin"}
    assert client.post("/api/uploads", headers=ours, json={"name": "a.csv"}).status_code == 200


def test_beyond_this_machine_nothing_is_shown_without_the_token() -> None:
    door = Door(host="0.0.0.0", port=80, token=TOKEN)
    with TestClient(
        app(None, door=door, today=lambda: date(2026, 11, 21), warm=False), base_url="http://desk:80"
    ) as other:
        for path in ("/", "/static/app.css", "/api/board/x", "/?token=wrong", f"/?token={TOKEN[:-1]}"):
            assert other.get(path, follow_redirects=False).status_code == 401, path
        assert other.get("/", headers={"cookie": "breakeven_token=wrong"}).status_code == 401


def test_the_token_goes_from_the_address_into_a_cookie_that_no_script_reads() -> None:
    door = Door(host="0.0.0.0", port=80, token=TOKEN)
    with TestClient(
        app(None, door=door, today=lambda: date(2026, 11, 21), warm=False), base_url="http://desk:80"
    ) as other:
        first = other.get(f"/?token={TOKEN}&volume_scale=2", follow_redirects=False)
        assert first.status_code == 303
        assert first.headers["location"] == "/?volume_scale=2"
        assert "httponly" in first.headers["set-cookie"].lower()
        assert "samesite=strict" in first.headers["set-cookie"].lower()
        assert other.get("/").status_code == 200
        other.cookies.clear()
        assert other.get("/", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_another_host_is_given_a_token_and_this_machine_none() -> None:
    assert door_of("127.0.0.1", 1, None).token == ""
    assert len(door_of("0.0.0.0", 1, None).token) >= 30
    assert door_of("192.168.1.2", 1, TOKEN).token == TOKEN


@pytest.mark.parametrize("token", ["", "short", "has spaces in it", "näher-als-gedacht", "a" * 11])
def test_a_token_that_can_be_guessed_is_refused(token: str) -> None:
    with pytest.raises(Problem, match="could be guessed"):
        door_of("0.0.0.0", 1, token)


def test_loopback_is_known_in_every_spelling() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "localhost.example", "")))


def test_the_port_of_http_may_be_left_out_and_a_name_has_no_capitals_that_count() -> None:
    assert Door(host="Desk", port=80, token=TOKEN).knows("desk")
    assert not Door(host="desk", port=8765, token=TOKEN).knows("desk")
