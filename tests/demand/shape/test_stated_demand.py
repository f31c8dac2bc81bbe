"""Demand from stated volumes: what is said is kept, what is not said follows the profile, and is named."""

import pytest

from breakeven.demand.shape.stated import StatedVolume, stated_demand
from breakeven.problems import Problem


def one(profile="conversation", **stated):
    demand = stated_demand([StatedVolume(**stated)], profile)
    return demand.workloads[0], demand


def test_stated_tokens_are_kept():
    workload, demand = one(input_mtok_per_month=900, output_mtok_per_month=100)
    assert (workload.input_mtok_per_month, workload.output_mtok_per_month) == (900, 100)
    assert workload.requests_per_month == pytest.approx(1e9 / (1155 + 211))
    assert workload.cached_share_of_input is None
    assert demand.load_curve.kind == workload.kind == "assumed"
    assert demand.load_curve.p99_over_mean == 1.64
    assert any("conversation" in notice for notice in demand.notices)


def test_a_total_is_split_by_the_profiles_mean_request():
    workload, _ = one("coding", total_mtok_per_month=2076)
    assert workload.input_mtok_per_month == pytest.approx(2048)
    assert workload.output_mtok_per_month == pytest.approx(28)
    assert workload.requests_per_month == pytest.approx(1e6)


def test_requests_alone_are_enough():
    workload, demand = one(requests_per_month=1e6)
    assert (workload.input_mtok_per_month, workload.output_mtok_per_month) == (1155, 211)
    assert any("mean request" in notice for notice in demand.notices)


def test_own_lengths_leave_no_notice_of_the_mix():
    workload, demand = one(requests_per_month=1e6, mean_input_tokens=4000, mean_output_tokens=500)
    assert (workload.mean_input_tokens, workload.mean_output_tokens) == (4000, 500)
    assert not any("mean request" in notice for notice in demand.notices)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"total_mtok_per_month": 10, "input_mtok_per_month": 7}, (7, 3)),
        ({"total_mtok_per_month": 10, "output_mtok_per_month": 4}, (6, 4)),
        ({"input_mtok_per_month": 1155}, (1155, 211)),
        ({"output_mtok_per_month": 211}, (1155, 211)),
        ({"requests_per_month": 1e6, "input_mtok_per_month": 5}, (5, 211)),
    ],
)
def test_any_two_or_one_will_do(stated, expected):
    workload, _ = one(**stated)
    assert (workload.input_mtok_per_month, workload.output_mtok_per_month) == pytest.approx(expected)


def test_two_workloads_with_their_own_profiles_meet_at_the_peak():
    chat = StatedVolume(name="chat", total_mtok_per_month=30)
    code = StatedVolume(name="code", total_mtok_per_month=10, load_profile="coding")
    demand = stated_demand([chat, code], "conversation")
    assert [each.name for each in demand.workloads] == ["chat", "code"]
    assert demand.load_curve.p99_over_mean == pytest.approx(0.75 * 1.64 + 0.25 * 3.03)
    assert "Their peaks are taken to coincide." in demand.notices


BAD = [
    ({}, "no volume is stated"),
    ({"total_mtok_per_month": 0}, "no demand"),
    ({"input_mtok_per_month": -1}, "input_mtok_per_month is -1"),
    ({"requests_per_month": float("nan")}, "requests_per_month is nan"),
    ({"requests_per_month": 5, "cached_share_of_input": 30}, "not between 0 and 1"),
    ({"total_mtok_per_month": 5, "input_mtok_per_month": 9}, "exceed the stated total"),
    ({"total_mtok_per_month": 5, "mean_input_tokens": 0, "mean_output_tokens": 0}, "a request has no tokens"),
    ({"total_mtok_per_month": 5, "load_profile": "codng"}, 'Did you mean "coding"?'),
]


@pytest.mark.parametrize(("stated", "message"), BAD, ids=[message for _, message in BAD])
def test_nonsense_is_refused(stated, message):
    with pytest.raises(Problem) as raised:
        one(**stated)
    assert message in raised.value.what
    assert raised.value.fix


def test_no_workload_at_all():
    with pytest.raises(Problem, match="no workload"):
        stated_demand([])
