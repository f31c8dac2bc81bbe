"""The page that is sent: it needs nobody, says what it is, and every place of its sliders has an answer."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from itertools import product

import pytest
from starlette.testclient import TestClient

STATE = {"volume_scale": 2.0}


@pytest.fixture(scope="module")
def page(client: TestClient) -> str:
    answer = client.get("/api/board/small/export/share", params=STATE)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_it_fetches_nothing(page: str) -> None:
    assert not re.findall(r"""(?:src|href)=["'](?!data:)[^"'#]""", page)
    assert "url(http" not in page
    assert "url(/" not in page
    assert 'url("/' not in page


def test_its_own_policy_allows_what_stands_in_it_and_nothing_else(page: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert "unsafe" not in policy
    policy = unescape(policy)
    assert policy.startswith("default-src 'none'")
    for tag in ("style", 'script type="module"'):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag.split()[0]}>", page, re.DOTALL)
        assert b64encode(sha256(content.encode()).digest()).decode() in policy
    assert " style=" not in page


def test_every_place_of_the_sliders_has_its_answer(page: str) -> None:
    (text,) = re.findall(r'<script type="application/json" id="answers">(.*?)</script>', page, re.DOTALL)
    said = json.loads(text)
    places = {",".join(map(str, each)) for each in product(*(range(len(words)) for words in said["words"]))}
    assert set(said["answers"]) == places
    assert len(said["words"]) <= 3


def test_it_says_its_state_and_the_hash_of_its_study(page: str, client: TestClient) -> None:
    pieces = client.get("/api/board/small/answer/whole", params=STATE).json()
    assert f"Study {pieces['hash']}" in page
    assert "Changed: volume 200 %" in page


def test_no_number_on_it_asks_for_a_server(page: str) -> None:
    assert "data-line" not in page
