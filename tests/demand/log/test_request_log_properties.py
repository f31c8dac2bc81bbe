"""Whatever the rows: each is used or set aside, tokens are conserved, order and splitting change nothing."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from request_logs import read_minutes, read_request_log

from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.minutes import minute_sums, readable
from breakeven.demand.log.table.tables import log_files, open_table

HEADER = ("timestamp", "input_tokens", "output_tokens", "cached_input_tokens", "app", "status", "prompt")
START = datetime(2026, 1, 5, tzinfo=UTC)

times = st.integers(0, 40 * 86_400).map(lambda each: (START + timedelta(seconds=each)).isoformat())
counts = st.integers(0, 2000).map(str)
junk = st.sampled_from(["", "x", "-3", "1e9", "nan", "2.5", "99999999999999999999", " ", "NULL", "0x10", "1,5", 'a"b'])
text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
good_row = st.tuples(
    times,
    counts,
    counts,
    st.just("0"),
    st.sampled_from(["chat", "code", ""]),
    st.sampled_from(["", "200", "500"]),
    text,
)
any_row = st.tuples(times | junk, counts | junk, counts | junk, counts | junk, text, st.sampled_from(["", "500"]), text)
few = settings(max_examples=20)


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def read(rows, parts=1):
    """The minute table and the demand of these rows, dealt out to this many files."""
    with TemporaryDirectory() as folder:
        paths = [write(Path(folder) / f"{part}.csv", rows[part::parts]) for part in range(parts)]
        table = read_minutes(paths)
        demand = read_request_log(paths) if table.tokens.sum() else None
    return table, demand


def same(one, other):
    assert (one.workload, one.model, one.first_second, one.last_second) == (
        other.workload, other.model, other.first_second, other.last_second,
    )  # fmt: skip
    assert {name: values.tolist() for name, values in one.columns.items()} == {
        name: values.tolist() for name, values in other.columns.items()
    }
    assert [(each.reason, each.rows) for each in one.set_aside] == [
        (each.reason, each.rows) for each in other.set_aside
    ]


@few
@given(st.lists(any_row, min_size=1, max_size=30))
def test_every_row_is_read_or_set_aside(rows):
    table, _ = read(rows)
    assert table.rows_read + sum(each.rows for each in table.set_aside) == len(rows)


@few
@given(st.lists(good_row, min_size=1, max_size=30))
def test_tokens_are_conserved(rows):
    table, demand = read(rows)
    assert table["input_tokens"].sum() == sum(int(row[1]) for row in rows)
    assert table["output_tokens"].sum() == sum(int(row[2]) for row in rows)
    assert table["failed"].sum() == sum(row[5] == "500" for row in rows)
    if demand:
        months = sum(each.input_mtok_per_month + each.output_mtok_per_month for each in demand.workloads)
        minutes = table.last_second // 60 - table.first_second // 60 + 1
        assert abs(months * 1e6 * minutes / 43_800 - table.tokens.sum()) < 1e-6 * table.tokens.sum()


@few
@given(st.lists(any_row, min_size=1, max_size=30), st.randoms(use_true_random=False), st.integers(2, 4))
def test_shuffling_and_splitting_change_nothing(rows, random, parts):
    mixed = random.sample(rows, len(rows))
    dealt = [tuple(part) for i in range(parts) if (part := mixed[i::parts])]
    assume(len({*dealt}) == len(dealt))  # files that are alike to the byte are copies, read once and told
    whole, demand = read(rows)
    shuffled, demand_of_shuffled = read(mixed, parts)
    same(whole, shuffled)
    if demand:
        assert demand.load_curve.load_over_mean == demand_of_shuffled.load_curve.load_over_mean
        assert [each.requests_per_month for each in demand.workloads] == [
            each.requests_per_month for each in demand_of_shuffled.workloads
        ]


ALLOWED = {
    "Field",
    "Literal",
    "DatabaseTable",
    "Project",
    "Filter",
    "Aggregate",
    "Union",
    "Add",
    "Divide",
    "FloorDivide",
    "Abs",
    "Cast",
    "TryCast",
    "Coalesce",
    "SearchedCase",
    "StringConcat",
    "And",
    "Or",
    "Not",
    "Equals",
    "NotEquals",
    "Greater",
    "GreaterEqual",
    "Less",
    "LessEqual",
    "InValues",
    "IsNull",
    "NotNull",
    "TimestampTruncate",
    "ExtractEpochSeconds",
    "CountStar",
    "Sum",
    "Min",
    "Max",
}


def test_the_push_down_uses_only_what_every_engine_has(tmp_path):
    files = log_files([write(tmp_path / name, [("1", "1", "1", "0", "", "", "")]) for name in ("a.csv", "b.csv")], None)
    connection = ibis().duckdb.connect()
    rows = [readable(open_table(connection, each, quote='"'), each, workload="all") for each in files]
    used = {type(node).__name__ for node in minute_sums(ibis().union(*rows)).op().find(object)}
    assert used <= ALLOWED
