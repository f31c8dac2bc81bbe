"""What a log shows, on one page: how much, of what, when, how large, what it cost, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from breakeven.demand.log.failures import by_status
from breakeven.demand.log.histogram import Lengths, together
from breakeven.demand.shape.minute_statistics import course, load_duration
from breakeven.demand.usage.reconcile import Reconciliation
from breakeven.demand.usage.usage import Shares, Usage, shares, totals
from breakeven.report.pages.parts.bars import bars, sparkline
from breakeven.report.pages.parts.told import told
from breakeven.report.wording import money, percent, plain, volume

LABEL = 13
MOST_WORKLOADS, MOST_REASONS, MOST_CELLS = 8, 4, 64
CENTS_BELOW, CENT = 100, 0.01  # USD
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LINES = 4
FAILED_AS = {
    "429": "over a rate limit (429)",
    "5xx": "by a fault of the host (5xx)",
    "other_4xx": "refused (other 4xx)",
    "unknown": "whose status the log does not tell",
}


class DemandPage:
    """A usage as a rich renderable."""

    def __init__(self, usage: Usage) -> None:
        self.usage = usage

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        usage, width = self.usage, options.max_width
        yield Text(headline(usage), style="bold")
        yield Text(subject(usage), style="dim")
        yield Text()
        yield workloads(usage)
        yield Text()
        yield from told([*when(usage, width), ("Busiest", busiest(usage)), *duration(usage, width)], width, LABEL)
        yield Text()
        yield from told(
            [
                *sizes(usage),
                *parts(shares(usage.reading.table)),
                *failures(usage),
                *growth(usage),
                ("A month", month(usage)),
                *bill(usage.bill),
            ],
            width,
            LABEL,
        )
        yield from told(left_out(usage), width, LABEL)


def headline(usage: Usage) -> str:
    """How much, in one line."""
    sums = totals(usage.reading.table)
    tokens = f"{volume(sums['input_tokens'] / 1e6)} in, {volume(sums['output_tokens'] / 1e6)} out"
    requests = "1 request" if sums["requests"] == 1 else f"{sums['requests']:,} requests"
    return f"{requests}, {tokens} in {_long(usage.minutes.count)}"


def subject(usage: Usage) -> str:
    """Which log, from when to when."""
    demand = usage.demand
    first, last = (each.replace("T", " ").removesuffix("Z") for each in (demand.first, demand.last))
    return f"{usage.reading.where}, read as {usage.reading.log_format} · {first} to {last} UTC"


def _long(minutes: int) -> str:
    return f"{minutes / 1440:.1f} days" if minutes >= 1440 else f"{minutes} {'minute' if minutes == 1 else 'minutes'}"


def workloads(usage: Usage) -> Table:
    """A row a workload and model, the largest first; the many small ones as one."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("workload", "model", "requests", "failed", "tokens in", "cached", "out", "peak"):
        table.add_column(heading, justify="left" if heading in ("workload", "model") else "right", overflow="ellipsis")
    shown = usage.uses[:MOST_WORKLOADS]
    for use in shown:
        table.add_row(use.name, use.model or "·", *_amounts(use.sums), _times(use.peak_over_mean["1min"]))
    rest = usage.uses[MOST_WORKLOADS:]
    if rest:
        sums = {name: sum(row.sums[name] for row in rest) for name in rest[0].sums}
        table.add_row(f"{len(rest):,} others", "·", *_amounts(sums), "·", style="dim")
    if len(usage.uses) > 1:
        peak = _times(usage.peaks["requests"]["1min"])
        table.add_row("All of it", "", *_amounts(totals(usage.reading.table)), peak, style="bold")
    return table


def _amounts(sums: dict[str, int]) -> tuple[str, ...]:
    cached = percent(sums["cached_input_tokens"] / sums["input_tokens"]) if sums["cached_input_tokens"] else "·"
    tokens_in, tokens_out = (
        volume(sums[name] / 1e6).removesuffix(" tokens") for name in ("input_tokens", "output_tokens")
    )
    return f"{sums['requests']:,}", f"{sums['failed']:,}" if sums["failed"] else "·", tokens_in, cached, tokens_out


def _times(value: float | None) -> str:
    return "·" if value is None else f"{plain(value)} x"


