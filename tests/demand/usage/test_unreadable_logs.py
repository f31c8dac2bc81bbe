"""Bad logs: every mistake has its message, and no row is lost silently."""

import csv
import gzip

import pytest
from request_logs import read_request_log

from breakeven.problems import Problem

HEADER = "timestamp,input_tokens,output_tokens,cached_input_tokens"
GOOD = "2026-01-05T00:00:00Z,100,5,40"

ROWS = [
    ("yesterday,10,5,0", "timestamp is not a time"),
    (",10,5,0", "timestamp is missing"),
    ("1970-01-01T00:00:01Z,10,5,0", "timestamp is outside the years 2000 to 2100"),
    ("12,10,5,0", "timestamp is outside the years 2000 to 2100"),
    ("2026-01-05T00:00:00Z,,5,0", "input_tokens is missing"),
    ("2026-01-05T00:00:00Z,many,5,0", "input_tokens is not a number"),
    ("2026-01-05T00:00:00Z,-1,5,0", "input_tokens is negative"),
    ("2026-01-05T00:00:00Z,10000001,5,0", "input_tokens is over 10 million in one request"),
    ("2026-01-05T00:00:00Z,nan,5,0", "input_tokens is over 10 million in one request"),
    ("2026-01-05T00:00:00Z,inf,5,0", "input_tokens is over 10 million in one request"),
    ("2026-01-05T00:00:00Z,10,1e300,0", "output_tokens is over 10 million in one request"),
    ("2026-01-05T00:00:00Z,10,5.5,0", "output_tokens is not whole"),
    ("2026-01-05T00:00:00Z,10,5,x", "cached_input_tokens is not a number"),
    ("2026-01-05T00:00:00Z,10,5", "line does not fit the columns: missing columns"),
    ("2026-01-05T00:00:00Z,10,5,0,7", "line does not fit the columns: too many columns"),
]


def write(path, *lines, header=HEADER):
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("row", "reason"), ROWS, ids=[f"{reason} ({row[-12:]})" for row, reason in ROWS])
def test_a_bad_row_is_set_aside_with_its_reason(tmp_path, row, reason):
    demand = read_request_log(write(tmp_path / "usage.csv", GOOD, row, GOOD), set_aside_to=tmp_path / "aside.csv")
    (aside,) = demand.set_aside
    assert (demand.rows_read, aside.rows, aside.reason) == (2, 1, reason)
    assert aside.examples
    assert any("1 row (33.33%) could not be used" in notice for notice in demand.notices)
    with (tmp_path / "aside.csv").open(newline="") as file:
        assert [each["reason"] for each in csv.DictReader(file)] == [reason]


def test_all_of_them_at_once(tmp_path):
    demand = read_request_log(write(tmp_path / "usage.csv", GOOD, *(row for row, _ in ROWS)))
    assert demand.rows_read == 1
    assert {each.reason: each.rows for each in demand.set_aside} == {
        reason: sum(other == reason for _, other in ROWS) for _, reason in ROWS
    }


def test_a_quote_that_stays_open_swallows_nothing(tmp_path):
    path = write(tmp_path / "usage.csv", GOOD, f'"{GOOD}', *[GOOD] * 50_000)
    demand = read_request_log(path)
    assert demand.rows_read == 50_001
    assert sum(each.rows for each in demand.set_aside) == 1


def test_mixed_line_ends_and_bytes_that_are_not_text(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_bytes(f"{HEADER}\n{GOOD}\r\n{GOOD}\n".encode() + b"2026-01-05T00:00:00Z,1\xff,5,0\r\n" + GOOD.encode())
    demand = read_request_log(path)
    assert demand.rows_read == 3
    assert sum(each.rows for each in demand.set_aside) == 1


def refused(tmp_path, content, name="usage.csv", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Problem) as raised:
        read_request_log(path, **options)
    assert raised.value.fix
    assert "Traceback" not in str(raised.value)
    return raised.value


REFUSED = [
    ("", "the file is empty"),
    (HEADER + "\n", "the log has no rows"),
    (f"{HEADER}\n2026-01-05T00:00:00Z,0,0,0\n", "no demand"),
    (f"{HEADER}\nx,1,1,0\ny,1,1,0\n", "no row of the log can be used (2 rows: timestamp is not a time)"),
    (
        "timestamp,promt_tokens,output_tokens\na,1,1\n",
        'no column for input_tokens. Did you mean "promt_tokens"?',
    ),
    ("when,in,out\na,1,1\n", "no column for timestamp and input_tokens and output_tokens."),
    ("start_time,input_tokens,output_tokens,num_model_requests\n1,1,1,1\n", "a row sums many requests"),
]


@pytest.mark.parametrize(("content", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_a_log_that_shows_no_demand_is_refused(tmp_path, content, message):
    assert message in refused(tmp_path, content).what


def test_missing_columns_are_told_with_those_found_and_how_to_name_them(tmp_path):
    problem = refused(tmp_path, "when,in,out\na,1,1\n")
    assert "The log has when, in, out." in problem.fix
    assert "columns: {timestamp: when, input_tokens: in, output_tokens: out}" in problem.fix
    assert "usage.csv" in str(problem.where)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"input_token": "x"}, 'Did you mean "input_tokens"?'),
        ({"input_tokens": "input_tokes"}, 'Did you mean "input_tokens"?'),
    ],
)
def test_a_wrong_mapping_is_told(tmp_path, columns, message):
    assert message in refused(tmp_path, f"{HEADER}\n{GOOD}\n", columns=columns).what


