"""Two scenarios side by side, and the description of what the app answers."""

from __future__ import annotations

import json

import jsonschema
from starlette.testclient import TestClient

SIDES = {"left": "small", "right": "small?volume_scale=3.0&gate:data residency=fail"}


def test_both_sides_are_answered_and_what_differs_is_listed(client: TestClient) -> None:
    pieces = client.get("/api/compare/chance", params=SIDES).json()
    left = client.get("/api/board/small/answer/chance").json()
    right = client.get(
        "/api/board/small/answer/chance", params={"volume_scale": 3.0, "gate:data residency": "fail"}
    ).json()
    assert pieces["left-verdict"] == left["verdict"]
    assert pieces["right-verdict"] == right["verdict"]
    assert "300 %" in pieces["differences"]
    assert "data residency" in pieces["differences"]


def test_the_page_names_both(client: TestClient) -> None:
    page = client.get("/compare", params=SIDES).text
    assert "small, as in the case" in page
    assert "small, 2 changed" in page


def test_a_side_that_is_not_there_is_told(client: TestClient) -> None:
    assert client.get("/compare").status_code == 404
    assert client.get("/api/compare/point", params={"left": "small", "right": "none"}).status_code == 404
    assert client.get("/api/compare/whole", params=SIDES).status_code == 422


def test_every_path_of_the_app_is_described(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    routes = {route.path for route in client.app.routes if route.path.startswith("/api/")}  # type: ignore[attr-defined]
    assert set(document["paths"]) == routes


def test_refusals_are_as_they_are_described(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    schema = document["paths"]["/api/board/{board}"]["get"]["responses"]["404"]["content"]["application/json"]["schema"]
    jsonschema.validate(client.get("/api/board/none").json(), schema)
    json.dumps(document)
