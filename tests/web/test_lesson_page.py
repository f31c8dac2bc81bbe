"""The lesson on a page: the parts of `breakeven learn`, on the example and on a board's case, and its questions."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from breakeven.lesson.lesson import PARTS, lesson
from breakeven.lesson.material import example
from breakeven.lesson.questions import MAKERS
from breakeven.lesson.quiz import question, sum_of


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_its_parts_are_those_of_the_engine_on_the_same_example(client: TestClient) -> None:
    told = words(client.get("/api/lesson").json()["lesson"])
    for part in lesson(example()):
        assert part.title in told
        for each in part.tables:
            assert all(cell in told for row in each.rows for cell in row)


def test_on_a_board_it_is_told_on_its_case(client: TestClient) -> None:
    page = client.get("/lesson", params={"board": "small"}).text
    assert 'href="/board/small"' in page
    assert client.get("/lesson", params={"board": "none"}).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_a_question_is_answered_by_the_engine(client: TestClient, part: str) -> None:
    put = client.get(f"/api/lesson/{part}/question").json()
    seed = int(put["seed"])
    assert put["text"] == question(part, seed).text
    place = f"/api/lesson/{part}/question/{seed}"
    assert client.get(place, params={"answer": f"{sum_of(part, seed).answer:,.0f}"}).json()["right"] == "yes"
    wrong = client.get(place, params={"answer": "1"}).json()
    assert wrong["right"] == ""
    assert "Not quite" in wrong["said"]


@pytest.mark.parametrize(
    "path", ["/api/lesson/none/question", "/api/lesson/hybrid/question/x", "/api/lesson/hybrid/question/99999999999",
             "/api/lesson/hybrid/question/7?answer=<b>"]
)  # fmt: skip
def test_what_cannot_be_asked_is_told(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["what"]


def test_every_part_has_its_questions() -> None:
    assert [*MAKERS] == [*PARTS]
