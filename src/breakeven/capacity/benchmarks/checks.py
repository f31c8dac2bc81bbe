"""Does a benchmark agree with itself: token counts, units, and the load it says it had."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Protocol

from breakeven.capacity.benchmarks.measurement import UNKNOWN_DATE, Latency, Measurement
from breakeven.problems import Problem

COUNTS_DIFFER = 0.05  # ratio: server's and client's count of the output tokens further apart are said
RATE_DIFFERS = 0.10  # ratio: stated output tokens per second against tokens over seconds
OVER_ASKED = 1.25  # ratio: mean requests in flight over the most that were asked for
DISAGREES = 0.15  # ratio: time per token as stated against what latency and length of the answers say
IN_UNITS = 3.0  # ratio: further apart than this, units are mixed
MANY_FAILED = 0.02  # share of requests


class _Found(Protocol):
    """What is asked of a record here."""

    @property
    def form(self) -> Any: ...

    def number(self, name: str) -> float | None: ...


def tokens_agree(server: float | None, client: float | None, value: Callable[[str], float | None]) -> tuple[str, ...]:
    """A notice where the server and the client count the output tokens differently."""
    reported = server if server is not None else value("output_tokens")
    if not reported or not client or abs(client / reported - 1) <= COUNTS_DIFFER:
        return ()
    told = (
        f"The client's tokenizer counts {client:,.0f} output tokens, the server {reported:,.0f}: the server's count "
        "is taken. The client has the wrong tokenizer; its own tokens per second are "
        f"{client / reported:.2f} times the true ones."
    )
    return (told,)


def corrected_tpot(
    latencies: Mapping[str, Latency], run: _Found, completed: float, output_tokens: float
) -> dict[str, Latency]:
    """Time per output token by the server's count, where the tool divided by the client's."""
    told = run.form.map.get("tpot_counts")
    mean = output_tokens / completed
    if told == "means":
        whole, first = latencies["end_to_end"].mean, latencies["ttft"].mean
        derived = (whole - first) / (mean - 1) if whole is not None and first is not None and mean > 1 else None
        return {**latencies, "tpot": Latency(mean=derived)}
    client = run.number("mean_output_tokens")
    if told != "client" or not client or min(client, mean) <= 1 or run.number("server_output_tokens") is None:
        return dict(latencies)
    return {**latencies, "tpot": _scaled(latencies["tpot"], (client - 1) / (mean - 1))}


def believed(
    latencies: Mapping[str, Latency], whole: float | None, mean_output: float
) -> tuple[dict[str, Latency], tuple[str, ...]]:
    """The latencies with a time per token that agrees with the others, and what was not believed.

    `whole`: seconds of a request, by its latency or by requests in flight over requests a second. A client that
    counts pieces of a stream, two to a token, halves the time per token and nothing else. What is further apart
    than mixed units explain is left for `checked` to refuse.
    """
    first, stated = latencies["ttft"].middle, latencies["tpot"].middle
    if whole is None or first is None or not stated or mean_output <= 1 or whole <= first:
        return dict(latencies), ()
    derived = (whole - first) / (mean_output - 1)
    ratio = (first + stated * (mean_output - 1)) / whole
    if abs(stated / derived - 1) <= DISAGREES or not 1 / IN_UNITS < ratio < IN_UNITS:
        return dict(latencies), ()
    told = (
        f"The time per output token is not believed: the file says {stated * 1e3:,.2f} ms, and answers of "
        f"{mean_output:,.0f} tokens in {whole:,.2f} s, {first:,.2f} s of it to the first, took {derived * 1e3:,.2f} ms "
        "each: that is taken. Does the client count pieces of the stream as tokens?"
    )
    return {**latencies, "tpot": Latency(mean=derived)}, (told,)


def _scaled(latency: Latency, factor: float) -> Latency:
    known = {each.name: getattr(latency, each.name) for each in fields(Latency)}
    return Latency(**{name: value * factor for name, value in known.items() if value is not None})


def checked(one: Measurement, stated_rate: float | None, where: str) -> tuple[str, ...]:
    """Notices about a measurement. Raises `Problem` where its figures cannot all be in the units they should be."""
    _same_rate(one, stated_rate, where)
    _same_units(one, where)
    return tuple(_doubts(one))


def _same_rate(one: Measurement, stated: float | None, where: str) -> None:
    trusted = one.counted_by == "client" or not any("wrong tokenizer" in each for each in one.notices)
    if stated and trusted and abs(stated / one.output_tokens_per_second - 1) > RATE_DIFFERS:
        raise Problem(
            f"it states {stated:,.1f} output tokens/s, and {one.output_tokens:,.0f} tokens in "
            f"{one.duration_seconds:,.1f} s are {one.output_tokens_per_second:,.1f}",
            where=where,
            fix="Units are mixed, or the file was edited. Give the file as the tool wrote it.",
        )


def _same_units(one: Measurement, where: str) -> None:
    """Latencies that cannot be in the unit the tool writes: longer than the run, or more in flight than asked."""
    whole, first, per_token = one.end_to_end.middle, one.ttft.middle, one.tpot.middle
    summed = first + per_token * (one.mean_output_tokens - 1) if first is not None and per_token is not None else None
    for name, value in (("latency", whole), ("time to first token", first), ("first token plus the others", summed)):
        if value is not None and value > 1.05 * one.duration_seconds:
            told = f"the mean {name} is {value:,.1f} s, and the whole run took {one.duration_seconds:,.1f} s"
            raise Problem(told, where=where, fix="Units are mixed: are the times in another unit than the tool writes?")
    if whole is not None and summed is not None and not 1 / IN_UNITS < summed / max(whole, 1e-12) < IN_UNITS:
        told = f"first token and the others take {summed:,.3f} s, and the mean latency is {whole:,.3f} s"
        raise Problem(told, where=where, fix="Units are mixed: are some times in another unit than the tool writes?")
    asked = one.load.concurrency
    if asked and one.concurrency > OVER_ASKED * max(asked, 1.0):
        told = f"{one.concurrency:,.1f} requests were in flight on average, and at most {asked:,.0f} were asked for"
        raise Problem(told, where=where, fix="Units are mixed, or the file was edited. Give it as the tool wrote it.")


def _doubts(one: Measurement) -> Iterator[str]:
    if one.counted_by == "client":
        yield "Tokens are counted by the client's tokenizer: right only if it is the model's own."
    if one.failed > MANY_FAILED * (one.completed + one.failed):
        every = one.completed + one.failed
        yield f"{one.completed:,} of {every:,} requests completed: what was measured is not steady load."
    if one.date == UNKNOWN_DATE:
        yield "The file does not say when it was measured: give --date."
