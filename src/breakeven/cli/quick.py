"""`breakeven quick`: the brief's comparison on one page. Reads, asks `breakeven.quick`, shows."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from breakeven.cli.answer import print_json

COLOURS = {"NEVER": "red", "LOSES": "red", "FRAGILE": "yellow", "HOLDS": "green"}
SHOWN_INTERVALS = 6


def quick(
    tokens: Annotated[str, typer.Option(metavar="M", help="Tokens a month, in millions.")],
    hosted_price: Annotated[str, typer.Option(metavar="P", help="Hosted price, USD per million tokens.")],
    gpu_monthly: Annotated[str, typer.Option(metavar="G", help="One GPU, USD a month.")],
    eng_monthly: Annotated[str, typer.Option(metavar="E", help="Engineering, USD a month.")],
    gpus: Annotated[str | None, typer.Option(metavar="N", help="GPUs of a fixed fleet.")] = None,
    gpu_capacity: Annotated[
        str | None,
        typer.Option(metavar="MTOK", help="What one GPU serves a month: the fleet follows the volume."),
    ] = None,
    utilization: Annotated[
        str | None, typer.Option(metavar="U", help="Taken and never used: kept for calls that give it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of the page.")] = False,
) -> None:
    """Hosted tokens against your own GPUs: costs, every break-even, and what would turn the answer."""
    from breakeven.quick.ask import quick as ask

    answer = ask(
        tokens=tokens,
        hosted_price=hosted_price,
        gpu_monthly=gpu_monthly,
        eng_monthly=eng_monthly,
        gpus=gpus,
        gpu_capacity=gpu_capacity,
        utilization=utilization,
    )
    if as_json:
        print_json(answer.to_json())
    else:
        Console(highlight=False).print(page(answer))


def page(answer: Any) -> Group:
    """The whole answer, top to bottom in the order of the questions one asks."""
    colour = COLOURS[answer.verdict]
    verdict = Text.assemble((f" {answer.verdict} ", f"bold reverse {colour}"), " ", (answer.sentence, "bold"))
    return Group(
        verdict,
        Text(),
        costs(answer),
        *section("Where self-hosting is cheaper", intervals(answer)),
        *section("What would turn the answer, one thing at a time", turns(answer)),
        *section("Left out", bullets(answer.omitted)),
    )


def section(title: str, body: RenderableType) -> tuple[RenderableType, ...]:
    """A blank line, a heading, and what stands under it."""
    return Text(), Text(title, style="bold"), Padding(body, (0, 0, 0, 2), expand=False)


def costs(answer: Any) -> Table:
    """Side by side: the plan, and the same at half the utilization."""
    from breakeven.quick.words import dollars

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "hosted", "self-hosted", "GPUs", "cheaper"):
        table.add_column(heading, justify="left" if heading in {"", "cheaper"} else "right")
    rows = {
        "a month as planned": (answer, answer.load.gpus),
        "T1: half the tokens, same fleet": (answer.half_utilization["T1"], answer.load.gpus),
        "T2: half the speed per GPU": (
            answer.half_utilization["T2"],
            answer.half_utilization["T2"].gpus,
        ),
    }
    for name, (side, gpus) in rows.items():
        style = "green" if side.cheaper == "self-hosted" else "cyan"
        money = dollars(side.hosted_usd), dollars(side.self_hosted_usd)
        table.add_row(name, *money, f"{gpus:,}", Text(side.cheaper, style=style))
    return table


def intervals(answer: Any) -> Group:
    """Break-evens, win intervals, margin, load."""
    from breakeven.quick.words import number, percent

    shown = [_interval(*win_interval) for win_interval in answer.win_intervals[:SHOWN_INTERVALS]]
    if answer.win_interval_count > len(shown):
        shown += [f"… {answer.win_interval_count:,} intervals, the last {_interval(*answer.win_intervals[-1])}"]
    lines = [Text("; ".join(shown) or "at no volume")]
    lines += [Text(f"margin of safety: {sentence}") for sentence in _margin(answer.margin_of_safety)]
    load = answer.load
    speed = f"{number(load.tokens_per_second)} tokens/s on average, {number(load.tokens_per_second_per_gpu)} per GPU"
    lines.append(Text(f"load: {speed}"))
    if load.utilization is not None:
        lines.append(Text(f"utilization reached: {percent(load.utilization).lstrip('+')}"))
    if answer.capacity_warning:
        lines.append(Text("capacity not checked: see Left out", style="yellow"))
    return Group(*lines)


def _interval(start: float, end: float | None) -> str:
    from breakeven.quick.words import number

    return f"above {number(start)} MTok" if end is None else f"above {number(start)} up to {number(end)} MTok"


def _margin(margin: Any) -> list[str]:
    from breakeven.quick.words import percent

    if margin.to_nearest is not None:
        return [f"none; the nearest winning volume is {percent(margin.to_nearest)} away"]
    if margin.below is None:
        return []
    above = "no upper end" if margin.above is None else f"{percent(margin.above)} to the upper end"
    return [f"{percent(-margin.below)} to the lower end, {above}"]


def turns(answer: Any) -> Table:
    """Each option, the change that turns the answer, and the value there."""
    from breakeven.quick.words import percent, value_of

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right")
    table.add_column()
    used = {name: change for name, change in answer.flips.items() if name in answer.flips_at}
    for name, change in used.items():
        at = answer.flips_at[name]
        value = Text("cannot turn it", style="dim") if at is None else Text(f"at {value_of(name, at)}")
        table.add_row(f"--{name}", "" if change is None else percent(change), value)
    return table


def bullets(sentences: tuple[str, ...]) -> Table:
    """One sentence a line, hanging."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(ratio=1)
    for each in sentences:
        table.add_row("·", each)
    return table
