"""Exports that are no plain table of requests: rates in place of counters, heads and totals, days, copies."""

import json
from pathlib import Path

import pytest
from request_logs import read_minutes, read_request_log

from breakeven.demand.usage.read_log import read_log, read_requests
from breakeven.problems import Problem

START = 1_772_359_200  # 2026-03-01T10:00:00Z
COUNTER = {"__name__": "vllm:prompt_tokens_total", "model_name": "m"}


def matrix(path: Path, metric: dict[str, str], values: list[str], key: str = "values") -> Path:
    """An answer of Prometheus with one series, a point a minute."""
    points: list[object] = [[START + 60 * place, value] for place, value in enumerate(values)]
    series = {"metric": metric, key: points if key == "values" else points[0]}
    path.write_text(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [series]}}))
    return path


class TestRatesInPlaceOfCounters:
    @pytest.mark.parametrize(
        ("metric", "values", "said"),
        [
            (COUNTER, ["1.5", "2", "3"], "1 values are no whole numbers"),
            (COUNTER, ["5", "3", "9", "1", "8", "2"] * 5, "values fall in"),
            ({"model_name": "m"}, ["1", "2"], "whose series do not name their counter"),
        ],
    )
    def test_they_are_not_read_as_counters(
        self, tmp_path: Path, metric: dict[str, str], values: list[str], said: str
    ) -> None:
        with pytest.raises(Problem, match=said) as found:
            read_log(matrix(tmp_path / "answer.json", metric, values))
        assert "increase_of" in str(found.value.fix)

    def test_a_server_that_starts_again_is_no_rate(self, tmp_path: Path) -> None:
        values = [str(each) for each in (*range(0, 3000, 100), *range(0, 3000, 100))]
        assert read_minutes(matrix(tmp_path / "answer.json", COUNTER, values))["input_tokens"].sum() == 2 * 2900

    def test_one_moment_holds_no_time(self, tmp_path: Path) -> None:
        with pytest.raises(Problem, match="for one moment"):
            read_log(matrix(tmp_path / "answer.json", COUNTER, ["5"], key="value"))

    @pytest.mark.parametrize(("label", "values"), [("increase_of", ["60.4"] * 10), ("rate_of", ["1.0066667"] * 10)])
    def test_a_label_tells_of_which_counter_they_are(self, tmp_path: Path, label: str, values: list[str]) -> None:
        """Each point is the step before it; fractions are not lost by rounding every point."""
        path = matrix(tmp_path / "answer.json", {label: "vllm:prompt_tokens_total", "model_name": "m"}, values)
        table = read_minutes(path)
        assert (table["input_tokens"].sum(), table.first_second) == (604, START - 60)


HEAD = ["Invoice number,17", "Invoice date,2026-06-30", 'Total amount due,"$1,005.72"', ""]
TABLE = ["timestamp,model,input_tokens,output_tokens", "2026-03-01T10:00:00Z,m,100,5", "2026-03-01T10:01:00Z,m,200,6"]


