"""The tools. Each hands its question to the desk and its answer to the client; none of them computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult, InputRequiredResult
from pydantic import Field

from breakeven.mcp.desk import Desk
from breakeven.mcp.drivers import answered, missing_of_draft
from breakeven.mcp.folder import Folder
from breakeven.mcp.results import Answer, can_ask, question_of, result_of, said
from breakeven.mcp.told import Told, missing_told, problem_told
from breakeven.problems import Problem, Problems

Result = Annotated[CallToolResult, Answer]
Path = Annotated[str | None, Field(description="A case file inside the folder, such as case.yaml.")]
Text = Annotated[str | None, Field(description="The case as YAML text, in place of a file.", max_length=200_000)]
Handle = Annotated[str, Field(description="The handle that decide gave.", pattern="^[0-9a-f]{16}$")]
Option = Annotated[str | None, Field(description="An option by name or number; absent: the best one.")]


class Tools:
    """What the tools share: the folder, the desk, and the day."""

    def __init__(self, folder: Folder, desk: Desk, today: Callable[[], date]) -> None:
        self.folder, self.desk, self.today = folder, desk, today

    async def ask(self, ctx: Context, task: str, **arguments: Any) -> Told:
        """The desk's answer, with progress to the client as long as it takes."""

        async def tell(name: str, bytes_read: int) -> None:
            await ctx.report_progress(bytes_read, message=f"{name}: {bytes_read / 1e6:,.0f} MB read so far")

        try:
            return await self.desk.done(task, arguments, tell)
        except (Problem, Problems) as problem:
            return problem_told(problem)

    async def judged(
        self, ctx: Context, task: str, case: str | None, case_yaml: str | None
    ) -> CallToolResult | InputRequiredResult:
        """A task about a case; what the case lacks is asked of the person first."""
        added: dict[str, Any] = {}
        named = {"folder": self.folder.root, "case": case, "case_yaml": case_yaml, "as_of": None}
        told = await self.ask(ctx, task, **named, added=added)
        if told.missing and (reply := said(ctx)) is not None and reply.action == "accept":
            try:
                added = answered(told.missing, reply.content or {})
            except Problem as problem:
                return result_of(problem_told(problem))
            told = await self.ask(ctx, task, **named, added=added)
        return question_of(told.missing) if _asks(ctx, told) else result_of(told)

    async def studied(self, ctx: Context, task: str, study: str, **arguments: Any) -> CallToolResult:
        """A task about a study, known by its handle."""
        try:
            kept, _ = self.desk.shelf.take(study)
        except Problem as problem:
            return result_of(problem_told(problem))
        return result_of(await self.ask(ctx, task, kept=kept, **arguments))

    async def describe_usage(
        self,
        ctx: Context,
        log: Annotated[str, Field(description="A usage log or a bill inside the folder: a file, folder or pattern.")],
        columns: Annotated[
            dict[str, str] | None, Field(description="Our name of a column: its name in the log, where they differ.")
        ] = None,
        log_format: Annotated[
            str | None, Field(description="A format by name; absent: each file tells its own.")
        ] = None,
        time_zone: Annotated[str, Field(description="For the shape of the week, such as Europe/Vienna.")] = "UTC",
    ) -> Result:
        """Read a usage log of any size: tokens, workloads, the week, peaks, and what of it could not be used."""
        return result_of(
            await self.ask(
                ctx,
                "describe_usage",
                folder=self.folder.root,
                log=log,
                columns=columns or {},
                log_format=log_format,
                time_zone=time_zone,
            )
        )

    async def draft_case(  # noqa: PLR0913 - each is one thing that a person says
        self,
        ctx: Context,
        *,
        api_spend_per_month: Annotated[float | None, Field(gt=0, description="What the API costs, USD/month.")] = None,
        tokens_per_month: Annotated[float | None, Field(gt=0, description="Tokens a month, instead of it.")] = None,
        log: Annotated[str | None, Field(description="A usage log inside the folder, instead of both.")] = None,
        hosted_model: Annotated[str | None, Field(description="The model bought today, host/model.")] = None,
        open_model: Annotated[str | None, Field(description="The open-weight model that could replace it.")] = None,
        gpu: Annotated[str | None, Field(description="The GPU offered; absent: the best is looked for.")] = None,
        gpu_price_per_hour: Annotated[float | None, Field(gt=0, description="Of one GPU, USD/hour.")] = None,
        team: Annotated[float | None, Field(gt=0, description="Engineers who would run it, FTE.")] = None,
        name: Annotated[str, Field(description="What the case is called.", max_length=200)] = "case",
    ) -> CallToolResult | InputRequiredResult:
        """Draft a case file as YAML text from what the person says. Asks for what is missing; guesses nothing."""
        volumes = {"api_spend_per_month": api_spend_per_month, "tokens_per_month": tokens_per_month}
        given = {"log": log, "hosted_model": hosted_model, "open_model": open_model, "team": team, **volumes}
        try:
            reply = said(ctx)
            if reply is not None and reply.action == "accept":
                given |= answered(missing_of_draft(given), reply.content or {})
            told = _one_volume(given) or missing_told(missing_of_draft(given))
        except Problem as problem:
            return result_of(problem_told(problem))
        if told.missing:
            return question_of(told.missing) if _asks(ctx, told) else result_of(told)
        if told.wrong:
            return result_of(told)
        answers: dict[str, Any] = {key: given[key] for key in ("hosted_model", "open_model", "team")}
        volume = next(((key, given[key]) for key in volumes if given[key] is not None), None)
        answers |= {"name": name, "gpu": gpu, "gpu_price": gpu_price_per_hour, "volume": volume}
        drafted = {"folder": self.folder.root, "answers": answers, "log": log, "as_of": self.today()}
        return result_of(await self.ask(ctx, "draft_case", **drafted))


def _one_volume(given: Mapping[str, Any]) -> Told | None:
    """The problem of a volume given twice; None where it is given once, or not."""
    named = [key for key in ("log", "api_spend_per_month", "tokens_per_month") if given[key] is not None]
    if len(named) < 2:
        return None
    return problem_told(Problem(f"{' and '.join(named)} give the volume twice", fix="Keep one of them."))


def _asks(ctx: Context, told: Told) -> bool:
    """Whether to put the question itself; a person who declined is told in words what is missing."""
    return bool(told.missing) and can_ask(ctx) and said(ctx) is None
