"""How the times of a log are written, said in the case beside it: as the options of `breakeven demand` say it."""

from pathlib import Path
from textwrap import dedent

import pytest

from breakeven.problems import Problem, Problems
from breakeven.study.case.case import Case
from breakeven.study.resolve.demand import logged


def case(folder: Path, log: str, *times: str) -> Case:
    """A case with a log of a request at each of these times, and what it says below `log`."""
    (folder / "log.csv").write_text(
        "timestamp,input_tokens,output_tokens\n" + "".join(f"{each},100,5\n" for each in times)
    )
    text = f"""\
        as_of: 2026-11-21
        hosted_model: openai/gpt-4o
        open_model: llama-3.3-70b
        gpu_offer: {{gpu: h100, price_per_gpu_hour: 2.5}}
        team: 1
        log: {{path: log.csv, load_profile_if_short: conversation, {log}}}
        """
    (folder / "case.yaml").write_text(dedent(text))
    return Case.load(folder / "case.yaml")


@pytest.mark.parametrize(
    ("said", "times", "first", "last"),
    [
        ("dates: day-first", ("03/04/2026 09:05", "04/04/2026 09:05"), "2026-04-03T09:05", "2026-04-04T09:05"),
        ("dates: month-first", ("03/04/2026 09:05", "03/05/2026 09:05"), "2026-03-04T09:05", "2026-03-05T09:05"),
        (
            "log_zone: Europe/Vienna",
            ("2026-07-01 10:00:00", "2026-07-02 10:00:00"),
            "2026-07-01T08:00",
            "2026-07-02T08:00",
        ),
        ("time_unit: s, starts: 2026-03-02", ("0", "90000"), "2026-03-02T00:00", "2026-03-03T01:00"),
        ("time_unit: ms, starts: 2026-03-02T10:00:00", ("0", "5400000"), "2026-03-02T10:00", "2026-03-02T11:30"),
    ],
)
def test_the_case_says_how_times_are_written(
    tmp_path: Path, said: str, times: tuple[str, ...], first: str, last: str
) -> None:
    found = logged(case(tmp_path, said, *times))
    assert found is not None
    assert (found.demand.first[:16], found.demand.last[:16]) == (first, last)


def test_what_is_not_said_is_asked_for_by_its_key(tmp_path: Path) -> None:
    with pytest.raises(Problem) as found:
        logged(case(tmp_path, "columns: {}", "03/04/2026 09:05", "04/04/2026 09:05"))
    assert "dates: day-first" in found.value.fix


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("log_zone: Europe/Wien", 'log.log_zone: "Europe/Wien" is not a time zone'),
        ("starts: 2026-03-02", "log.starts: times count from a start in seconds or milliseconds"),
        ("time_unit: s, starts: soon", '"soon" is no moment'),
        ("dates: us", "log.dates"),
    ],
)
def test_what_it_cannot_mean_is_told_at_its_place(tmp_path: Path, said: str, told: str) -> None:
    with pytest.raises((Problem, Problems), match=r"case\.yaml:6") as found:
        case(tmp_path, said, "2026-03-02T10:00:00Z")
    assert told in str(found.value)
