"""Reading request logs: real traces, columns by name, every form of file, and what the notices say."""

import json

import numpy as np
import pytest
from request_logs import read_minutes, read_request_log

from breakeven.demand.shape.load_curve import peak_over_mean

HEADER = "timestamp,input_tokens,output_tokens"


@pytest.fixture
def log(tmp_path):
    """Write a log of these lines and give its path."""

    def write(*lines, name="usage.csv", header=HEADER):
        path = tmp_path / name
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return path

    return write


def minutes_of(path):
    return read_minutes(path)


def test_azure_code_trace_has_58_minutes_13_of_them_empty(shared):
    table = minutes_of(shared / "data" / "traces" / "azure_2023_code.csv")
    first, last = table.first_second // 60, table.last_second // 60
    assert (last - first + 1, len(set(table["minute"].tolist()))) == (58, 45)
    span = {"first": first, "last": last}
    assert peak_over_mean(table["minute"], table["requests"], **span, window_minutes=1) == pytest.approx(3.85, abs=5e-3)
    assert peak_over_mean(table["minute"], table["requests"], **span, window_minutes=60) is None


# The published rates are over the first to the last request; a demand counts whole minutes.
TRACES = [
    ("code", 8819, 2048, 28, 18.9, 0.26, 1.1),
    ("conversation", 19366, 1155, 211, 23.0, 4.2, 1.1),
]


@pytest.mark.parametrize(("name", "requests", "mean_in", "mean_out", "per_hour_in", "per_hour_out", "slack"), TRACES)
def test_azure_2023_totals(shared, name, requests, mean_in, mean_out, per_hour_in, per_hour_out, slack):
    demand = read_request_log(shared / "data" / "traces" / f"azure_2023_{name}.csv")
    (workload,) = demand.workloads
    assert demand.rows_read == requests
    assert not demand.set_aside
    assert workload.mean_input_tokens == pytest.approx(mean_in, abs=0.5)
    assert workload.mean_output_tokens == pytest.approx(mean_out, abs=0.5)
    assert per_hour_in / slack < workload.input_mtok_per_month / 730 < per_hour_in * slack
    assert per_hour_out / slack < workload.output_mtok_per_month / 730 < per_hour_out * slack
    assert workload.cached_share_of_input is None
    assert demand.load_curve.kind == workload.kind == "measured"
    assert any("no zone" in notice for notice in demand.notices)
    assert any("lower bound" in notice for notice in demand.notices)


def test_a_short_log_can_take_its_curve_from_a_profile(log):
    demand = read_request_log(log("2026-01-05T00:00:00Z,10,5"), profile_if_short="coding")
    assert (demand.load_curve.name, demand.load_curve.kind) == ("coding", "assumed")
    assert any('profile "coding", assumed' in notice for notice in demand.notices)


def test_a_log_of_days_keeps_its_own_curve(log):
    lines = [f"2026-01-{day:02}T{hour:02}:00:00Z,10,5" for day in (5, 6) for hour in range(24)]
    demand = read_request_log(log(*lines), profile_if_short="coding")
    assert demand.load_curve.name == "log"
    assert demand.week == ()
    assert any("the week's shape is not known" in notice for notice in demand.notices)


def test_volumes_are_scaled_to_730_hours(log):
    demand = read_request_log(log("2026-01-05T00:00:00Z,600,10", "2026-01-05T09:59:59Z,400,30"))
    (workload,) = demand.workloads
    assert workload.requests_per_month == pytest.approx(146)
    assert workload.input_mtok_per_month == pytest.approx(0.073)
    assert (demand.first, demand.last) == ("2026-01-05T00:00:00Z", "2026-01-05T09:59:59Z")
    assert any("scaled by 73 to a month of 730 hours" in notice for notice in demand.notices)


TIMES = [
    "2026-01-05T01:02:03Z", "2026-01-05 01:02:03", "2026-01-05T02:02:03+01:00", "2026-01-05 01:02:03.9999999",
    "2026-01-05T01:02:03.123456789Z", "2026-01-04T20:02:03-05:00", "2026-01-05 01:02:03 UTC",
    "1767574923", "1767574923.75", "1767574923000", "1767574923000000", "1767574923000000000",
]  # fmt: skip


@pytest.mark.parametrize("time", TIMES)
def test_every_way_to_write_a_moment(log, time):
    demand = read_request_log(log(f"{time},10,5"))
    assert demand.first == "2026-01-05T01:02:03Z"
    naive = any("no zone" in notice for notice in demand.notices)
    assert naive == (time in ("2026-01-05 01:02:03", "2026-01-05 01:02:03.9999999"))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("TIMESTAMP,ContextTokens,GeneratedTokens", None),
        ("Created At;Prompt Tokens;Completion Tokens", None),
        ("startTime\tprompt_tokens\tcompletion_tokens", None),
        ("\ufefftime,input-tokens,output-tokens", None),
        ("ts,my_in,my_out", {"input_tokens": "my_in", "output_tokens": "MY_OUT"}),
        ("zeit,timestamp,ein,aus,", {"timestamp": "zeit", "input_tokens": "ein", "output_tokens": "aus"}),
    ],
)
def test_columns_are_found_by_name(log, header, columns):
    delimiter = next(each for each in ";\t," if each in header)
    values = ["2026-01-05T00:00:00Z", "10", "5"]
    if "zeit" in header:
        values = [values[0], "not a time", *values[1:], ""]
    demand = read_request_log(log(delimiter.join(values), header=header), columns=columns)
    assert demand.workloads[0].mean_input_tokens == 10
    assert demand.workloads[0].mean_output_tokens == 5


