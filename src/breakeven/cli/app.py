"""The `breakeven` command. Exit codes: 0 ran, 1 case or data wrong, 2 usage, 3 `--fail-on` met."""

from __future__ import annotations

import sys

import typer

from breakeven.cli.compare import compare
from breakeven.cli.decide import decide
from breakeven.cli.demand import demand
from breakeven.cli.ending import swept
from breakeven.cli.explain import explain
from breakeven.cli.facts import facts
from breakeven.cli.flips import flips, value_of_information
from breakeven.cli.gpu_mix import gpu_mix
from breakeven.cli.new import new
from breakeven.cli.plan import plan
from breakeven.cli.quick import quick
from breakeven.cli.readiness import readiness
from breakeven.cli.replay import replay
from breakeven.cli.report import report
from breakeven.cli.sample_log import sample_log
from breakeven.cli.schema import schema
from breakeven.cli.size import size
from breakeven.cli.throughput import throughput
from breakeven.cli.verify import verify
from breakeven.problems import Problem, Problems

CASE_WRONG = 1

app = typer.Typer(
    name="breakeven",
    help="Keep buying LLM tokens, serve open weights yourself, or own the base load and burst.",
    epilog="Exit codes: 0 ran, 1 case or data wrong, 2 usage, 3 --fail-on met.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (decide, explain, compare, new, quick, facts, verify, schema, report):
    app.command()(command)
app.command("demand")(demand)
app.command("readiness")(readiness)
app.command("flips")(flips)
app.command("plan")(plan)
app.command("gpu-mix")(gpu_mix)
app.command("value-of-information")(value_of_information)
app.command("sample-log")(sample_log)
app.command("size")(size)
app.add_typer(throughput, name="throughput")
app.add_typer(replay, name="replay")


def main() -> None:
    """Run the command; what a person did wrong is told without a traceback."""
    try:
        with swept():
            app()
    except (Problem, Problems) as problem:
        typer.echo(str(problem), err=True)
        sys.exit(CASE_WRONG)
