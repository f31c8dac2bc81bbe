"""`breakeven drill`: all traffic back to the API, measured, put back, and dated as evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json


def drill(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the gateway that runs.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE.json", help="The evidence; else DIR/drill-<moment>.json."),
    ] = None,
    workload: Annotated[str | None, typer.Option(help="One workload; else all that it routes.")] = None,
    log: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The shadow log, where it is not DIR/shadow (LiteLLM).")
    ] = None,
    case: Annotated[Path | None, typer.Option(help="A case: a passed drill answers its readiness questions.")] = None,
    peak: Annotated[
        float | None, typer.Option(min=0.001, help="Requests a second at the peak; absent: its share is not known.")
    ] = None,
    before: Annotated[float, typer.Option(min=0.1, help="Seconds to watch first.")] = 10.0,
    quiet: Annotated[float, typer.Option(min=0.1, help="Seconds without a request: the arm is left.")] = 10.0,
    hold: Annotated[float, typer.Option(min=0, help="Seconds for which the API takes all.")] = 60.0,
    limit: Annotated[float, typer.Option(min=1, help="Seconds after which it has failed.")] = 300.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Drill the way back: send everything to the API, measure how long it takes, put it back. Exit code 1: failed."""
    from breakeven.outputs import tried, write
    from breakeven.proof.gateway.control import running
    from breakeven.proof.gateway.drill import Hands, Terms, plain_evidence, readiness_answers
    from breakeven.proof.gateway.drill import drill as held
    from breakeven.study.case.answers_file import write_answers

    gateway = running(folder, log=log)
    now = datetime.now(tz=UTC)
    path = out or folder / f"drill-{now:%Y-%m-%dT%H%M%S}.json"
    tried(path, sources=[case] if case else [])
    terms = Terms(before=before, quiet=quiet, hold=hold, limit=limit, peak=peak)
    hands = Hands(clock=lambda: datetime.now(tz=UTC), sleep=sleep)
    evidence = held(gateway, terms, hands, workload=workload)
    document = plain_evidence(evidence)
    write(path, f"{json.dumps(document, indent=2)}\n")
    answers = readiness_answers(evidence, str(path))
    if case is not None and answers:
        write_answers(case, answers, as_of=now.date())
    print_json(document) if as_json else typer.echo("\n".join(_page(evidence, path, case, list(answers))))
    if not evidence.passed:
        raise typer.Exit(1)


def _page(evidence: Any, path: Path, case: Path | None, answered: list[str]) -> Iterator[str]:
    """What happened, in words."""
    left = "not left" if evidence.seconds is None else f"left after {evidence.seconds:.1f} s"
    yield f"{'passed' if evidence.passed else 'FAILED'}: {evidence.because}"
    yield (
        f"candidate {left}; meanwhile the API took {evidence.at_api_during} requests "
        f"({evidence.requests_per_second:.1f}/s), {evidence.failed_during} failed; the shares are back"
    )
    yield f"evidence: {path}"
    if case is not None:
        yield f"{case}: {', '.join(answered) or 'no answer written, the drill has not passed'}"
