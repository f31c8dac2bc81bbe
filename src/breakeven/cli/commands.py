"""The commands of `breakeven`, and what all of them share: their numbers are checked, `--debug` is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from breakeven.cli.compare import compare
from breakeven.cli.decide import decide
from breakeven.cli.demand import demand
from breakeven.cli.designs import designs
from breakeven.cli.drill import drill
from breakeven.cli.explain import explain
from breakeven.cli.facts import facts
from breakeven.cli.flips import flips, value_of_information
from breakeven.cli.gateway import gateway, preflight
from breakeven.cli.gpu_mix import gpu_mix
from breakeven.cli.learn import learn
from breakeven.cli.mcp import mcp
from breakeven.cli.new import new
from breakeven.cli.options import check_values
from breakeven.cli.plan import plan
from breakeven.cli.quick import quick
from breakeven.cli.readiness import readiness
from breakeven.cli.replay import replay
from breakeven.cli.report import report
from breakeven.cli.sample_log import sample_log
from breakeven.cli.schema import schema
from breakeven.cli.serve import serve
from breakeven.cli.shadow import shadow
from breakeven.cli.size import size
from breakeven.cli.throughput import throughput
from breakeven.cli.track import track
from breakeven.cli.verify import verify

app = typer.Typer(
    name="breakeven",
    epilog="Exit codes: 0 ran, 1 case or data wrong, 2 usage, 3 --fail-on met, 70 a fault of ours, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DECIDE, CLOSER, SIZE, PLAN, SHOW, FACTS = "Decide", "Look closer", "Size", "Plan and prove", "Show", "Facts"
GROUPS: dict[str, dict[str, Callable[..., None]]] = {
    DECIDE: {"decide": decide, "new": new, "demand": demand, "quick": quick, "learn": learn},
    CLOSER: {
        "explain": explain,
        "flips": flips,
        "value-of-information": value_of_information,
        "compare": compare,
        "designs": designs,
        "readiness": readiness,
    },
    SIZE: {"size": size, "gpu-mix": gpu_mix},
    PLAN: {
        "plan": plan,
        "gateway": gateway,
        "preflight": preflight,
        "drill": drill,
        "track": track,
    },
    SHOW: {"report": report, "serve": serve, "mcp": mcp},
    FACTS: {"facts": facts, "verify": verify, "schema": schema, "sample-log": sample_log},
}
for panel, commands in GROUPS.items():
    for name, command in commands.items():
        app.command(name, rich_help_panel=panel)(command)
app.add_typer(throughput, name="throughput", rich_help_panel=SIZE)
app.add_typer(replay, name="replay", rich_help_panel=SIZE)
app.add_typer(shadow, name="shadow", rich_help_panel=PLAN)

check_values(app)


def _version(asked: bool) -> None:  # as typer calls it
    if asked:
        from importlib.metadata import version

        typer.echo(f"breakeven {version('breakeven')}")
        raise typer.Exit


@app.callback()
def about(
    debug: Annotated[bool, typer.Option("--debug", help="Show the trace of a fault; may stand anywhere.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Keep buying LLM tokens, serve open weights yourself, or own the base load and burst."""
