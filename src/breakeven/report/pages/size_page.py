"""The fleet for a promise as a person reads it in ten seconds, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from breakeven.capacity.fleet.autoscale import Scaling
from breakeven.capacity.fleet.autoscale_replay import Followed
from breakeven.capacity.fleet.fleet_size import Tried
from breakeven.capacity.promise.promise import USUAL, Promise
from breakeven.report.pages.parts.told import told
from breakeven.report.wording import counted, money, percent, price
from breakeven.study.questions.size import Rent, Sized

LABEL = 14
ROUTINGS = {
    "round_robin": "to one replica after the other",
    "least_loaded": "to the replica with the least to do",
    "prefix_aware": "to the replica that holds most of the prompt",
}


class SizePage:
    """A sized fleet as a rich renderable: the answer in the first line."""

    def __init__(self, found: Sized, routing: str) -> None:
        self.found, self.routing = found, routing

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(headline(self.found), style="bold")
        yield Text(subject(self.found), style="dim")
        yield Text()
        yield tried_table(self.found)
        yield Text()
        yield from told(rows(self.found, self.routing), options.max_width, LABEL - 3)


def headline(it: Sized) -> str:
    """The fleet in one line."""
    spare = f" + {counted(it.fleet.spares, 'spare')}" if it.fleet.spares else ""
    fleet = f"{counted(it.fleet.replicas, 'replica')}{spare} = {counted(it.gpus, 'GPU')}"
    return f"{fleet} keep the promise: {promise_words(it.promise)}."


def promise_words(it: Promise) -> str:
    """A promise in a sentence, with the short names that the table uses."""
    first = f"the first token within {it.ttft_seconds:g} s (TTFT)" if it.ttft_seconds else ""
    further = f"each further one within {it.tpot_seconds:g} s (TPOT)" if it.tpot_seconds else ""
    said = " and ".join(filter(None, (first, further)))
    return f"{it.percentile:g} of 100 requests get {said if first else said.replace('one', 'token', 1)}"


def subject(it: Sized) -> str:
    """What a replica is."""
    each = it.replica
    what = f"{each.model} in {each.precision} on {each.gpus} x {each.gpu} a replica"
    return f"{what}; decided by replaying {it.requests:,} requests"


def tried_table(sized: Sized) -> Table:
    """What the fleet, and one replica fewer, give."""
    table = Table(box=None, pad_edge=False)
    percentile = f"p{sized.promise.percentile:g}"
    headings = ("", f"TTFT {percentile}", f"TPOT {percentile}", "busiest", "KV cache", "redone", "")
    for heading in headings:
        table.add_column(heading, justify="right" if heading else "left")
    limits = [f"{limit:g} s" if limit else "–" for limit in (sized.promise.ttft_seconds, sized.promise.tpot_seconds)]
    table.add_row("promised", *limits, style="dim")
    for tried in filter(None, (sized.fleet.one_fewer, sized.fleet.kept)):
        table.add_row(*_tried(tried))
    table.add_row(
        "a request alone", f"{sized.alone.ttft_seconds:.3g} s", f"{sized.alone.tpot_seconds:.3g} s", style="dim"
    )
    return table


def _tried(each: Tried) -> tuple[str, ...]:
    return (
        counted(each.replicas, "replica"),
        f"{each.seen.ttft_seconds:.3g} s",
        f"{each.seen.tpot_seconds:.3g} s",
        percent(each.busy_share),
        percent(each.most_kv_share),
        f"{each.preemptions:,}",
        f"breaks {' and '.join(each.broken)}" if each.broken else "keeps it",
    )


def rows(sized: Sized, routing: str) -> Iterator[tuple[str, str]]:
    """A label and a sentence each."""
    yield "Because", f"{sized.fleet.binding}: {sized.fleet.because}"
    yield "How sure", band(sized)
    yield "Demand", f"{sized.requests_per_second:.3g} requests a second: {sized.asked}; sent {ROUTINGS[routing]}"
    room = f"{sized.replica.kv_tokens:,} tokens of KV cache and {sized.replica.most_sequences:,} sequences at once"
    yield "Speed", f"of a replica: {sized.replica.speed}; it holds {room}"
    if sized.formula_replicas is not None:
        taken = counted(sized.formula_replicas, "serving replica")
        yield "By formula", f"{taken} for the same month, in `breakeven decide`, which does not replay a fleet"
    if sized.scaling is not None:
        yield "Autoscaling", following_words(sized.scaling, sized.followed)
    if sized.rent is not None:
        yield "In money", rent_words(sized.rent)
    if sized.promise_assumed:
        relaxed = "" if sized.promise == USUAL else f"; {USUAL} is more than a replica keeps at half of its speed"
        yield "Promise", f"assumed: none was stated{relaxed}"
    for number, notice in enumerate(sized.notices):
        yield "Note" if not number else "", notice


def band(it: Sized) -> str:
    """The fleets at either end of what is known of the speed."""
    low, likely, high = it.band.low, it.band.likely, it.band.high
    most = "no fleet keeps it" if high is None else f"{high:,}"
    few, usual = counted(low, "replica"), f"{likely:,}"
    return (
        f"{few} if each is as fast as the fastest tenth of what is known of its speed, {usual} as expected, "
        f"{most} if as slow as the slowest tenth"
    )


def following_words(formula: Scaling, replayed: Followed | None) -> str:
    """A fleet that follows the load against one that stands: replayed where requests are known, else by formula."""
    days = formula.hours / 24
    over = f"over {days:.3g} day{'' if days == 1 else 's'} a fixed fleet of {formula.fixed_replicas:,} takes "
    least, loads = counted(formula.least_replicas, "replica"), f"{formula.delay_seconds:.0f} s to load one"
    how = f"at least {least}, {loads}"
    bound = f"no fleet could take fewer than {formula.bound_replica_hours:,.0f}"
    if formula.fixed_replicas <= formula.least_replicas:
        return f"{over}{formula.fixed_replica_hours:,.0f} replica-hours, and fewer replicas are never kept"
    if replayed is None:
        return (
            f"{over}{formula.fixed_replica_hours:,.0f} replica-hours; one that follows the load ({how}) "
            f"{formula.scaled_replica_hours:,.0f}, {percent(formula.saved_share)} less; {bound}. Computed from the "
            "load by window, not replayed"
        )
    if not replayed.kept:
        return (
            f"{over}{replayed.fixed_replica_hours:,.0f} replica-hours. Replayed, one that follows the load ({how}) "
            f"breaks the promise in hours in which the fixed fleet keeps it, even with {_ordered(replayed)}; "
            "--min-replicas keeps more of them"
        )
    return (
        f"{over}{replayed.fixed_replica_hours:,.0f} replica-hours; one that follows the load ({how}) "
        f"{replayed.replica_hours:,.0f}, {percent(replayed.saved_share)} less, the promise kept in every hour in which "
        f"the fixed fleet keeps it; {bound}. Replayed, with {_ordered(replayed)} "
        f"(by formula: {formula.scaled_replica_hours:,.0f} replica-hours)"
    )


def _ordered(it: Followed) -> str:
    """How many replicas are ordered."""
    times = f"{it.headroom:g} times " if it.headroom > 1 else ""
    return f"{times}the replicas that the last five minutes needed"


def rent_words(it: Rent) -> str:
    """The same in money."""
    fixed, following = (money(each, it.currency) for each in (it.fixed, it.following))
    how, each = "replayed" if it.replayed else "by formula", price(it.price_per_gpu_hour, it.currency)
    how = how if it.kept else f"{how}, the promise broken"
    return (
        f"rent over that time: the fixed fleet {fixed}, following the load {following} ({how}), at {each} for a GPU "
        "and hour, billed by the second; spares come on top"
    )


def size_document(it: Sized, routing: str) -> dict[str, Any]:
    """Everything as plain data; units are in the names."""
    return {"decided_by": "replay", "routing": routing, **asdict(it)}