def when(usage: Usage, width: int) -> Iterator[tuple[str, str]]:
    """The week in the company's time zone, or the log's own course when it is too short for a week."""
    season = usage.season
    if season is None:
        cells = course(usage.minutes, min(MOST_CELLS, width - LABEL - 1))
        yield "Over time", f"{sparkline(cells)}\n{_long(usage.minutes.count)}, tokens; no week's shape under 14 days"
        return
    line = sparkline([sum(season.week[i : i + 3]) for i in range(0, 168, 3)])
    days = " ".join(line[i : i + 8] for i in range(0, 56, 8))
    hour = max(range(168), key=season.week.__getitem__)
    sentence = f"busiest {DAYS[hour // 24]} {hour % 24}:00, {plain(season.week[hour])} x the mean hour"
    sentence += f"; Mon to Fri 9 to 17 {percent(season.business_hours_share)} of the tokens"
    if season.weekend_over_weekday is not None:
        sentence += f"; a weekend day {plain(season.weekend_over_weekday)} x a weekday"
    yield "Week", f"{days}\n{' '.join(f'{day:<8}' for day in DAYS)} {season.time_zone}\n{sentence}"


def busiest(usage: Usage) -> str:
    """Peaks over the mean, of requests; what cannot be seen, bounded."""
    names = {"1min": "minute", "5min": "5 minutes", "60min": "hour"}
    parts = [
        f"{names[window]} {_times(value)}{_sliding(usage, window)}" if value is not None else _unseen(usage, window)
        for window, value in usage.peaks["requests"].items()
    ]
    said = "; ".join(part or f"{names[window]} not known" for window, part in zip(names, parts, strict=True))
    return f"over the mean, requests in UTC windows: {said}"


def _sliding(usage: Usage, window: str) -> str:
    found = usage.sliding.get(window)
    if found is None:
        return ""
    return f" ({'' if found.exact else 'at most '}{_times(found.over_mean)} at any start)"


def _unseen(usage: Usage, window: str) -> str:
    if window not in usage.bounds:
        return ""
    low, high = usage.bounds[window]
    return f"{window.replace('min', ' min')} between {_times(low)} and {_times(high)}, hidden inside the rows"


def duration(usage: Usage, width: int) -> Iterator[tuple[str, str]]:
    """Load over its mean against the share of the time that reaches it, as a picture."""
    cells = min(MOST_CELLS, width - LABEL - 11)
    curve = load_duration(usage.minutes, percent=[(i + 0.5) / cells * 100 for i in range(cells)])
    top = max(curve.tokens_over_mean)
    drawn = bars(curve.tokens_over_mean, LINES)
    lines = [f"{line} {_times(top) if i == 0 else ''}".rstrip() for i, line in enumerate(drawn)]
    at = dict(zip(usage.duration.percent, usage.duration.tokens_over_mean, strict=True))
    sentence = (
        f"{_times(at[1])} or more 1 % of the time, {_times(at[10])} 10 %, {_times(at[50])} half, {_times(at[90])} 90 %"
    )
    yield "Load", "\n".join([*lines, f"busiest{'quietest':>{cells - 7}}", f"{sentence} (tokens over the mean)"])


def sizes(usage: Usage) -> Iterator[tuple[str, str]]:
    """How long requests are."""
    if not usage.reading.sizes:
        return
    found = together(usage.reading.sizes)
    yield "Input", f"{_lengths(found.input)} tokens a request"
    alike = "" if found.correlation is None else f"; correlation with input {found.correlation:+.2f}"
    yield "Output", f"{_lengths(found.output)} tokens a request{alike}"


def _lengths(lengths: Lengths) -> str:
    quantiles = ", ".join(f"p{round(share * 100)} {lengths.quantile(share):,.0f}" for share in (0.5, 0.95, 0.99))
    return f"mean {lengths.mean:,.0f}, {quantiles}, longest {lengths.quantile(1):,.0f}"


def parts(shares: Shares) -> Iterator[tuple[str, str]]:
    """Shares of the whole, where the log tells them."""
    sentences = []
    if shares.cached_of_input is not None:
        sentences.append(f"{percent(shares.cached_of_input)} of the input was cached")
    if shares.batch_of_tokens is not None:
        sentences.append(f"{percent(shares.batch_of_tokens)} of the tokens came in batches")
    if shares.answered_by_gateway:
        sentences.append(f"{shares.answered_by_gateway:,} more were answered by the gateway's own cache")
    if shares.in_flight is not None and shares.busiest_in_flight is not None:
        sentences.append(
            f"{plain(shares.in_flight)} at work at once, {plain(shares.busiest_in_flight)} in the busiest minute"
        )
    if sentences:
        yield "Parts", "; ".join(sentences)


