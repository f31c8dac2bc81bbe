"""The tools about a case and about a study."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult, InputRequiredResult
from pydantic import Field

from breakeven.lesson.lesson import PARTS
from breakeven.lesson.quiz import checked, question
from breakeven.mcp.results import result_of
from breakeven.mcp.told import Told, problem_told
from breakeven.mcp.tools import Handle, Option, Path, Result, Text, Tools
from breakeven.problems import Problem


class Questions:
    """One method a tool; its signature is what the client sees."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    async def decide(
        self, ctx: Context, case: Path = None, case_yaml: Text = None
    ) -> CallToolResult | InputRequiredResult:
        """Decide a case: buy tokens, serve an open model, or both. Gives the handle of the study."""
        return await self.tools.judged(ctx, "decide", case, case_yaml)

    async def designs(
        self, ctx: Context, case: Path = None, case_yaml: Text = None
    ) -> CallToolResult | InputRequiredResult:
        """Find the best GPU, number format, replica and purchase for what a case leaves open."""
        return await self.tools.judged(ctx, "designs", case, case_yaml)

    async def readiness(
        self, ctx: Context, case: Path = None, case_yaml: Text = None
    ) -> CallToolResult | InputRequiredResult:
        """Can the team run it? Red, yellow, green by evidence, what that forbids, and the cheapest way on."""
        return await self.tools.judged(ctx, "readiness", case, case_yaml)

    async def plan(
        self, ctx: Context, case: Path = None, case_yaml: Text = None
    ) -> CallToolResult | InputRequiredResult:
        """Plan the migration: which workload moves where and when, in which phases, with which way back."""
        return await self.tools.judged(ctx, "plan", case, case_yaml)

    async def explain(
        self,
        ctx: Context,
        study: Handle,
        line: Annotated[str, Field(description="A line or an input, such as net_present_value or gpu_rent.")],
        option: Option = None,
        month: Annotated[int | None, Field(ge=1, description="The month; absent: the first full one.")] = None,
    ) -> Result:
        """Explain a number of a study: its formula, the formula with numbers, and every source."""
        return await self.tools.studied(ctx, "explain", study, line=line, option=option, month=month)

    async def flips(self, ctx: Context, study: Handle, option: Option = None) -> Result:
        """Show for every input the smallest change that turns the answer, and what two turn together."""
        return await self.tools.studied(ctx, "flips", study, option=option)

    async def what_if(
        self,
        ctx: Context,
        study: Handle,
        changes: Annotated[
            dict[str, float], Field(description="Inputs by name, such as volume_scale or run_fte: their new values.")
        ],
    ) -> Result:
        """What the study comes to with other values of its inputs, at once and before anything is drawn."""
        try:
            _, ready = self.tools.desk.shelf.take(study)
        except Problem as problem:
            return result_of(problem_told(problem))
        return result_of(await self.tools.ask(ctx, "what_if", ready=ready, changes=changes))

    async def lesson(
        self,
        ctx: Context,
        part: Annotated[str | None, Field(description=f"One of {', '.join(PARTS)}; absent: all.")] = None,
        case: Path = None,
        case_yaml: Text = None,
    ) -> Result:
        """Teach self-hosting economics, on the lesson's example or on the person's own case, with a playbook a part."""
        named = {"folder": self.tools.folder.root, "case": case, "case_yaml": case_yaml}
        return result_of(await self.tools.ask(ctx, "teach", part=part, **named))

    async def quiz(
        self,
        part: Annotated[str, Field(description=f"One of {', '.join(PARTS)}.")],
        seed: Annotated[int, Field(ge=0, description="A new one each time: it makes the numbers.")],
        answer: Annotated[str | None, Field(description="The person's answer; absent: the question is asked.")] = None,
    ) -> Result:
        """Ask a question with fresh numbers; with an answer: whether it is right, and which line was forgotten."""
        try:
            if answer is None:
                asked = question(part, seed)
                return result_of(Told(page=f"{asked.text} (in {asked.unit})", data=asdict(asked)))
            check = checked(part, seed, answer)
        except Problem as problem:
            return result_of(problem_told(problem))
        return result_of(Told(page=f"{'Right.' if check.right else 'Wrong.'} {check.because}", data=asdict(check)))

    async def report(
        self,
        ctx: Context,
        study: Handle,
        out: Annotated[str, Field(description="A folder inside the folder; it is made, and files in it are replaced.")],
        parts: Annotated[str | None, Field(description="xlsx, pdf, html, md, json, charts; absent: all.")] = None,
    ) -> Result:
        """Write the board pack: workbook, memo, pictures, the study as JSON. The only tool that writes."""
        return await self.tools.studied(ctx, "report", study, folder=self.tools.folder.root, out=out, parts=parts)