def test_workloads_models_and_cached_input(log):
    header = HEADER + ",cached_input_tokens,app,model"
    path = log(
        "2026-01-05T00:00:00Z,100,5,40,chat,a",
        "2026-01-05T00:00:01Z,100,5,,chat,b",
        "2026-01-05T00:00:02Z,300,5,30,code,a",
        "2026-01-05T00:00:03Z,1,1,,,a",
        header=header,
    )
    demand = read_request_log(path, workload="rest")
    assert [each.name for each in demand.workloads] == ["code", "chat", "rest"]
    assert [each.cached_share_of_input for each in demand.workloads] == [0.1, 0.4, None]
    assert set(minutes_of(path).model) == {"a", "b"}


def test_failed_requests_count_apart_and_with_their_tokens(log):
    path = log(
        "2026-01-05T00:00:00Z,10,5,200",
        "2026-01-05T00:00:01Z,,,429",
        "2026-01-05T00:00:02Z,7,0,Error",
        "2026-01-05T00:00:03Z,1,1,success",
        "2026-01-05T00:00:04Z,1,1,",
        header=HEADER + ",status",
    )
    table = minutes_of(path)
    assert (table.rows_read, table["failed"].sum(), table["requests"].sum()) == (5, 2, 4)
    assert (table["input_tokens"].sum(), table["output_tokens"].sum()) == (19, 7)
    assert read_request_log(path).failed_requests == 2


def test_text_of_prompts_is_never_read(log, tmp_path):
    """Not even when the row is set aside: only the mapped columns leave the engine."""
    path = log('2026-01-05T00:00:00Z,10,5,"secret, with\nlines"', "bad,10,5,secret", header=HEADER + ",prompt")
    demand = read_request_log(path, set_aside_to=tmp_path / "aside.csv")
    assert demand.rows_read == 1
    assert "secret" not in str(demand)
    assert "secret" not in (tmp_path / "aside.csv").read_text()


def rows():
    return [{"timestamp": f"2026-01-05T00:0{i}:00Z", "input_tokens": 10 * i, "output_tokens": i} for i in range(1, 9)]


def test_json_lines(tmp_path):
    path = tmp_path / "usage.jsonl"
    lines = [json.dumps(each | {"messages": [{"content": "hello"}]}) for each in rows()]
    path.write_text("\n".join([*lines, '{"timestamp": "2026-01-', "[1]", ""]))
    demand = read_request_log(path)
    assert demand.rows_read == 8
    assert sum(each.rows for each in demand.set_aside) == 2


def test_parquet_with_its_own_types(tmp_path):
    import pyarrow as arrow
    import pyarrow.parquet

    columns = {
        "timestamp": arrow.array([1767571260000000 + 6e7 * i for i in range(8)], arrow.float64()).cast("int64"),
        "input_tokens": arrow.array([10 * i for i in range(1, 9)], arrow.int32()),
        "output_tokens": arrow.array([float(i) for i in range(1, 8)] + [None]),
    }
    columns["timestamp"] = columns["timestamp"].cast(arrow.timestamp("us"))
    path = tmp_path / "usage.parquet"
    pyarrow.parquet.write_table(arrow.table(columns), path)
    demand = read_request_log(path)
    assert (demand.rows_read, demand.set_aside[0].reason) == (7, "output_tokens is missing")
    assert demand.first == "2026-01-05T00:01:00Z"
    assert any("no zone" in notice for notice in demand.notices)


def test_a_folder_a_pattern_and_a_list_are_one_log(tmp_path, log):
    first = log("2026-01-05T00:00:00Z,10,5", name="a.csv")
    second = log("5;2026-01-05T00:30:00Z;10", name="b.csv", header="output_tokens;timestamp;input_tokens")
    (tmp_path / "readme.md").write_text("not a log")
    demands = [read_request_log(each) for each in (tmp_path, tmp_path / "*.csv", [second, first, first])]
    assert len({each.workloads[0].input_mtok_per_month for each in demands}) == 1
    assert demands[0].rows_read == 2


def test_the_week_is_told_in_the_time_zone(log):
    lines = [
        f"2026-01-{day:02}T{hour:02}:30:00Z,{100 if hour == 8 else 1},0" for day in range(5, 19) for hour in range(24)
    ]
    path = log("2026-01-05T00:00:00Z,1,0", *lines, "2026-01-18T23:59:59Z,1,0")
    assert np.argmax(read_request_log(path).week) % 24 == 8
    vienna = read_request_log(path, time_zone="Europe/Vienna").week
    assert np.argmax(vienna) % 24 == 9
    assert np.mean(vienna) == pytest.approx(1)


def test_a_long_silence_is_told(log):
    demand = read_request_log(log("2026-01-05T00:00:00Z,10,5", "2026-02-05T00:00:00Z,10,5"))
    assert any("silent for 31.0 days after 2026-01-05T00:00:00Z" in notice for notice in demand.notices)


def test_the_load_is_sized_in_windows_of_the_cold_start(log):
    lines = [f"2026-01-05T00:{minute:02}:00Z,{100 if minute == 7 else 1},0" for minute in range(60)]
    peaks = [read_request_log(log(*lines), window_minutes=each).load_curve.p99_over_mean for each in (1, 5, 10)]
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[1] == pytest.approx((104 / 5) / (159 / 60))