def test_files_that_are_not_what_they_say(tmp_path):
    body = gzip.compress("\n".join([HEADER, *[f"{GOOD[:-2]}{i}" for i in range(5000)]]).encode())
    assert "ends too early" in refused(tmp_path, body[: len(body) // 2], "cut.csv.gz").what
    assert "not compressed" in refused(tmp_path, b"not gzip at all", "text.csv.gz").what
    assert "not readable Parquet" in refused(tmp_path, b"PAR1 no", "usage.parquet").what
    assert "kind is not known" in refused(tmp_path, b"x", "usage.xlsx").what
    assert "no column for" in refused(tmp_path, b"[1]\n", "usage.jsonl").what


def test_paths_that_lead_nowhere(tmp_path):
    for path, message in (
        (tmp_path / "no.csv", "no such file"),
        (tmp_path, "holds no log file"),
        ([], "no log file"),
    ):
        with pytest.raises(Problem, match=message):
            read_request_log(path)


def test_a_time_zone_that_does_not_exist(tmp_path):
    assert "not a time zone" in refused(tmp_path, f"{HEADER}\n{GOOD}\n", time_zone="Mars/Olympus").what


def test_a_jsonl_line_that_was_written_by_half_is_set_aside(tmp_path):
    path = tmp_path / "usage.jsonl"
    row = '{"timestamp": "2026-01-05T00:00:00Z", "input_tokens": 10, "output_tokens": 5}'
    path.write_text("\n".join([row, row, row[:50]]))
    demand = read_request_log(path, set_aside_to=tmp_path / "aside.csv")
    assert demand.rows_read == 2
    assert sum(each.rows for each in demand.set_aside) == 1
    assert len((tmp_path / "aside.csv").read_text().splitlines()) == 2


def test_mixed_zones_precisions_and_a_clock_that_jumps(tmp_path):
    """One moment in six spellings, and one row whose clock stood still in 1970 by accident of a restart."""
    moments = ["2026-01-05T00:00:00Z", "2026-01-05 01:00:00.000+01:00", "2026-01-04T19:00:00.123456-05:00",
               "1767571200", "1767571200000", "1767571200000000"]  # fmt: skip
    rows = [f"{each},10,5,0" for each in [*moments, "1970-01-01T00:03:00Z"]]
    demand = read_request_log(write(tmp_path / "usage.csv", *rows))
    assert demand.first == demand.last == "2026-01-05T00:00:00Z"
    assert demand.rows_read == 6
    assert [each.reason for each in demand.set_aside] == ["timestamp is outside the years 2000 to 2100"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("usage.csv", "zeitstempel,größe\n".encode("latin-1"), "not UTF-8 text"),
        ("usage.csv.gz", (HEADER + GOOD).encode(), "the file is not compressed"),
        ("usage.csv.gz", gzip.compress(HEADER.encode(), mtime=0)[:12], "ends too early"),
    ],
)
def test_another_encoding_and_a_wrong_name_say_what_to_do(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Problem, match=told) as raised:
        read_request_log(tmp_path / name)
    assert raised.value.fix.startswith(("Save it as UTF-8", "Take .gz off", "Download it again"))


def test_lines_of_another_encoding_are_set_aside_with_the_way_out(tmp_path):
    path = tmp_path / "usage.csv"
    lines = [HEADER, GOOD, GOOD.replace(",5,", ",ü,"), GOOD]
    path.write_bytes("\n".join(lines).encode("latin-1"))
    (aside,) = read_request_log(path, set_aside_to=tmp_path / "aside.csv").set_aside
    assert (aside.rows, aside.reason) == (1, "line is not UTF-8 text: save the file as UTF-8")
    assert aside.reason in (tmp_path / "aside.csv").read_text()


def test_a_note_among_the_logs_of_a_folder_says_how_to_leave_it_out(tmp_path):
    write(tmp_path / "usage.csv", GOOD)
    (tmp_path / "notes.txt").write_text("hello\n")
    with pytest.raises(Problem, match="leave the file out: name the logs by a pattern"):
        read_request_log(tmp_path)
    assert read_request_log(tmp_path / "*.csv").rows_read == 1
