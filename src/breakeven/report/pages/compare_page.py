"""Two studies compared, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from breakeven.report.wording import label, money, plain
from breakeven.study.case.changed import ChangedKey
from breakeven.study.questions.differences import Differences

NOT_SAID = "·"


def print_differences(differences: Differences) -> None:
    """What differs, what each difference alone does to the first verdict."""
    console = Console()
    first, second = (
        f"{name}: {verdict} ({money(value, differences.currency)})"
        for name, verdict, value in (
            (differences.first_name, differences.first_verdict, differences.first_net_present_value),
            (differences.second_name, differences.second_verdict, differences.second_net_present_value),
        )
    )
    console.print(Text(f"{first}  →  {second}", style="bold"))
    if not differences.inputs:
        console.print("No input differs.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in (
        "input",
        differences.first_name,
        differences.second_name,
        "net present value with it alone",
        "turns it",
    ):
        table.add_column(heading, overflow="fold")
    for difference in differences.inputs:
        turns = f"yes: {difference.verdict_alone}" if difference.turns(differences.first_verdict) else "no"
        table.add_row(
            label(difference.name),
            numbers(difference.first),
            f"{numbers(difference.second)} {difference.unit}".removesuffix(" 1"),
            money(difference.net_present_value_alone, differences.currency),
            turns,
        )
    console.print(table)


def print_keys(changed: Sequence[ChangedKey]) -> None:
    """Every key that differs, as both cases say it."""
    if not changed:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("key", "first", "second"):
        table.add_column(heading, overflow="fold")
    for changed_key in changed:
        table.add_row(changed_key.key, changed_key.first or NOT_SAID, changed_key.second or NOT_SAID)
    console = Console()
    console.print(table)
    console.print()


def numbers(values: tuple[float, ...]) -> str:
    """A few numbers; many are a range."""
    if len(values) <= 3:
        return ", ".join(plain(value) for value in values)
    return f"{plain(min(values))} to {plain(max(values))}"
