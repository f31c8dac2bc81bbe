"""`breakeven shadow`: what the shadow run and the canary show, and what follows."""

from __future__ import annotations

import typer

from breakeven.cli.shadow_judge import judge
from breakeven.cli.shadow_score import score
from breakeven.cli.shadow_send import send
from breakeven.cli.shadow_watch import watch

shadow = typer.Typer(no_args_is_help=True)


@shadow.callback()
def about() -> None:
    """Shadow run and canary: requests sent to a candidate, judged against the API, acted on."""


for name, command in (("send", send), ("score", score), ("judge", judge), ("watch", watch)):
    shadow.command(name)(command)
