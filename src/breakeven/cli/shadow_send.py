"""`breakeven shadow send`: logged requests sent to other arms, each once, at a controlled pace."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json
from breakeven.problems import Problem


def send(
    logs: Annotated[
        list[Path],
        typer.Argument(metavar="LOG…", help="Texts of the shadow log (file or folder), or requests as JSON lines."),
    ],
    arm: Annotated[
        list[str], typer.Option(metavar="NAME=URL", help="A candidate that speaks OpenAI's protocol; repeatable.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", metavar="FILE.jsonl", help="Where the rows go; a run that was stopped goes on there."
        ),
    ],
    model: Annotated[
        list[str] | None, typer.Option(metavar="NAME=MODEL", help="The model's name at an arm; else the request's.")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VARIABLE", help="The variable that holds an arm's key.")
    ] = None,
    rate: Annotated[float, typer.Option(min=0.01, max=10, help="Of the pace at which the requests came.")] = 1.0,
    per_second: Annotated[
        float | None, typer.Option(min=0.001, help="Requests a second, instead of the pace of the log.")
    ] = None,
    at_once: Annotated[int, typer.Option("--concurrency", min=1, max=4096, help="In flight at each arm, at most.")] = 8,
    wait: Annotated[float, typer.Option(min=0.1, help="Seconds without a piece, then a request has failed.")] = 120.0,
    most: Annotated[int | None, typer.Option("--limit", min=1, help="Send so many requests at most.")] = None,
    keep_texts: Annotated[
        bool, typer.Option("--keep-texts", help="Also write requests and answers, to FILE.texts.jsonl.")
    ] = False,
    measured: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write what was measured of each arm, for throughput calibrate.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Send logged requests to one or more candidates and log what comes back: answers, tokens, times, failures."""
    import asyncio

    from breakeven.outputs import made
    from breakeven.proof.send.journal import journal
    from breakeven.proof.send.logged import read_logged
    from breakeven.proof.send.replay import Desk, Pace, send_all

    arms = _arms(arm, model, key)
    requests = read_logged(logs, lambda told: typer.echo(told, err=True))[:most]
    if per_second is None and requests[0].started is None:
        raise Problem("the requests do not say when they came", fix="Give the pace: --per-second 2.")
    pace = Pace(rate=rate, per_second=per_second, at_once=at_once, wait=wait)
    if measured is not None:
        made(measured)  # before hours of sending
    with journal(out, texts=keep_texts) as kept:
        unknown = kept.unknown
        desk = Desk(
            journal=kept,
            clock=lambda: datetime.now(tz=UTC),
            keep_texts=keep_texts,
            hash_key=os.environ.get("BREAKEVEN_HASH_KEY", ""),
        )
        sent = asyncio.run(send_all(requests, arms, pace, desk))
    told = [_told(of_arm, pace, measured) for of_arm in sent]
    if as_json:
        print_json({"rows": str(out), "unknown_from_before": unknown, "arms": told})
        return
    for of_arm in told:
        typer.echo("  ".join(f"{name} {value}" for name, value in of_arm.items() if value not in (None, {})))
    if unknown:
        typer.echo(f"{unknown} requests were under way when an earlier run was stopped; they are not sent again")
    typer.echo(f"rows: {out}")


def _told(sent: Any, pace: Any, folder: Path | None) -> dict[str, Any]:
    """One arm's run in numbers; writes its measurement."""
    from breakeven.outputs import write
    from breakeven.proof.send.measured import measurement
    from breakeven.texts import shown

    record = measurement(sent.rows, sent.arm, pace)
    errors = sorted({row.error for row in sent.rows if row.error})
    told = {
        "arm": sent.arm.name,
        "sent": len(sent.rows),
        "before": sent.before,
        "failed": {kind: sum(row.error == kind for row in sent.rows) for kind in errors},
        "said": shown(sent.said) or None,
        "late_seconds": round(sent.late, 2),
        "output_tokens_per_second": None if record is None else round(record["output_tokens"] / record["duration"], 1),
        "seconds_to_first_token": None if record is None else _rounded(record["ttft"]["p50"]),
        "seconds_per_token": None if record is None else _rounded(record["tpot"]["p50"]),
        "measured": None,
    }
    if folder is not None and record is not None:
        write(path := folder / f"{sent.arm.name}.json", f"{json.dumps(record, indent=2)}\n")
        told["measured"] = str(path)
    elif folder is not None:
        told["measured"] = "not written: nothing completed, or the server does not count tokens"
    return told


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 5)


def _arms(given: list[str], models: list[str] | None, keys: list[str] | None) -> list[Any]:
    """The candidates. Raises `Problem` for a name that is none, or a variable that is not set."""
    from breakeven.cli.gateway import pairs
    from breakeven.proof.send.asking import Arm

    addresses, names, variables = pairs(given, "--arm"), pairs(models, "--model"), pairs(keys, "--key")
    for name in (*names, *variables):
        if name not in addresses:
            raise Problem(f'"{name}" is no arm', fix=f"The arms are {', '.join(addresses)}.")
    for name, address in addresses.items():
        if not address.startswith(("http://", "https://")):
            raise Problem(f'--arm {name}: "{address}" is no address', fix="Write it as self=http://host:8000/v1.")
        if not name.replace("-", "").replace("_", "").isalnum():
            raise Problem(f'"{name}" is no name of an arm', fix="Letters, digits, - and _.")
    unset = [name for name in variables.values() if not os.environ.get(name)]
    if unset:
        raise Problem(f"not set in the environment: {', '.join(unset)}", fix="Set it; a key is never an option.")
    return [
        Arm(name=name, address=address, model=names.get(name), key=os.environ.get(variables.get(name, "")) or None)
        for name, address in addresses.items()
    ]
