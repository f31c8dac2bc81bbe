"""`breakeven shadow watch`: up the ladder of shares, and back by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Annotated, Any

import typer

from breakeven.problems import Problem

NO_NAME = r"[^\w.-]+"  # what of a workload's name is not in a file's
BACK = 11  # the exit code of a rollback, as of `shadow judge`


def watch(
    workload: Annotated[str, typer.Option("--workload", help="Which workload of the plan.")],
    log: Annotated[
        Path | None, typer.Argument(help="The folder that the gateway's plugin logs to, where it is not the gateway's.")
    ] = None,
    gateway: Annotated[
        Path | None,
        typer.Option("--gateway", metavar="DIR", help="The folder of the gateway, LiteLLM's or Envoy's: moves it too."),
    ] = None,
    live: Annotated[
        Path | None,
        typer.Option("--live", metavar="FILE", help="Without --gateway: the live plan that it reads, canary.json."),
    ] = None,
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
    from breakeven.proof.judge.registration import fingerprint_of
    from breakeven.proof.records.alone import alone

    places = places_of(gateway, log, live, record, workload)
    rungs = ladder_shares(read_plan(plan), workload)
    path, registration = registered(plan, preregistration)
    terms = registration.workloads.get(workload)
    if terms is None:
        raise Problem(f'"{workload}" is not registered', where=str(plan), fix="Name one that is, with --workload.")
    ladder = Ladder(
        guarded=Guarded(
            workload=workload,
            candidate=terms.candidate,
            control=terms.control,
            times=times,
            promises=terms.promises,
            margin=terms.margin,
        ),
        rungs=rungs,
        hold=timedelta(hours=hours),
        least_requests=requests,
        alpha=terms.alpha,
        mirror_back=mirror_back if places.sees_copies else 0.0,
        may_roll_back=rollback,
    )
    with alone(places.record, who="another watcher", fix="End it first."):
        if not places.record.stat().st_size:
            check_go(judgement, workload, plan=registration.plan, registered=fingerprint_of(path))
        for kind in looks(ladder, places, every, once=once):
            if kind in {"back", "end"}:
                raise typer.Exit(BACK)


def places_of(gateway: Path | None, log: Path | None, live: Path | None, record: Path | None, workload: str) -> Any:
    """Where the rows come from, and what is changed. Raises `Problem` where that is not said."""
    from breakeven.proof.act.watch import Places
    from breakeven.proof.gateway.control import running
    from breakeven.proof.records.live_plan import FILE
    from breakeven.proof.records.tail import Tail

    beside = f"{Path(FILE).stem}.{re.sub(NO_NAME, '-', workload)}.record.jsonl"
    if gateway is not None and live is None:
        gateway_running = running(gateway, log=log)
        return Places(
            log=gateway_running.tail,
            live=gateway / FILE,
            record=record or gateway / beside,
            put=gateway_running.put_in_force,
            sees_copies=gateway_running.admin is None,
        )
    if log is None or live is None or gateway is not None:
        fix = "Name the gateway's folder with --gateway, or the log and --live canary.json."
        raise Problem("it is not said what to watch and what to move", fix=fix)
    return Places(log=Tail(source=log), live=live, record=record or live.with_name(beside))


def looks(ladder: Any, places: Any, every: float, *, once: bool) -> Iterator[str]:
    """One look after the other; what changed is printed. A gateway that does not answer is tried again."""
    from breakeven.proof.act.watch import look, watching
    from breakeven.proof.gateway.control import Unreachable

    state, told = None, ""
    while True:
        try:
            state = state or watching(ladder, places, datetime.now(UTC))
            state, decision = look(state, datetime.now(UTC))
            kind, sentence = decision.kind, f"{decision.kind}: {decision.share:.0%}, {decision.why}"
            if state.tail.unread:
                sentence += f" ({state.tail.unread:,} lines of the log are no rows, and count for nothing)"
        except Unreachable as problem:
            if once:
                raise
            state, kind, sentence = None, "stay", f"not done, and tried again: {problem}"
        if sentence != told:
            typer.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {ladder.workload} {sentence}")
            told = sentence
        yield kind
        if once:
            return
        sleep(every)


def check_go(judgement: Path | None, workload: str, *, plan: str, registered: str) -> None:
    """Nothing begins without a GO, by this registration, on this plan. Raises `Problem`."""
    from breakeven.files import LARGEST_MADE, text_of
    from breakeven.proof.judge.shadow import FORMAT as JUDGEMENT
    from breakeven.written import json_of

    fix = "Write it with `breakeven shadow judge LOG… -o FILE`, and name it with --judgement."
    if judgement is None:
        raise Problem("the ladder begins with a judgement that says GO", where="--judgement", fix=fix)
    try:
        data = json_of(text_of(judgement, largest=LARGEST_MADE, fix=fix))
    except json.JSONDecodeError as error:
        raise Problem(f"this is not JSON: {error}", where=str(judgement), fix=fix) from None
    data = data if isinstance(data, Mapping) else {}
    if data.get("format") != JUDGEMENT:
        raise Problem("this is no judgement of this version", where=str(judgement), fix=fix)
    if data.get("plan") != plan:
        raise Problem(f'it is of the plan "{data.get("plan")}", and this is "{plan}"', where=str(judgement), fix=fix)
    if data.get("registration") != registered:
        told = "it was judged by another registration than the one that is named here, or before that was changed"
        raise Problem(told, where=str(judgement), fix=fix)
    results = data.get("workloads")
    listed = [judged for judged in results if isinstance(judged, Mapping)] if isinstance(results, list) else []
    verdict = next((judged.get("verdict") for judged in listed if judged.get("workload") == workload), None)
    if verdict != "GO":
        raise Problem(
            f"it says {verdict or 'nothing'} of {workload}, and not GO", where=str(judgement), fix="Go on in shadow."
        )
