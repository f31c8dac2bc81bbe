"""What an assistant may read beside calling tools: schema, method, facts with their sources, studies, the skill."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from mcp.server import MCPServer
from mcp.server.extension import Extension, ResourceBinding
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.server.mcpserver.resources import FunctionResource

from breakeven.mcp.documents import pages
from breakeven.mcp.told import NOTICE
from breakeven.mcp.tools import Tools
from breakeven.problems import Problem
from breakeven.shipped import shipped_text
from breakeven.study.case.editor import case_schema_text

SKILL = "self-hosting-economics"
MARKDOWN, JSON, CSV, YAML = "text/markdown", "application/json", "text/csv", "application/yaml"
TYPES = {".md": MARKDOWN, ".json": JSON, ".yaml": YAML}

LEARN = """\
Teach me self-hosting economics with breakeven. Call the tool lesson for one part after the other: the whole cost, the
demo and what it leaves out, the break-even and what flips it, readiness, the hybrid migration. After each part quiz me
with the tool quiz, a new seed each time, and tell me which line I forgot when I am wrong. Use only numbers that a tool
printed."""
DECIDE = """\
Decide my case with breakeven. Ask me for what only I know: what the API costs a month or a usage log, the hosted model,
the open model that could replace it, the GPU offer if I have one, and how many engineers would run it. Invent none of
it. Then call draft_case, show me the case, and call decide. Report the verdict, what it costs side by side, where it
breaks even, what turns it, and what was not said. Every number comes from a tool, with its unit."""
QUIZ = """\
Quiz me on self-hosting economics: call the tool quiz with a new seed for a part of the lesson, put the question to me,
wait for my answer, and call quiz again with it. Explain a wrong answer by the line that the tool says I forgot."""

PROMPTS = {"learn": ("Learn it", LEARN), "decide": ("Decide my case", DECIDE), "quiz": ("Quiz me", QUIZ)}
FACTS = ("architectures", "gpu_prices", "gpus", "hosted_prices", "models", "published_throughput", "sources")


def add_resources(made: MCPServer, tools: Tools) -> None:
    """Static texts, one resource each, and a study by its handle."""
    _text(made, "breakeven://schema/case", "The JSON Schema of a case", JSON, case_schema_text)
    for name, path in pages("docs/method"):
        page = Path(name).stem
        _text(made, f"breakeven://method/{page}", f"Method: {page}", MARKDOWN, partial(_read, path))
    for table in FACTS:
        read = partial(shipped_text, f"facts/data/{table}.csv")
        _text(made, f"breakeven://facts/{table}", f"Facts, each with its source and day: {table}", CSV, read)

    async def study(handle: str, ctx: Context) -> str:
        """All that study.json holds, by the handle of the study."""
        try:
            kept, _ = tools.desk.shelf.take(handle)
        except Problem as problem:
            raise ResourceNotFoundError(f"{problem.what}. {problem.fix}") from None
        told = await tools.ask(ctx, "whole_study", kept=kept)
        return json.dumps({"notice": NOTICE, "data": told.data}, ensure_ascii=False, indent=2)

    async def taught(part: str, ctx: Context) -> str:
        """A part of the lesson on its example; "all" for the whole."""
        nothing = {"folder": tools.folder.root, "case": None, "case_yaml": None}
        told = await tools.ask(ctx, "teach", part=None if part == "all" else part, **nothing)
        if told.wrong:
            raise ResourceNotFoundError(told.page)
        return told.page

    made.resource("breakeven://lesson/{part}", title="The lesson", mime_type=MARKDOWN)(taught)
    made.resource("breakeven://study/{handle}", title="A study", mime_type=JSON)(study)


def add_prompts(made: MCPServer) -> None:
    """What a person may ask for by name."""
    for name, (title, text) in PROMPTS.items():
        made.prompt(name=name, title=title, description=title)(_said(text))


def _said(text: str) -> Callable[[], str]:
    def said() -> str:
        return text

    return said


def _text(made: MCPServer, uri: str, title: str, mime_type: str, read: Callable[[], str]) -> None:
    made.add_resource(_resource(uri, title, mime_type, read))


def _resource(uri: str, title: str, mime_type: str, read: Callable[[], str]) -> FunctionResource:
    return FunctionResource(uri=uri, name=uri.rpartition("//")[2], title=title, mime_type=mime_type, fn=read)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


class Skills(Extension):
    """The skill, for clients that know the extension: the same files as in skills/, and an index of them."""

    identifier = "io.modelcontextprotocol/skills"

    def resources(self) -> Sequence[ResourceBinding]:
        """Every file of the skill, and what skills there are."""
        files = [
            _resource(f"skill://{SKILL}/{name}", name, TYPES.get(path.suffix, "text/plain"), partial(_read, path))
            for name, path in pages(f"skills/{SKILL}")
        ]
        if not files:
            return ()
        listed = {"skills": [{"name": SKILL, "type": "skill-md", "url": f"skill://{SKILL}/SKILL.md"}]}
        index = _resource("skill://index.json", "skills", JSON, partial(json.dumps, listed))
        return [ResourceBinding(resource) for resource in (index, *files)]
