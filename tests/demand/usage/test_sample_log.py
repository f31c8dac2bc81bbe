"""The generator: same bytes for a seed, the published statistics, and a log that the reader reads whole."""

import gzip
import tracemalloc
from datetime import date

import numpy as np
import pytest
from request_logs import read_request_log

from breakeven.cli.sample_log import sample_log
from breakeven.demand.usage.sample import SamplePlan, sample_hours, sample_names, write_sample
from breakeven.problems import Problem

PLAN = SamplePlan(days=7, requests_per_day=3000, seed=5)


def column(plan, name):
    return np.concatenate([each[name] for each in sample_hours(plan)])


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    first, second, other = (tmp_path / f"{name}.csv.gz" for name in ("first", "second", "other"))
    write_sample(first, PLAN)
    write_sample(second, PLAN)
    write_sample(other, SamplePlan(days=7, requests_per_day=3000, seed=6))
    assert first.read_bytes() == second.read_bytes()
    assert gzip.decompress(first.read_bytes()) != gzip.decompress(other.read_bytes())


def test_lengths_follow_the_published_statistics():
    """Mooncake conversation input 6909, 39.6k, mean 12,035; synthetic output 69, 519, mean 149."""
    chat = SamplePlan(name="conversation", days=7, requests_per_day=20_000)
    tokens = column(chat, "input_tokens")[column(chat, "status") == 200]
    assert np.median(tokens) == pytest.approx(6909, rel=0.03)
    assert np.quantile(tokens, 0.95) == pytest.approx(39_600, rel=0.03)
    assert tokens.mean() == pytest.approx(12_035, rel=0.05)
    answers = column(SamplePlan(name="coding", days=7, requests_per_day=20_000), "output_tokens")
    assert answers.mean() == pytest.approx(149, rel=0.1)


@pytest.mark.parametrize(("name", "profile_p99", "tolerance"), [("conversation", 1.64, 0.2), ("coding", 3.03, 0.2)])
def test_the_hours_of_a_week_follow_the_profile(name, profile_p99, tolerance):
    timestamp = column(SamplePlan(name=name, days=7, requests_per_day=20_000), "timestamp")
    by_hour = np.bincount((timestamp - timestamp.min()) // 3600, minlength=168)
    assert by_hour.max() / by_hour.mean() == pytest.approx(profile_p99, rel=tolerance)


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
def test_the_reader_reads_it_whole(tmp_path, suffix):
    out = tmp_path / f"usage.{suffix}"
    written = write_sample(out, PLAN)
    demand = read_request_log(out)
    assert demand.rows_read == written
    assert not demand.set_aside
    assert [each.name for each in demand.workloads] == ["support-chat", "code-review"]
    assert demand.workloads[0].cached_share_of_input == pytest.approx(0.37, abs=0.01)
    assert 0 < demand.failed_requests < 0.01 * written
    tokens = column(PLAN, "input_tokens").sum() + column(PLAN, "output_tokens").sum()
    months = sum(each.input_mtok_per_month + each.output_mtok_per_month for each in demand.workloads)
    assert months == pytest.approx(tokens / 1e6 * 730 / (7 * 24), rel=1e-3)


def test_memory_does_not_grow_with_the_log(tmp_path):
    peaks = []
    for days in (2, 20):
        tracemalloc.start()
        write_sample(tmp_path / "usage.csv", SamplePlan(days=days, requests_per_day=5000))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_the_demo_log_is_what_the_generator_writes(root, tmp_path):
    shipped = root / "examples" / "support-chat" / "usage.csv.gz"
    again = tmp_path / "usage.csv.gz"
    write_sample(again, SamplePlan(days=14, requests_per_day=18_500, seed=1, start=date(2026, 10, 26)))
    assert gzip.decompress(shipped.read_bytes()) == gzip.decompress(again.read_bytes())
    assert shipped.stat().st_size < 3e6


def test_the_demo_log_knows_its_week(root):
    demand = read_request_log(root / "examples" / "support-chat" / "usage.csv.gz", time_zone="Europe/Vienna")
    assert len(demand.week) == 168
    assert np.mean(demand.week) == pytest.approx(1, abs=0.01)
    assert not any("week" in notice for notice in demand.notices)


def test_the_command_writes_and_says_so(tmp_path, capsys):
    sample_log(tmp_path / "usage.csv", days=1, requests_per_day=100)
    assert "requests of 1 days" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("plan", "name", "message"),
    [
        (SamplePlan(name="compny"), "a.csv", 'Did you mean "company"?'),
        (SamplePlan(days=0), "a.csv", "no log of 0 days"),
        (SamplePlan(requests_per_day=-5), "a.csv", "-5 requests a day"),
        (SamplePlan(), "a.xlsx", "kind is not known"),
    ],
)
def test_nonsense_is_refused(tmp_path, plan, name, message):
    with pytest.raises(Problem) as raised:
        write_sample(tmp_path / name, plan)
    assert message in raised.value.what


def test_every_sample_can_be_made():
    for name in sample_names():
        assert column(SamplePlan(name=name, days=1, requests_per_day=50), "timestamp").size