class TestWhatStandsAroundATable:
    def test_lines_above_the_header_are_no_rows(self, tmp_path: Path) -> None:
        (tmp_path / "log.csv").write_text("\n".join([*HEAD, *TABLE]) + "\n")
        table = read_minutes(tmp_path / "log.csv")
        assert (table["input_tokens"].sum(), table.rows_read, table.set_aside) == (300, 2, ())
        assert "The columns are named in line 5; what stands above it is no part of the table." in table.notices

    def test_a_file_without_a_header_is_told_its_first_line(self, tmp_path: Path) -> None:
        (tmp_path / "log.csv").write_text("\n".join([*HEAD, *TABLE[1:]]) + "\n")
        with pytest.raises(Problem, match="no column for timestamp") as found:
            read_log(tmp_path / "log.csv")
        assert "The log has Invoice number, 17" in str(found.value.fix)

    @pytest.mark.parametrize("total", ["Total,,300,11", ",,300,11"])
    def test_a_row_of_totals_is_set_aside(self, tmp_path: Path, total: str) -> None:
        (tmp_path / "log.csv").write_text("\n".join([*TABLE, total]) + "\n")
        table = read_minutes(tmp_path / "log.csv")
        assert (table["input_tokens"].sum(), [each.rows for each in table.set_aside]) == (300, [1])

    @pytest.mark.parametrize("name", ["usage.tar", "usage.tgz"])
    def test_a_packed_folder_is_to_be_unpacked(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_bytes(b"PK\x03\x04")
        with pytest.raises(Problem, match="kind is not known") as found:
            read_log(tmp_path / name)
        assert found.value.fix == "Unpack it, and name what is in it."


class TestRowsOfDays:
    DAYS = ("date,model,requests,input_tokens,output_tokens", "2026-03-01,m,700,90000000,4000", "2026-03-02,m,300,9,4")

    def test_a_day_without_a_clock_is_the_sum_of_its_requests(self, tmp_path: Path) -> None:
        (tmp_path / "usage.csv").write_text("\n".join(self.DAYS) + "\n")
        table = read_minutes(tmp_path / "usage.csv")
        assert (table["requests"].sum(), table["input_tokens"].sum()) == (1000, 90_000_009)
        assert table["bucket_s"].tolist() == [86_400, 86_400]
        assert any("days without a clock" in each for each in table.notices)
        assert read_request_log(tmp_path / "usage.csv").workloads[0].requests_per_month == pytest.approx(500 * 730 / 24)
        assert read_requests(tmp_path / "usage.csv") is None

    def test_with_a_clock_their_end_is_asked_for(self, tmp_path: Path) -> None:
        (tmp_path / "usage.csv").write_text("\n".join(self.DAYS).replace("-01,", "-01 10:00:00,") + "\n")
        with pytest.raises(Problem, match="no column says where the hour or day ends"):
            read_log(tmp_path / "usage.csv")

    def test_dates_with_a_clock_are_requests(self, tmp_path: Path) -> None:
        (tmp_path / "log.csv").write_text("\n".join(TABLE).replace("timestamp", "date") + "\n")
        assert read_minutes(tmp_path / "log.csv")["bucket_s"].tolist() == [0, 0]

    def test_full_hours_alone_are_asked_about(self, tmp_path: Path) -> None:
        hours = [f"2026-03-01T{hour:02}:00:00Z,m,{900 + hour},5" for hour in range(8)]
        for place, rows in enumerate((hours, [*hours, "2026-03-01T09:07:31Z,m,1,1"])):
            path = tmp_path / f"{place}.csv"
            path.write_text("\n".join([TABLE[0], *rows]) + "\n")
            assert any("full hours" in each for each in read_minutes(path).notices) == (rows is hours)


def test_a_table_that_is_a_packed_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "usage.csv").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(Problem, match="this is a ZIP file"):
        read_log(tmp_path / "usage.csv")


def test_a_column_that_may_hold_cached_tokens_is_not_passed_over(tmp_path: Path) -> None:
    row = {"timestamp": "2026-03-01T10:00:00Z", "usage": {"inputTokens": 1000, "outputTokens": 20}}
    row["usage"]["cachedInputTokens"] = 600  # type: ignore[index]  # as the AI SDK names it
    (tmp_path / "known.jsonl").write_text(json.dumps(row) + "\n")
    assert read_minutes(tmp_path / "known.jsonl")["cached_input_tokens"].sum() == 600
    (tmp_path / "unknown.csv").write_text(TABLE[0] + ",TokensFromCache\n" + TABLE[1] + ",60\n")
    table = read_minutes(tmp_path / "unknown.csv")
    assert table["cached_input_tokens"].sum() == 0
    assert any("maybe cached tokens: TokensFromCache" in each for each in table.notices)


