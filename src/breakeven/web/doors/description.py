"""What the app answers, as OpenAPI 3.1: made from the same tables that the doors check with."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from breakeven.lesson.lesson import PARTS
from breakeven.web.desk.shop import SECONDS
from breakeven.web.desk.tasks import MEDIA
from breakeven.web.doors.answers import shop_of

Schema = dict[str, Any]
PROBLEMS: Schema = {
    "type": "object",
    "required": ["problems"],
    "properties": {
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["what", "where", "fix"],
                "properties": {name: {"type": "string"} for name in ("what", "where", "fix")},
            },
        }
    },
}
PIECES: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
REFUSALS = {
    "403": "Another page asked.",
    "404": "There is no such board, or not any more.",
    "409": "Nobody waits for this answer any more.",
    "413": "More than is read at once.",
    "421": "Another host was asked for.",
    "422": "Something in it is wrong: what, where, what to do.",
    "429": "Too much is being worked on.",
    "504": "It took too long and was stopped.",
}
CHANGES: Schema = {
    "name": "changes",
    "in": "query",
    "style": "form",
    "explode": True,
    "description": "Inputs by name, each with its value; a gate as gate:NAME with pass, fail or unknown.",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}


async def openapi(request: Request) -> Response:
    """The description, with the cases of the folder as examples of a board."""
    document = described()
    examples = {name: {"value": name} for name in shop_of(request).boards.files}
    for path in document["paths"].values():
        for operation in path.values():
            for each in operation["parameters"]:
                if each["name"] == "board":
                    each["examples"] = examples
    return JSONResponse(document)


def described() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "breakeven serve", "version": version("breakeven")},
        "paths": {
            "/api/questions": {"post": _taking("Five answers become a board", QUESTIONS)},
            "/api/uploads": {"post": _taking("Make room for a log", NAME)},
            "/api/uploads/{upload}": {
                "put": _upload(),
                "get": _answer("How far a log has come", parameters=[_path("upload")], schema={"type": "object"}),
            },
            "/api/board/{board}": {"get": _of_board("What a board is, with its inputs", changes=False)},
            "/api/board/{board}/answer/{tier}": {
                "get": _of_board("One tier of the answer to the changes", _path("tier", [*SECONDS]))
            },
            "/api/board/{board}/explain": {
                "get": _of_board("Where a number is from", *EXPLAINED)
            },
            "/api/board/{board}/plan": {"get": _of_board("What moves when, of the case as it is", changes=False)},
            "/api/board/{board}/designs": {"get": _of_board("What else the case could be served with", changes=False)},
            "/api/board/{board}/export/{part}": {
                "get": _of_board("A part of the board pack", _path("part", ["share", *MEDIA]), media="*/*")
            },
            "/api/board/{board}/case.yaml": {
                "get": _of_board("The case with the changes in it", media="application/yaml")
            },
            "/api/board/{board}/save": {"post": _of_board("Put the changes into the case's own file")},
            "/api/compare/{tier}": {
                "get": _answer(
                    "Two scenarios side by side",
                    parameters=[_path("tier", ["point", "chance"]), _query("left", required=True),
                                _query("right", required=True)],
                    schema=PIECES,
                )
            },
            "/api/lesson": {
                "get": _answer("The lesson, on the case of a board or on its example", parameters=[_query("board")],
                               schema=PIECES)
            },
            "/api/lesson/{part}/question": {
                "get": _answer("A question with fresh numbers", parameters=[_path("part", [*PARTS])], schema=PIECES)
            },
            "/api/lesson/{part}/question/{seed}": {
                "get": _answer(
                    "What an answer is worth",
                    parameters=[_path("part", [*PARTS]), _path("seed"), _query("answer", required=True)],
                    schema=PIECES,
                )
            },
        },
    }  # fmt: skip


QUESTIONS: Schema = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("spend", "hosted_model", "open_model", "gpu", "team")},
}
NAME: Schema = {"type": "object", "properties": {"name": {"type": "string"}}}


def _path(name: str, values: list[str] | None = None) -> Schema:
    schema: Schema = {"type": "string", "minLength": 1} | ({"enum": values} if values else {})
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(name: str, *, required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}


EXPLAINED = (_query("line", required=True), _query("option"), _query("month"))


def _of_board(summary: str, *more: Schema, changes: bool = True, media: str = "application/json") -> Schema:
    parameters = [_path("board"), *more, *([CHANGES] if changes else [])]
    return _answer(summary, parameters=parameters, schema=PIECES if media == "application/json" else {}, media=media)


def _answer(summary: str, *, parameters: list[Schema], schema: Schema, media: str = "application/json") -> Schema:
    refused = {code: {"description": said, "content": {"application/json": {"schema": PROBLEMS}}}
               for code, said in REFUSALS.items()}  # fmt: skip
    answered = {"200": {"description": summary, "content": {media: {"schema": schema}}}}
    return {"summary": summary, "parameters": parameters, "responses": answered | refused}


def _taking(summary: str, schema: Schema) -> Schema:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {**_answer(summary, parameters=[], schema=PIECES), "requestBody": body}


def _upload() -> Schema:
    body = {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
    answer = _answer("Take the content of a log", parameters=[_path("upload")], schema=PIECES)
    return {**answer, "requestBody": body}