def failures(usage: Usage) -> Iterator[tuple[str, str]]:
    """How many requests failed and with which status, and how often they were sent again."""
    table = usage.reading.table
    failed_shares, total = shares(table), totals(table)["failed"]
    again = f"{failed_shares.retries:,} times a request was sent again" if failed_shares.retries else ""
    if total:
        counts = by_status(usage.reading.failed, total)
        named = [f"{count:,} {FAILED_AS[name]}" for name, count in counts.items() if count]
        sentence = f"{_failed_part(failed_shares)}: {', '.join(named)}"
        yield "Failed", f"{sentence}; {again}" if again else sentence
        if counts["429"]:
            yield "", "What was turned away by a rate limit and not asked again is demand that the volumes do not hold."
    elif again:
        yield "Retries", again


def _failed_part(found: Shares) -> str:
    if found.failed_of_requests is None:
        return "a share that is not known (read the log anew)"
    return f"{percent(found.failed_of_requests)} of {found.requests_sent:,} requests sent"


def growth(usage: Usage) -> Iterator[tuple[str, str]]:
    """The trend, where the log is long enough."""
    found = usage.demand.trend
    if found is None:
        yield "Growth", "not known: a trend needs 90 days of log"
        return
    rate, low, high = (percent(each, signed=True) for each in (found.growth_per_month, found.low, found.high))
    yield "Growth", f"{rate} a month, between {low} and {high} (90 % sure, {found.weeks} whole weeks)"


def month(usage: Usage) -> str:
    """What later stages take from it."""
    loads = usage.demand.workloads
    mtok = sum(each.input_mtok_per_month + each.output_mtok_per_month for each in loads)
    low, high = loads[0].low_share, loads[0].high_share
    return f"{volume(mtok)} at this rate, between {volume(mtok * low)} and {volume(mtok * high)} (90 % sure)"


def bill(reconciled: Reconciliation | None) -> Iterator[tuple[str, str]]:
    """Tokens times price against what was paid."""
    if reconciled is None or (reconciled.bill is None and not any(model.price for model in reconciled.models)):
        return
    at = f"{_to_the_cent(reconciled.computed or 0)} by tokens times list price"
    if reconciled.computed is None:
        paid = money(reconciled.bill or 0)
        yield "Bill", f"{paid}, but no model of the log has a known price; name it: --price MODEL=host/model"
    elif reconciled.bill is None or reconciled.gap is None:
        yield "Bill", f"{at}; the log has no costs, and no --bill is given"
    else:
        whose = "paid" if reconciled.bill_given else "by the log's own costs"
        share = f" ({percent(reconciled.gap / reconciled.bill, signed=True)})" if reconciled.bill else ""
        yield "Bill", f"{_to_the_cent(reconciled.bill)} {whose}, {at}: gap {_to_the_cent(reconciled.gap)}{share}"
    yield from (("", explanation) for explanation in reconciled.explanations)


def _to_the_cent(amount: float) -> str:
    """An amount that is not shown as nothing while it is something."""
    if amount == 0 or abs(amount) >= CENTS_BELOW:
        return money(amount)
    shown = f"${abs(amount):,.2f}" if abs(amount) >= CENT else "under $0.01"
    return f"-{shown}" if amount <= -CENT else shown


def left_out(usage: Usage) -> Iterator[tuple[str, str]]:
    """What was set aside and why, and what rests on a guess."""
    aside = usage.demand.set_aside
    rows = sum(group.rows for group in aside)
    yield "Set aside", f"{rows:,} {'row' if rows == 1 else 'rows'}" if rows else "no row: every one was read"
    for reason in aside[:MOST_REASONS]:
        example = f", such as {reason.examples[0]}" if reason.examples else ""
        yield "", f"{reason.rows:,} {reason.reason}{example}"
    if len(aside) > MOST_REASONS:
        yield "", f"{len(aside) - MOST_REASONS} more reasons; --json lists all"
    yield from (("Note" if i == 0 else "", notice) for i, notice in enumerate(usage.demand.notices))