def test_a_download_made_twice_is_read_once(tmp_path: Path) -> None:
    for name in ("a.csv", "a (1).csv", "b.csv"):
        (tmp_path / name).write_text("\n".join(TABLE if name != "b.csv" else TABLE[:2]) + "\n")
    table = read_minutes(tmp_path)
    assert table["input_tokens"].sum() == 300 + 100
    assert "a.csv is a copy of a (1).csv, and is not read again." in table.notices


DAILY = "date,model,requests,input_tokens,output_tokens\n2026-11-01,gpt-4o,10,1000,100\n2026-11-02,mini,20,4000,400\n"


@pytest.mark.parametrize("total", ["Total", "All models", "Grand Total", "(all)", "Summe"])
def test_a_dated_row_of_totals_does_not_count_twice(tmp_path: Path, total: str) -> None:
    """It has a day as the others have, and its model says what it is."""
    (tmp_path / "daily.csv").write_text(f"{DAILY}2026-11-02,{total},30,5000,500\n")
    table = read_minutes(tmp_path / "daily.csv", set_aside_to=tmp_path / "aside.csv")
    assert (table["requests"].sum(), table["input_tokens"].sum(), table["output_tokens"].sum()) == (30, 5000, 500)
    assert [(each.rows, each.lost) for each in table.set_aside] == [(1, False)]
    assert f"Rows whose model is {total} sum others, and are not read." in table.notices


def test_where_there_are_only_totals_they_are_read(tmp_path: Path) -> None:
    rows = "".join(f"2026-11-0{day},All models,30,5000,500\n" for day in (1, 2))
    (tmp_path / "daily.csv").write_text(DAILY.splitlines()[0] + "\n" + rows)
    table = read_minutes(tmp_path / "daily.csv")
    assert (table["requests"].sum(), table["input_tokens"].sum(), table.set_aside) == (60, 10_000, ())


def test_a_gateways_flat_names_tell_model_and_failure(tmp_path: Path) -> None:
    """Envoy's access log: the model under gen_ai's name, the status as response_code."""
    row = {"start_time": "2026-11-01T09:00:00Z", "gen_ai.request.model": "m"}
    tokens = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10}
    lines = [{**row, **tokens, "response_code": 200}, {**row, "response_code": 429}]
    (tmp_path / "access.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    table = read_minutes(tmp_path / "access.jsonl")
    assert (table["requests"].sum(), table["failed"].sum(), set(table.model)) == (1, 1, {"m"})


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2026-08-01", "2026-09-01", "2026-10-01"), "all the first of a month"),
        (("2026-10-05", "2026-10-12", "2026-10-19"), "whole weeks apart"),
        (("2026-10-05", "2026-10-06", "2026-10-19"), ""),
    ],
)
def test_days_that_may_stand_for_weeks_or_months_are_told(tmp_path: Path, days: tuple[str, ...], said: str) -> None:
    """A month's sum read as that of its first day; a job that runs once a week looks the same, so it is no refusal."""
    rows = "".join(f"{day},m,100,1000000,100000\n" for day in days)
    (tmp_path / "log.csv").write_text(DAILY.splitlines()[0] + "\n" + rows)
    notices = [each for each in read_minutes(tmp_path / "log.csv").notices if "if a row sums more than its day" in each]
    assert [each.startswith(f"Its days are {said}:") for each in notices] == [True] * bool(said)


def test_two_columns_of_one_name_are_not_chosen_between(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("timestamp,input_tokens,output_tokens,input_tokens\n2026-11-01T09:00:00Z,100,5,900\n")
    with pytest.raises(Problem, match='two columns are called "input_tokens"'):
        read_log(path)
    for name, tokens in (("input_tokens", 100), ("input_tokens_3", 900)):
        assert read_minutes(path, columns={"input_tokens": name})["input_tokens"].sum() == tokens
    path.write_text(path.read_text().replace("900", "100"))
    assert read_minutes(path)["input_tokens"].sum() == 100
