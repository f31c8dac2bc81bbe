"""`breakeven shadow watch`: up the ladder of shares, and back by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Annotated, Any

import typer

from breakeven.problems import Problem

BACK = 11  # the exit code of a rollback, as of `shadow judge`


def watch(
    log: Annotated[Path, typer.Argument(help="The folder that the gateway's plugin logs to.")],
    live: Annotated[Path, typer.Option("--live", metavar="FILE", help="The live plan of the gateway: canary.json.")],
    workload: Annotated[str, typer.Option("--workload", help="Which workload of the plan.")],
    plan: Annotated[Path, typer.Option("--plan", metavar="FILE", help="The plan of `breakeven plan -o`.")] = Path(
        "plan.yaml"
    ),
    preregistration: Annotated[
        Path | None, typer.Option("--preregistration", metavar="FILE", help="What `shadow judge` judged by.")
    ] = None,
    judgement: Annotated[
        Path | None, typer.Option("--judgement", metavar="FILE", help="`shadow judge -o`: must say GO to begin.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="FILE", help="Every action, each with the hash of the last.")
    ] = None,
    hours: Annotated[float, typer.Option(min=0.0, help="Hours that each share is held.")] = 24.0,
    requests: Annotated[int, typer.Option(min=1, help="Requests that each share must have had.")] = 200,
    times: Annotated[float, typer.Option(min=1.0, help="Failures allowed, times the API's.")] = 2.0,
    mirror_back: Annotated[
        float, typer.Option(min=0.0, max=0.05, help="Copied to the API once it has all of the traffic.")
    ] = 0.02,
    rollback: Annotated[bool, typer.Option("--rollback/--no-rollback", help="Send back, or only tell.")] = True,
    every: Annotated[float, typer.Option(min=0.05, max=3600.0, help="Seconds between two looks.")] = 1.0,
    once: Annotated[bool, typer.Option("--once", help="One look, for a job that comes back.")] = False,
) -> None:
    """Move the ladder 1-5-25-50-100 %. Exit codes: 0 go on, 11 sent back."""
    from breakeven.cli.shadow_judge import registered
    from breakeven.plan.reading import read_plan
    from breakeven.proof.act.guard import Guarded
    from breakeven.proof.act.ladder import Ladder, ladder_shares
    from breakeven.proof.act.watch import Places
    from breakeven.proof.judge.registration import read_registration

    written = record or live.with_name(f"{live.stem}.{workload}.record.jsonl")
    rungs = ladder_shares(read_plan(plan), workload)
    terms = read_registration(registered(plan, preregistration)).workloads.get(workload)
    if terms is None:
        raise Problem(f'"{workload}" is not registered', where=str(plan), fix="Name one that is, with --workload.")
    ladder = Ladder(
        guarded=Guarded(
            workload=workload, candidate=terms.candidate, control=terms.control, times=times, promises=terms.promises
        ),
        rungs=rungs,
        hold=timedelta(hours=hours),
        least_requests=requests,
        alpha=terms.alpha,
        mirror_back=mirror_back,
        may_roll_back=rollback,
    )
    with alone(written):
        if not written.stat().st_size:
            check_go(judgement, workload)
        for kind in looks(ladder, Places(log=log, live=live, record=written), every, once=once):
            if kind in {"back", "end"}:
                raise typer.Exit(BACK)


def looks(ladder: Any, places: Any, every: float, *, once: bool) -> Iterator[str]:
    """One look after the other; what changed is printed."""
    from breakeven.proof.act.watch import look, watching

    state, told = watching(ladder, places, datetime.now(UTC)), ""
    while True:
        state, decision = look(state, datetime.now(UTC))
        if (said := f"{decision.kind}: {decision.share:.0%}, {decision.why}") != told:
            typer.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {ladder.workload} {said}")
            told = said
        yield decision.kind
        if once:
            return
        sleep(every)


def check_go(judgement: Path | None, workload: str) -> None:
    """Nothing begins without a GO. Raises `Problem`."""
    from breakeven.files import LARGEST_MADE, text_of
    from breakeven.written import json_of

    fix = "Write it with `breakeven shadow judge LOG… -o FILE`, and name it with --judgement."
    if judgement is None:
        raise Problem("the ladder begins with a judgement that says GO", where="--judgement", fix=fix)
    try:
        data = json_of(text_of(judgement, largest=LARGEST_MADE, fix=fix))
    except json.JSONDecodeError as error:
        raise Problem(f"this is not JSON: {error}", where=str(judgement), fix=fix) from None
    results = data.get("workloads", ()) if isinstance(data, Mapping) else ()
    said = next((each["verdict"] for each in results if each.get("workload") == workload), None)
    if said != "GO":
        raise Problem(
            f"it says {said or 'nothing'} of {workload}, and not GO", where=str(judgement), fix="Go on in shadow."
        )


@contextmanager
def alone(record: Path) -> Iterator[None]:
    """The record, for one watcher at a time: two would climb in turn. Raises `Problem`."""
    from breakeven.outputs import unwritable

    try:
        held = record.open("ab")
    except OSError as error:
        raise unwritable(record, error) from None
    with held:
        try:
            import fcntl
        except ImportError:  # a system without such locks: nobody is kept out
            yield
            return
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("another watcher holds this record", where=str(record), fix="End it first.") from None
        yield
