"""`breakeven gateway`: a plan as the configuration of a real gateway; `preflight`: what is missing before it starts."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from shutil import which
from typing import Annotated

import typer

from breakeven.cli.answer import print_json
from breakeven.problems import Problem


class For(StrEnum):
    """The gateways that can be written for."""

    LITELLM = "litellm"
    ENVOY = "envoy"
    GATEWAY_API = "gateway-api"


def gateway(
    plan: Annotated[Path, typer.Argument(help="The plan, as `breakeven plan -o` wrote it.")],
    kind: Annotated[For, typer.Option("--for", help="The gateway.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="The folder to write.")],
    address: Annotated[
        list[str] | None, typer.Option(metavar="TARGET=URL", help="Where a target of the plan is served; repeatable.")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(metavar="TARGET=NAME", help="The name it is served by there; repeatable.")
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0.1, help="Seconds without a sign of the candidate, then the API answers.")
    ] = 20.0,
    copies_budget: Annotated[
        float, typer.Option(min=0, help="What copies sent to the API may cost a day and workload, USD (LiteLLM).")
    ] = 10.0,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it listens, on this machine alone.")] = 4000,
    admin_port: Annotated[int, typer.Option(min=1, max=65535, help="Envoy's own port for live changes.")] = 9901,
    parent: Annotated[str, typer.Option(help="The Gateway that routes hang on (gateway-api).")] = "llm-gateway",
    namespace: Annotated[str | None, typer.Option(help="The namespace of the routes (gateway-api).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite; the shares that are in force stay.")] = False,
) -> None:
    """Write a plan as the configuration of LiteLLM, Envoy or a Kubernetes Gateway. No secret is ever written."""
    from breakeven.plan.reading import read_plan
    from breakeven.proof.gateway.emit import Places, files_of, write_files
    from breakeven.proof.gateway.litellm_config import Limits
    from breakeven.proof.gateway.routes import routes_of

    made = routes_of(read_plan(plan), addresses=pairs(address, "--address"), models=pairs(model, "--model"))
    files = files_of(
        kind.value,
        made,
        limits=Limits(wait=wait, copies_per_day=copies_budget),
        places=Places(port=port, admin_port=admin_port, parent=parent, namespace=namespace),
        now=datetime.now(tz=UTC),
    )
    write_files(out, files, force=force)
    typer.echo(f"{out}: {', '.join(files)}")
    for notice in made.notices:
        typer.echo(f"left where it is: {notice}")
    typer.echo(f"Next: breakeven preflight {out}" if kind is not For.GATEWAY_API else f"Next: kubectl diff -f {out}")


def preflight(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `breakeven gateway` wrote.")],
    environment: Annotated[
        Path | None, typer.Option(metavar="VENV", help="The gateway's virtual environment, else by the PATH.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what is missing before the gateway starts: variables, releases, plugins. Exit code 1 if anything is."""
    from breakeven.proof.gateway.preflight import preflight as looked_at

    checked = looked_at(folder, environment=os.environ, installed=environment or _installed())
    if as_json:
        texts = {"missing": checked.missing, "notices": checked.notices, "right": checked.right}
        print_json({name: [str(finding) for finding in findings] for name, findings in texts.items()})
    else:
        for mark, findings in (
            ("ok      ", checked.right),
            ("notice  ", checked.notices),
            ("MISSING ", checked.missing),
        ):
            for finding in findings:
                typer.echo(mark + str(finding).replace("\n", f"\n{' ' * len(mark)}"))
    if checked.missing:
        raise typer.Exit(1)


def _installed() -> Path | None:
    """The environment of the program on the PATH."""
    program = which("litellm") or which("envoy")
    return Path(program).parent.parent if program else None


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """TARGET=VALUE, several times. Raises `Problem`."""
    by_target: dict[str, str] = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise Problem(f'{option} "{pair}" is no pair', fix='Write it as "70B on H100=http://10.0.0.5:8000/v1".')
        if name.strip() in by_target:
            raise Problem(f'{option} names "{name.strip()}" twice', fix="Keep one of them.")
        by_target[name.strip()] = value.strip()
    return by_target
