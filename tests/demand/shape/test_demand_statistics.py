"""Exact statistics: empty minutes, peaks, worst windows, load-duration, buckets, sizes; and published figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from minute_tables import minute_table

from breakeven.demand.log.histogram import Lengths, Sizes, together
from breakeven.demand.shape.minute_statistics import course, dense, load_duration, peaks, worst_window
from breakeven.demand.shape.sliding import sliding_peaks
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.usage import totals, usage, uses


def test_empty_minutes_count():
    minutes = dense(minute_table([10, 12, 19], requests=[5, 1, 4]))
    assert minutes["requests"].tolist() == [5, 0, 1, 0, 0, 0, 0, 0, 0, 4]
    assert peaks(minutes)["requests"] == {"1min": 5, "5min": pytest.approx(6 / 5), "60min": None}


def test_an_hour_is_spread_over_its_minutes_and_hides_its_peaks():
    table = minute_table([0, 60, 120], requests=[60, 120, 0], bucket_s=3600)
    minutes = dense(table)
    assert minutes.count == 180
    assert minutes["requests"].tolist() == [1.0] * 60 + [2.0] * 60 + [0.0] * 60
    assert peaks(minutes)["requests"] == {"1min": None, "5min": None, "60min": 2}
    low, high = usage_of(table).bounds["1min"]
    assert (low, high) == (pytest.approx(2 * 1.16), pytest.approx(2 * 4.29))
    assert sliding_peaks(minutes, None) == {"1min": None, "5min": None, "60min": None}


def usage_of(table):
    from breakeven.demand.usage.reading import Reading

    return usage(Reading(table=table, where="log.csv", log_format="generic", naive=False, cache_column=False))


def test_a_log_of_days_takes_its_shape_from_a_profile_and_says_so():
    table = minute_table(np.arange(30) * 1440, requests=100, input_tokens=1000, bucket_s=86_400)
    demand = usage_of(table).demand
    assert (demand.load_curve.name, demand.load_curve.kind, demand.week) == ("conversation", "assumed", ())
    assert any("A row sums 24 hours" in notice for notice in demand.notices)


def test_a_log_of_hours_is_sized_with_bursts_inside_them():
    table = minute_table(np.arange(48) * 60, requests=100, input_tokens=[1000, 3000] * 24, bucket_s=3600)
    curve = usage_of(table).demand.load_curve
    assert curve.kind == "modelled"
    assert curve.p99_over_mean == pytest.approx(3001 / 2001 * np.sqrt(1.06 * 1.64))
    assert any("1.06 to 1.64 times the hour" in notice for notice in usage_of(table).demand.notices)


def test_lines_of_a_bill_are_no_load():
    table = minute_table(
        [1440, 1441, 0], requests=[5, 5, 0], input_tokens=[1, 1, 0], output_tokens=0, bucket_s=[0, 0, 86_400]
    )
    minutes = dense(table)
    assert (minutes.first, minutes.count, minutes.bucket_minutes) == (1440, 2, 1)
    assert len(uses(table)) == 1


seconds = st.lists(st.integers(0, 4 * 3600 - 1), min_size=2, max_size=80)


@given(seconds)
def test_the_worst_window_at_any_start_is_found(times):
    """However few seconds are asked for: the same as looking at every start."""
    times = np.sort(np.array([0, *times, 4 * 3600 - 1]))
    minute, requests = np.unique(times // 60, return_counts=True)
    minutes = dense(minute_table(minute, requests=requests))

    def seconds_of(wanted):
        chosen = times[np.isin(times // 60, wanted)]
        return np.unique(chosen, return_counts=True)

    found = sliding_peaks(minutes, seconds_of)
    blind = sliding_peaks(minutes, None)
    for name, size in (("1min", 60), ("5min", 300), ("60min", 3600)):
        most = max(np.searchsorted(times, start + size) - np.searchsorted(times, start) for start in times)
        assert found[name].exact
        assert found[name].over_mean == pytest.approx(most / (times.size * size / 60 / 240))
        assert blind[name].over_mean >= found[name].over_mean - 1e-9
        assert peaks(minutes)["requests"][name] <= found[name].over_mean + 1e-9


def test_a_window_holds_its_first_second_and_not_the_one_after_it():
    assert worst_window(np.array([0, 59, 60]), np.array([1, 1, 1]), 60) == 2


@given(st.lists(st.integers(0, 50), min_size=1, max_size=200).filter(any))
def test_load_duration_falls_from_the_peak_and_keeps_what_was_there(load):
    minutes = dense(minute_table(np.arange(len(load)), requests=load, input_tokens=load, output_tokens=0))
    found = load_duration(minutes, 1)
    assert list(found.tokens_over_mean) == sorted(found.tokens_over_mean, reverse=True)
    assert found.tokens_over_mean[0] == pytest.approx(max(load) / np.mean(load))
    assert found.tokens_over_mean[-1] == pytest.approx(min(load) / np.mean(load))
    assert np.mean(course(minutes, 7)) == pytest.approx(1)


entries = st.tuples(st.integers(0, 300), st.sampled_from("ab"), st.sampled_from("xy"), st.integers(1, 9))


@given(st.lists(entries, min_size=1, max_size=40, unique_by=lambda each: each[:3]))
def test_workloads_add_up_to_the_log(rows):
    minute, workload, model, requests = zip(*rows, strict=True)
    table = minute_table(minute, workload=workload, model=model, requests=requests)
    found = uses(table)
    assert {name: sum(each.sums[name] for each in found) for name in found[0].sums} == totals(table)
    for each in found:
        mine = [row for row in rows if row[1:3] == (each.name, each.model)]
        span = max(minute) - min(minute) + 1
        if span >= 2:
            peak = max(row[3] for row in mine) / (sum(row[3] for row in mine) / span)
            assert each.peak_over_mean["1min"] == pytest.approx(peak)


lengths = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=50)


def sizes_of(pairs):
    ins, outs = np.array(pairs).T
    return Sizes(
        workload="",
        input=_lengths(ins),
        output=_lengths(outs),
        joint=np.zeros((2, 2), dtype=np.int64),
        cross=int((ins * outs).sum()),
    )


def _lengths(values):
    length, requests = np.unique(values, return_counts=True)
    return Lengths(length=length, requests=requests)


@given(lengths, st.integers(1, 4))
def test_sizes_are_exact_and_add_up_over_parts(pairs, parts):
    whole = sizes_of(pairs)
    merged = together([sizes_of(pairs[i::parts]) for i in range(parts) if pairs[i::parts]])
    ins, outs = np.array(pairs, dtype=float).T
    for each in (whole, merged):
        assert each.input.mean == pytest.approx(ins.mean())
        for share in (0.5, 0.95, 0.99, 1):
            assert each.output.quantile(share) == pytest.approx(np.quantile(outs, share))
        if ins.std() > 0 and outs.std() > 0:
            assert each.correlation == pytest.approx(np.corrcoef(ins, outs)[0, 1], abs=1e-6)
        else:
            assert each.correlation is None


PUBLISHED = [
    # name, requests, minutes, empty, peaks (UTC minute of requests, any start), quantiles in, out, correlation
    ("azure_2023_code.csv", 8819, 58, 13, (3.85, 4.75), (1469, 7303, 7436, 2048), (13, 90, 251, 28), 0),
    ("azure_2023_conversation.csv", 19366, 60, 0, (1.56, 1.62), (1020, 4083, 4142, 1155), (129, 451, 601, 211), -0.11),
    (
        "mooncake_conversation.jsonl", 12031, 59, 0, (1.21, 1.28), (6909, 39550, 85400, 12035), (350, 698, 1119, 343),
        0.07,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "requests", "minutes", "empty", "peak", "ins", "outs", "correlation"),
    PUBLISHED,
    ids=[each[0] for each in PUBLISHED],
)
def test_published_traces(shared, name, requests, minutes, empty, peak, ins, outs, correlation):
    found = usage(read_log(shared / "data" / "traces" / name))
    assert totals(found.reading.table)["requests"] == requests
    assert (found.minutes.count, int((found.minutes["requests"] == 0).sum())) == (minutes, empty)
    assert found.peaks["requests"]["1min"] == pytest.approx(peak[0], abs=5e-3)
    assert found.sliding["1min"].over_mean == pytest.approx(peak[1], abs=6e-3)
    assert found.sliding["1min"].exact
    (sizes,) = found.reading.sizes
    for lengths_of, expected in ((sizes.input, ins), (sizes.output, outs)):
        seen = [lengths_of.quantile(share) for share in (0.5, 0.95, 0.99)] + [lengths_of.mean]
        assert seen == pytest.approx(expected, abs=0.6)
    assert sizes.correlation == pytest.approx(correlation, abs=6e-3)
    assert sizes.joint.sum() == requests
