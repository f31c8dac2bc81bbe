"""What one deployment gives at any load of one's own: tokens a second, time per token, time to the first token.

A load is so many requests in flight, or so many a second; the latter is a point on the same curve. Tokens a second are
those of `own_points`: published rows, moved by the user's benchmarks. The times are replayed at the pace that gives
these tokens a second; time per token is that of `own_points` where the benchmarks say it. Method:
docs/method/throughput.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from math import ceil, floor, inf, log

import numpy as np

from breakeven.capacity.fit.setup import SATURATED, Bench, Setup
from breakeven.capacity.promise.goodput import FILLING, OneReplica, holdable
from breakeven.capacity.replay.ledger import BLOCK, Limits
from breakeven.capacity.replay.replay import Replayed, Replicas, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.capacity.replay.summary import latencies
from breakeven.capacity.replay.synthetic import made_up, paced
from breakeven.capacity.replay.trace import Trace
from breakeven.capacity.speed.own_measurements import CLOSED_LOOP, OwnMeasurements
from breakeven.capacity.speed.own_points import Foreseen, foresee
from breakeven.capacity.speed.pace import modelled
from breakeven.capacity.step_model.columns import Floats
from breakeven.capacity.step_model.predictor import Prediction
from breakeven.problems import Problem

REQUESTS = 1200  # replayed for a load, or so many times the requests in flight if that is more
TURNS = 4
LATE = 99  # percentile of the first tokens that come late
GRID = 2.0 ** np.arange(0, 13)  # requests in flight between which a rate is looked for
SLOW, LIKELY, FAST = "p10", "p50", "p90"  # ends of a band of tokens a second
SLOWER = {SLOW: FAST, LIKELY: LIKELY, FAST: SLOW}  # the end of a band of times that belongs to it


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLoad:
    """One load. Bands hold 80 % of such deployments; p10 is the smallest figure, p50 the likely one.

    `output_tokens_per_second` over all GPUs; `tpot_seconds` the mean over the requests, per further token;
    `ttft_seconds` the median over the requests, `late_ttft_seconds` their 99th percentile. What waits and the first
    tokens are infinite where more comes than is served: the queue grows without end.
    """

    in_flight: Prediction
    requests_per_second: Prediction
    output_tokens_per_second: Prediction
    tpot_seconds: Prediction
    ttft_seconds: Prediction
    late_ttft_seconds: Prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one replay shows: output tokens/s; seconds per further token, to the first token, and to a late one."""

    tokens_per_second: float
    tpot: float
    ttft: float
    late_ttft: float
    in_flight: float = 0.0

    def at(self, tokens_per_second: float) -> Shown:
        """The same at another pace of every step, requests coming as places become free: all times go with it."""
        factor = self.tokens_per_second / tokens_per_second
        return replace(
            self,
            tokens_per_second=tokens_per_second,
            tpot=self.tpot * factor,
            ttft=self.ttft * factor,
            late_ttft=self.late_ttft * factor,
        )

    def towards(self, other: Shown, part: float) -> Shown:
        """What lies so far on the way from this to another, straight; a part of 0 is this."""
        on_the_way = {
            each.name: (1 - part) * getattr(self, each.name) + part * getattr(other, each.name) for each in fields(self)
        }
        return Shown(**on_the_way)


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Who serves and at what lengths; `own`: benchmarks of the same deployment. Its load is asked for, not stated."""

    setup: Setup
    own: OwnMeasurements | None = None
    replays: dict[int, Shown] = field(default_factory=dict, repr=False)  # of a lane, by its requests in flight

    def at_concurrency(self, in_flight: Sequence[float]) -> list[AtLoad]:
        """So many requests in flight, a new one coming as one ends. Raises `NoArithmetic`, `Problem`."""
        if outside := [each for each in in_flight if not 1 <= each <= GRID[-1]]:
            told = f"{outside[0]:g} requests in flight cannot be asked for"
            raise Problem(told, fix=f"Give 1 to {GRID[-1]:,.0f}, or a rate.")
        return [
            self._banded({end: self._closed(number, found, end) for end in SLOWER})
            for number, found in zip(in_flight, self.foreseen(in_flight), strict=True)
        ]

    def at_rate(self, requests_per_second: Sequence[float]) -> list[AtLoad]:
        """So many requests a second, coming independently of each other. Raises `NoArithmetic`, `Problem`."""
        if outside := [each for each in requests_per_second if not 0 < each < inf]:
            raise Problem(f"{outside[0]:g} requests a second cannot be asked for", fix="Give more than zero.")
        return [self._banded({end: self._open(rate, end) for end in SLOWER}) for rate in requests_per_second]

    def always_waiting(self) -> Foreseen:
        """The bands with requests always waiting: what is served at most."""
        return self._asked([replace(self.setup.bench, load=SATURATED, concurrency=0.0)])[0]

    def foreseen(self, in_flight: Sequence[float]) -> list[Foreseen]:
        """Bands of tokens a second and of time per token with so many requests in flight."""
        return self._asked([replace(self.setup.bench, load=CLOSED_LOOP, concurrency=each) for each in in_flight])

    def _asked(self, benches: Sequence[Bench]) -> list[Foreseen]:
        points = self.own.points(self.setup.architecture) if self.own else []
        return foresee(points, [replace(self.setup, bench=each) for each in benches])

    @property
    def says_tpot(self) -> bool:
        """Whether a benchmark of the user's says the time per token."""
        return self.own is not None and any(each.tpot_seconds for each in self.own.runs)

    @cached_property
    def replica(self) -> OneReplica:
        """The replica as modelled; only its pace is set by the tokens a second of each load. Raises `Problem`."""
        one, longest = (
            modelled(self.setup, own=self.own).likely,
            self.setup.mean_input_tokens + self.setup.mean_output_tokens,
        )
        if longest > (room := one.limits.kv_blocks * BLOCK):
            raise Problem(
                f"a request of {longest:,.0f} tokens does not fit into the KV cache of a replica ({room:,} tokens)",
                fix="Use more GPUs or narrower weights, or ask for shorter requests.",
            )
        return one

    @cached_property
    def grid(self) -> list[Foreseen]:
        """The bands along the curve, from one request in flight to as many as there may be."""
        return self.foreseen([*GRID])

    def _closed(self, in_flight: float, found: Foreseen, end: str) -> Shown:
        shown = self._modelled(in_flight).at(getattr(found.tokens_per_second, end))
        tpot = getattr(found.tpot_seconds, SLOWER[end]) if self.says_tpot else shown.tpot
        return replace(shown, tpot=tpot, in_flight=in_flight)

    def _open(self, rate: float, end: str) -> Shown:
        """A rate on the curve of a deployment so fast."""
        speeds = np.maximum.accumulate([getattr(point.tokens_per_second, end) for point in self.grid])
        wanted = rate * self.setup.mean_output_tokens
        if wanted >= speeds[-1]:
            full = self._closed(self.replica.limits.most_sequences * self.replica.lanes, self.grid[-1], end)
            return replace(full, in_flight=inf, ttft=inf, late_ttft=inf)
        number = crossing(wanted, speeds)
        pace = self._modelled(max(number, 1.0)).tokens_per_second / max(wanted, float(speeds[0]))
        shown = self._open_replay(self.replica.slowed(pace), rate / self.replica.lanes)
        tpot = shown.tpot if not self.says_tpot else self._own_tpot(max(number, 1.0), end)
        return replace(shown, tokens_per_second=wanted, tpot=tpot, in_flight=number)

    def _own_tpot(self, in_flight: float, end: str) -> float:
        times = [getattr(each.tpot_seconds, SLOWER[end]) for each in self.grid]
        return float(np.exp(np.interp(log(in_flight), np.log(GRID), np.log(times))))

    def _modelled(self, in_flight: float) -> Shown:
        """All lanes at the modelled pace; a lane's share between two whole numbers of requests lies between both."""
        lanes = self._lanes(in_flight)
        in_lane = max(in_flight / lanes, 1.0)
        shown = self.closed_replay(floor(in_lane))
        if more := in_lane - floor(in_lane):
            shown = shown.towards(self.closed_replay(ceil(in_lane)), more)
        return replace(shown, tokens_per_second=shown.tokens_per_second * lanes)

    def _lanes(self, in_flight: float) -> float:
        """Lanes that serve anybody: no more than there are requests."""
        return min(float(self.replica.lanes), max(in_flight, 1.0))

    def closed_replay(self, in_flight: int) -> Shown:
        """A fixed number in flight in one lane, at the modelled pace.

        Replayed as everybody waiting for so many places: who takes one came when the one before left it.
        """
        if in_flight not in self.replays:
            limits = self.replica.limits
            count = max(REQUESTS, TURNS * in_flight)
            places = replace(limits, most_sequences=min(in_flight, limits.most_sequences))
            done = self._replayed(replace(self._trace(count), arrival=(0,) * count), places, self.replica)
            ends = np.sort(np.array(done.book.last))
            came = np.concatenate([np.zeros(in_flight), ends[: count - in_flight]])
            middle = slice(max(count // 5, in_flight), count * 4 // 5)
            gone = ends[middle.start : middle.stop + 1]
            each_second = (gone.size - 1) / (float(gone[-1] - gone[0]) / PICOSECONDS)
            self.replays[in_flight] = _shown(done, middle, came, each_second)
        return self.replays[in_flight]

    def _open_replay(self, one: OneReplica, rate: float) -> Shown:
        trace = paced(self._trace(REQUESTS), rate)
        done = self._replayed(trace, one.limits, one)
        return _shown(done, slice(REQUESTS // FILLING, REQUESTS), np.array(trace.arrival, dtype=float), rate)

    def _trace(self, count: int) -> Trace:
        """Made-up requests of these lengths, one a second."""
        means = max(self.setup.fresh_input_tokens, 1.0), self.setup.mean_output_tokens
        return holdable(made_up(*means, count), self.replica.limits)

    def _replayed(self, trace: Trace, limits: Limits, one: OneReplica) -> Replayed:
        return replay(trace, Replicas(replicas=1, limits=limits, costs=one.costs), processes=1)

    def _banded(self, ends: dict[str, Shown]) -> AtLoad:
        def speed(name: str, by: float = 1.0) -> Prediction:
            return Prediction(**{end: getattr(at_end, name) * by for end, at_end in ends.items()})

        def time(name: str) -> Prediction:
            return Prediction(**{SLOWER[end]: getattr(at_end, name) for end, at_end in ends.items()})

        return AtLoad(
            in_flight=time("in_flight"),
            requests_per_second=speed("tokens_per_second", 1 / self.setup.mean_output_tokens),
            output_tokens_per_second=speed("tokens_per_second"),
            tpot_seconds=time("tpot"),
            ttft_seconds=time("ttft"),
            late_ttft_seconds=time("late_ttft"),
        )


def crossing(tokens_per_second: float, speeds: Floats) -> float:
    """Requests in flight of `GRID` at which so many are served; below one the replica rests in between."""
    if tokens_per_second <= speeds[0]:
        return float(tokens_per_second / speeds[0])
    return float(np.exp(np.interp(log(tokens_per_second), np.log(speeds), np.log(GRID))))


def _shown(done: Replayed, part: slice, came: Floats, requests_per_second: float) -> Shown:
    """What the middle part of the requests saw; `came`: when each became known [ps]."""
    waited = (np.array(done.book.first, dtype=float) - came)[part] / PICOSECONDS + done.request_seconds
    tpot = latencies(done, part).tpot
    return Shown(
        tokens_per_second=requests_per_second * float(np.mean(done.trace.output)),
        tpot=float(tpot.mean()) if tpot.size else 0.0,
        ttft=float(np.median(waited)),
        late_ttft=float(np.percentile(waited, LATE)),
    )
