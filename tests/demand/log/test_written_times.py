"""Times as people and spreadsheets write them: read where the file proves how, asked for where it does not."""

from pathlib import Path

import pytest
from request_logs import read_minutes, read_request_log

from breakeven.demand.log.written_times import Dates
from breakeven.demand.usage.read_log import read_log
from breakeven.problems import Problem


def log(path: Path, *times: str, separator: str = ";") -> Path:
    """A request of 100 and 5 tokens at each of these times."""
    lines = ["timestamp;input_tokens;output_tokens", *(f"{each};100;5" for each in times)]
    path.write_text("\n".join(lines).replace(";", separator) + "\n", encoding="utf-8")
    return path


def ends(path: Path, dates: Dates | None = None) -> tuple[str, str]:
    """The first and the last minute of the log."""
    demand = read_request_log(path, dates=dates, profile_if_short="conversation")
    assert not any("could not be used" in each for each in demand.notices)
    return demand.first[:16], demand.last[:16]


@pytest.mark.parametrize(
    ("times", "first", "last"),
    [
        (("03/04/2026 09:05", "13/04/2026 22:00:30"), "2026-04-03T09:05", "2026-04-13T22:00"),
        (("3/4/2026, 9:05 AM", "3/13/2026, 10:00:00\u202fPM"), "2026-03-04T09:05", "2026-03-13T22:00"),
        (("03.04.2026 09:05", "04.04.26 12:05"), "2026-04-03T09:05", "2026-04-04T12:05"),
        (("Mar 1, 2026 12:30 AM", "02-Mar-2026 10:00"), "2026-03-01T00:30", "2026-03-02T10:00"),
        (("Sun, 01 Mar 2026 10:00:00 GMT", "Mon Mar 02 10:00:00 +0100 2026"), "2026-03-01T10:00", "2026-03-02T09:00"),
        (("2026-07-01 10:00:00 CEST", "2026-07-02 10:00:00 +02:00"), "2026-07-01T08:00", "2026-07-02T08:00"),
        (("2026-03-01 10:00:00,123", "20260302T100000Z"), "2026-03-01T10:00", "2026-03-02T10:00"),
        (("01/Mar/2026:10:00:00 +0000", "2026-03-02T10:00:00Z[UTC]"), "2026-03-01T10:00", "2026-03-02T10:00"),
        (("46082,4375", "46083,5"), "2026-03-01T10:30", "2026-03-02T12:00"),
        (("2026-03-01 10:00:00", "1772445600"), "2026-03-01T10:00", "2026-03-02T10:00"),
    ],
)
def test_a_file_that_proves_how_its_times_are_written(
    tmp_path: Path, times: tuple[str, ...], first: str, last: str
) -> None:
    assert ends(log(tmp_path / "log.csv", *times)) == (first, last)


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (("03/04/2026 09:05", "04/04/2026 09:05"), "nothing in the file tells which number is the month"),
        (("13/04/2026 09:05", "04/13/2026 09:05"), "1 can only be day first, and 1 only month first"),
        (("2026-07-01 10:00:00 IST", "2026-07-01 10:00:00 BST"), "end in BST, IST, which does not name one zone"),
    ],
)
def test_what_nothing_proves_is_asked_for(tmp_path: Path, times: tuple[str, ...], said: str) -> None:
    with pytest.raises(Problem, match=said) as found:
        read_log(log(tmp_path / "log.csv", *times))
    assert found.value.where
    assert "--dates day-first" in str(found.value.fix) or "+01:00" in str(found.value.fix)


def test_the_person_says_the_order_and_the_zone(tmp_path: Path) -> None:
    path = log(tmp_path / "log.csv", "03/07/2026 09:05", "04/07/2026 09:05")
    assert ends(path, Dates(order="day-first"))[0] == "2026-07-03T09:05"
    assert ends(path, Dates(order="month-first", zone="Europe/Vienna"))[0] == "2026-03-07T08:05"
    notices = read_minutes(path, dates=Dates(order="day-first", zone="Europe/Vienna")).notices
    assert "Times without a zone are those of Europe/Vienna." in notices
    assert "Dates such as 03/07/2026 09:05 are read as day, month, year." in notices


def test_a_thirteen_in_any_file_proves_it_for_all(tmp_path: Path) -> None:
    log(tmp_path / "a.csv", "03/04/2026 09:05")
    log(tmp_path / "b.csv", *["05/04/2026 09:05"] * 500, "13/04/2026 09:05")
    assert ends(tmp_path) == ("2026-04-03T09:05", "2026-04-13T09:05")


def test_slashed_days_without_a_clock_are_sums(tmp_path: Path) -> None:
    lines = ["date,requests,input_tokens,output_tokens", "3/12/2026,7,9000,90", "3/13/2026,3,1000,10"]
    (tmp_path / "days.csv").write_text("\n".join(lines) + "\n")
    table = read_minutes(tmp_path / "days.csv")
    assert (table["requests"].sum(), table["bucket_s"].tolist()) == (10, [86_400, 86_400])


def test_an_export_that_a_spreadsheet_saved_again(tmp_path: Path) -> None:
    """A known format whose dates were rewritten; of Azure's the month is first unless a row shows otherwise."""
    header = "Date,Slug,Usage,Requests,Prompt Tokens,Completion Tokens"
    (tmp_path / "days.csv").write_text(f"{header}\n12/03/2026,m,1.5,7,9000,90\n13/03/2026,m,0.5,3,1000,10\n")
    assert ends(tmp_path / "days.csv") == ("2026-03-12T00:00", "2026-03-13T00:00")


def test_small_numbers_are_no_days_of_a_spreadsheet(tmp_path: Path) -> None:
    table = read_minutes(log(tmp_path / "log.csv", "0.5", "46082.5", "1772359200"))
    assert [(each.rows, each.reason) for each in table.set_aside] == [
        (2, "timestamp is outside the years 2000 to 2100")
    ]


def test_times_that_a_spreadsheet_rounded_are_not_believed(tmp_path: Path) -> None:
    """1.79352E+12 is one moment for all requests of 2.8 hours."""
    with pytest.raises(Problem, match=r"times such as 1\.79352E\+12 have lost their last digits"):
        read_log(log(tmp_path / "log.csv", "1.79352E+12", "1.79352E+12", "1.79353E+12"))
    exact = ("1.793520001234E+12", "1.793523661E+9")
    assert ends(log(tmp_path / "log.csv", *exact)) == ("2026-11-01T08:00", "2026-11-01T09:01")
