"""A fleet replayed: routing, cold start, loss, spill, prefixes; low load against closed forms; traces read."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from breakeven.capacity.replay import summary
from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.replay import Replayed, Replicas, TooLong, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS, StepCosts
from breakeven.capacity.replay.trace import Trace, read_trace, trace_of
from breakeven.cli.commands import app
from breakeven.problems import Problem

COSTS = StepCosts(overhead=0.003, weights=0.01, per_token=5e-5, per_sequence=2e-5, per_context_token=1e-7)
LIMITS = Limits(kv_blocks=4000, most_sequences=64, token_budget=2048)


def poisson(rate: float, count: int, seed: int = 1, prompt: int = 600, output: int = 100) -> Trace:
    chance = random.Random(seed)
    at, rows = 0.0, []
    for _ in range(count):
        rows.append((at, chance.randint(1, 2 * prompt), chance.randint(2, 2 * output), ()))
        at += chance.expovariate(rate)
    return trace_of(rows)


def fleet(**named: Any) -> Replicas:
    return replace(Replicas(replicas=2, limits=LIMITS, costs=COSTS), **named)


def outcome(done: Replayed) -> tuple[Any, ...]:
    tallies = [(each.busy, each.sequence_time, each.prefilled, each.most_running, each.inbox) for each in done.tallies]
    return done.book.first, done.book.last, done.book.preempted, done.spilled, done.restarted, tallies


@given(
    rate=st.floats(0.5, 40),
    seed=st.integers(0, 9),
    routing=st.sampled_from(["round_robin", "least_loaded"]),
    ready=st.sampled_from([(), (0.0, 3.0), (2.0, 1.0)]),
    lost=st.sampled_from([(), ((0, 2.5),), ((1, 0.7),)]),
    spill=st.sampled_from([None, 0, 3]),
    blocks=st.sampled_from([180, 400, 4000]),
)
@settings(max_examples=40)
def test_jumping_changes_nothing_in_any_fleet(
    rate: float, seed: int, routing: Any, ready: Any, lost: Any, spill: Any, blocks: int
) -> None:
    asked = poisson(rate, 60, seed)
    plan = fleet(
        limits=replace(LIMITS, kv_blocks=blocks),
        routing=routing,
        ready_seconds=ready,
        lost_seconds=lost,
        spill_above_waiting=spill,
    )
    done = replay(asked, plan)
    assert outcome(done) == outcome(replay(asked, plan, jump=False))
    gone = set(done.spilled)
    assert all(
        first >= arrival and last >= first
        for number, (arrival, first, last) in enumerate(
            zip(asked.arrival, done.book.first, done.book.last, strict=True)
        )
        if number not in gone
    )


def test_one_request_alone_takes_its_steps() -> None:
    done = replay(trace_of([(0.0, 1000, 11, ())]), fleet(replicas=1))
    seen = summary.latencies(done)
    assert seen.ttft[0] == pytest.approx(0.003 + 1000 * 5e-5)
    assert seen.tpot[0] == pytest.approx(0.013 + 2e-5 + 1e-7 * fmean(range(1001, 1011)))


def test_low_load_is_a_queue_with_one_server() -> None:
    """One-token answers, one at a time: M/G/1, whose mean wait is λE[S²] / 2(1 − ρ)."""
    limits = Limits(kv_blocks=4000, most_sequences=1, token_budget=4096, lookahead=False)
    chance = random.Random(5)
    at, rows = 0.0, []
    for _ in range(40_000):
        rows.append((at, chance.choice((200, 1200)), 1, ()))
        at += chance.expovariate(12.0)
    done = replay(trace_of(rows), Replicas(replicas=1, limits=limits, costs=COSTS))
    service = [0.003 + max(0.01, prompt * 5e-5) for prompt in (200, 1200)]
    load = 12.0 * fmean(service)
    wait = 12.0 * fmean(each**2 for each in service) / (2 * (1 - load))
    assert summary.latencies(done).ttft.mean() == pytest.approx(wait + fmean(service), rel=0.03)


def test_below_saturation_the_first_token_lies_between_one_step_and_two_more() -> None:
    """An arrival waits for the rest of the running step and the one scheduled ahead, then is prefilled."""
    asked = poisson(1.0, 400, prompt=500, output=150)
    done = replay(asked, fleet(replicas=1))
    seen = summary.latencies(done).ttft
    alone = [0.003 + max(0.01, prompt * 5e-5) for prompt in asked.prompt]
    decode = 0.0145
    ratio = [ours - one for ours, one in zip(seen, alone, strict=True)]
    assert min(ratio) > -1e-9
    assert sum(each < 2.5 * decode for each in ratio) / len(ratio) > 0.9


def test_overload_drains_at_the_rate_of_a_full_engine() -> None:
    asked = poisson(200.0, 3000)
    done = replay(asked, fleet(replicas=1))
    context = 600 + 50
    step = 0.003 + max(0.01, 64 * 5e-5) + 64 * 2e-5 + 64 * context * 1e-7
    prefill = 600 * 5e-5 * 64 / 100
    assert summary.output_tokens_per_second(done) == pytest.approx(64 / (step + prefill), rel=0.15)


def test_least_loaded_waits_no_longer_than_round_robin() -> None:
    asked = poisson(12.0, 800)
    waits = {
        routing: summary.latencies(replay(asked, fleet(limits=replace(LIMITS, most_sequences=8), routing=routing))).ttft
        for routing in ("round_robin", "least_loaded")
    }
    assert waits["least_loaded"].mean() <= waits["round_robin"].mean()


def test_a_prefix_is_computed_once() -> None:
    rows = [(float(at), 1024 + 512, 20, (1, 2, 10 + at)) for at in range(20)]
    plain = replay(trace_of([(*each[:3], ()) for each in rows]), fleet(replicas=1))
    shared = replay(trace_of(rows), fleet(replicas=1))
    assert shared.book.cached[0] == 0
    assert set(shared.book.cached[1:]) == {1024}
    assert sum(each.prefilled for each in shared.tallies) < sum(each.prefilled for each in plain.tallies)


def test_prefix_aware_routing_finds_the_replica_that_knows_the_prompt() -> None:
    rows = [(0.5 * at, 2048, 20, tuple(range(100 * (at % 3), 100 * (at % 3) + 4))) for at in range(60)]
    hits = {
        routing: sum(replay(trace_of(rows), fleet(routing=routing)).book.cached)
        for routing in ("round_robin", "prefix_aware")
    }
    assert hits["prefix_aware"] > hits["round_robin"]


def test_a_lost_replica_gives_its_requests_back() -> None:
    done = replay(poisson(10.0, 100), fleet(lost_seconds=((0, 4.0),)))
    assert done.restarted > 0
    assert all(done.book.last)
    assert all(done.book.last[each] <= 4.0 * PICOSECONDS for each in done.tallies[0].inbox)


def test_all_lost_spills_the_rest() -> None:
    done = replay(poisson(10.0, 100), fleet(replicas=1, lost_seconds=((0, 4.0),)))
    assert done.spilled
    assert summary.kept_share(done, None, None) == 1 - len(done.spilled) / 100


def test_a_cold_replica_takes_requests_when_it_is_up() -> None:
    done = replay(poisson(10.0, 100), fleet(ready_seconds=(0.0, 5.0)))
    assert min(done.book.first[each] for each in done.tallies[1].inbox) > 5.0 * PICOSECONDS


def test_spill_keeps_the_queue_short() -> None:
    asked = poisson(60.0, 500)
    limits = replace(LIMITS, most_sequences=8)
    spilling = replay(asked, fleet(limits=limits, spill_above_waiting=2))
    assert spilling.spilled
    assert summary.latencies(spilling).ttft.max() < summary.latencies(replay(asked, fleet(limits=limits))).ttft.max()


def test_a_request_that_never_fits_is_told() -> None:
    with pytest.raises(TooLong, match="request 1 holds 70,001 tokens at its end, and the KV cache of a replica 64,000"):
        replay(trace_of([(0.0, 70_000, 1, ())]), fleet())


def test_traces_of_both_kinds_are_read(tmp_path: Path) -> None:
    azure = tmp_path / "azure.csv"
    azure.write_text("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:04.0319600,5,0\n"
                     "2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.4799600,3,8\n")  # fmt: skip
    asked = read_trace(azure)
    assert asked.arrival == (0, PICOSECONDS // 2)
    assert (asked.prompt, asked.output, asked.set_aside) == ((4808, 3), (10, 8), 1)
    mooncake = tmp_path / "mooncake.jsonl"
    row = {"timestamp": 1500, "input_length": 700, "output_length": 5, "hash_ids": [0, 1]}
    mooncake.write_text(json.dumps(row) + "\n" + json.dumps(row | {"timestamp": 0}) + "\n")
    asked = read_trace(mooncake)
    assert asked.arrival == (0, 3 * PICOSECONDS // 2)
    assert asked.hashes == ((0, 1), (0, 1))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("trace.csv", "", "empty"),
        ("trace.csv", "when,what\n1,2\n", "no column for timestamp and input_tokens and output_tokens"),
        ("trace.csv", "time,input_tokens,output_tokens\n1,x,2\n", "no request.*\n.*1: input_tokens is not a number"),
        ("trace.jsonl", '{"timestamp": 1}\n', "no column for input_tokens and output_tokens"),
        ("trace.csv", "time,input_tokens,output_tokens\n1,0,0\n", "no request"),
        (
            "sums.csv",
            "bucket_start,bucket_end,input_tokens,output_tokens,requests\n2026-01-05,2026-01-06,9,9,3\n",
            "not show its requests one by one",
        ),
    ],
)
def test_a_bad_trace_is_told(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(Problem, match=message):
        read_trace(path)


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("azure_2023_code.csv", "42c3498b53f79411"),
        ("azure_2023_conversation.csv", "58fe02be7af8979d"),
        ("mooncake_conversation.jsonl", "1e1035c72736c5b6"),
    ],
)
def test_the_real_traces_are_read_to_the_picosecond_as_ever(shared: Path, name: str, digest: str) -> None:
    """As they were when a reader of their own read them: arrivals, lengths, hashes, their order."""
    found = read_trace(shared / "data" / "traces" / name)
    told = repr((found.arrival, found.prompt, found.output, found.hashes, found.set_aside))
    assert sha256(told.encode()).hexdigest()[:16] == digest


SAME = {  # the same two requests, half a second apart, as logs of several kinds tell them
    "generic.csv": ("time,app,prompt_tokens,completion_tokens",
                    "2026-01-05T00:00:01.25Z,a,700,5", "2026-01-05T00:00:00.75Z,a,300,9"),
    "zone.csv": ("time,prompt_tokens,completion_tokens",
                 "2026-01-05T01:00:01.25+01:00,700,5", "2026-01-05T00:00:00.75Z,300,9"),
    "unix.csv": ("ts,input_tokens,output_tokens", "1767571201.25,700,5", "1767571200.75,300,9"),
    "unix_ms.csv": ("ts,input_tokens,output_tokens", "1767571201250,700,5", "1767571200750,300,9"),
    "relative.csv": ("arrived_at,num_prefill_tokens,num_decode_tokens", "0.5,700,5", "0,300,9"),
    "timed.jsonl": ('{"timestamp": 500, "input_length": 700, "output_length": 5}',
                    '{"timestamp": 0, "input_length": 300, "output_length": 9}'),
    "lines.jsonl": ('{"time": 0.5, "usage": {"prompt_tokens": 700, "completion_tokens": 5}}',
                    '{"time": 0, "usage": {"prompt_tokens": 300, "completion_tokens": 9}}'),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_any_log_that_demand_reads_is_a_trace(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("\n".join(SAME[name]) + "\n")
    found = read_trace(path)
    assert (found.arrival, found.prompt, found.output) == ((0, PICOSECONDS // 2), (300, 700), (9, 5))
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_trace(packed) == found


def test_parquet_keeps_the_order_of_requests_at_one_time_and_counts_repeats_once(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 5, 0, 0, 0, 250_000, tzinfo=UTC)
    table = pa.table({"time": [moment] * 3, "input_tokens": [3, 1, 2], "output_tokens": [1, 1, 1]})
    path = tmp_path / "log.parquet"
    pq.write_table(table, path)
    assert read_trace(path).prompt == (3, 1, 2)
    pq.write_table(table.append_column("request_id", pa.array(["a", "a", "b"])), path)
    assert read_trace(path).prompt == (2, 3), "the fuller of the two stays"


def test_blocks_that_are_no_numbers_set_the_row_aside(tmp_path: Path) -> None:
    rows = [{"timestamp": at, "input_length": 700, "output_length": 5, "hash_ids": ids} for at, ids in
            ((0, [1, 2]), (1, ["x"]), (2, []), (3, [1.5]))]  # fmt: skip
    path = tmp_path / "trace.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    found = read_trace(path)
    assert (found.hashes, found.set_aside) == (((1, 2), ()), 2)


def test_the_command_replays_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    rows = "".join(f"{0.2 * each},{300 + each},{40 + each}\n" for each in range(50))
    path.write_text("time,input_tokens,output_tokens\n" + rows)
    asked = [str(path), "--model", "llama-3.1-8b", "--gpu", "h100", "--replicas", "2", "--ttft", "1"]
    told = json.loads(CliRunner().invoke(app, ["replay", *asked, "--json"]).stdout)
    assert told["requests"] == 50
    assert told["band"]["fast"]["ttft_seconds"]["p95"] <= told["band"]["slow"]["ttft_seconds"]["p95"]
    assert len(told["replicas"]) == 2
    shown = CliRunner().invoke(app, ["replay", "trace", *asked]).stdout
    assert "promise kept: 100.0% of requests" in shown
