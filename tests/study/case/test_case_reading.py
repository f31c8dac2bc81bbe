"""What a case says once it is read, and where it says it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from breakeven.problems import Place, Problem, Problems
from breakeven.study.case.case import Case
from breakeven.study.case.schema import GpuOffer, Stated

SHORT = """\
api_spend_per_month: 2e4
hosted_model: openai/gpt-4o
open_model: llama-3.3-70b
gpu_offer: {gpu: H100-SXM-80GB, price_per_gpu_hour: 2.50}
team: 1
"""
DAY = date(2026, 11, 21)


def parse(more: str = "") -> Case:
    return Case.parse(SHORT + more, as_of=DAY)


def test_five_lines_are_a_case() -> None:
    file = parse().file
    assert file.api_spend_per_month == 20_000
    assert file.gpu_offer == GpuOffer(gpu="H100-SXM-80GB", price_per_gpu_hour=2.5)
    assert file.horizon_months == 36


def test_percentages_are_numbers() -> None:
    file = parse("discount_rate_per_year: 9%\nhosted:\n  discount: 5.5 %\nassumptions: {cached_share: 40%}\n").file
    assert file.discount_rate_per_year == pytest.approx(0.09)
    assert file.hosted.discount == pytest.approx(0.055)
    assert file.assumptions == {"cached_share": pytest.approx(0.4)}


def test_a_number_may_have_a_range() -> None:
    text = "people:\n  incidents_per_month: {likely: 3, low: 1, high: 9, source: our pager, date: 2026-11}\n"
    stated = parse(text).file.people["incidents_per_month"]
    assert stated == Stated(likely=3, low=1, high=9, source="our pager", date="2026-11")


def test_words_stay_words_and_days_become_text_where_text_is_wanted() -> None:
    file = parse(
        "readiness: {answers: {automatic_route_back: no}}\n"
        "self_hosting:\n  purchase: [{mode: rented, date: 2026-11-02}]\n"
    ).file
    assert file.readiness is not None
    assert file.readiness.answers == {"automatic_route_back": "no"}
    assert file.self_hosting.purchase[0].date == "2026-11-02"


def test_a_key_without_a_value_is_not_given() -> None:
    case = parse("horizon_months:\npeople:\n  # run_fte: 1\nhosted_note_free:\n".replace("hosted_note_free:\n", ""))
    assert case.file.horizon_months == 36
    assert not case.given("horizon_months")
    assert case.given("gpu_offer", "gpu")


def test_whole_numbers_may_have_a_point() -> None:
    assert parse("horizon_months: 24.0\n").file.horizon_months == 24


def test_anchors_and_merges_work_and_keep_their_places() -> None:
    text = "self_hosting:\n  purchase:\n    - &first {mode: rented, source: offer}\n    - {<<: *first, name: second}\n"
    case = parse(text)
    assert [each.source for each in case.file.self_hosting.purchase] == ["offer", "offer"]
    assert case.place("self_hosting", "purchase", 1, "source").line == 8


def test_places() -> None:
    case = parse("people:\n  oncall_slots: 3\n")
    assert case.place("gpu_offer", "gpu") == Place(
        file="case.yaml", line=4, column=18, source_line=SHORT.splitlines()[3]
    )
    assert (case.place("people").line, case.place("people").column) == (6, 1)
    assert case.place("people", "oncall_slots").column == 17
    assert case.place("people", "oncall_share").line == 6, "what is not there: its nearest parent"
    assert case.place("self_hosting", "gpu") == Place(file="case.yaml")


def test_sources_name_the_line() -> None:
    source = parse().source("team")
    assert (source.title, source.date) == ("case.yaml:5", "2026-11-21")
    assert parse().source("horizon_months").title == "case.yaml"


def test_the_day_is_the_file_s_then_the_argument_then_the_clock() -> None:
    assert parse().as_of == DAY
    assert not parse().as_of_from_clock
    assert parse("as_of: 2030-01-31\n").as_of == date(2030, 1, 31)
    today = Case.parse(SHORT)
    assert today.as_of_from_clock
    assert "as_of" in str(today.notices[0])
    assert parse().notices == ()


def test_a_file_knows_its_folder(tmp_path: Path) -> None:
    (tmp_path / "usage.csv").write_text("")
    path = tmp_path / "case.yaml"
    path.write_text(SHORT.replace("api_spend_per_month: 2e4", "log: usage*.csv"), encoding="utf-8")
    case = Case.load(path, as_of=DAY)
    assert (case.folder, case.source("team").title) == (tmp_path, "case.yaml:5")


def test_python_data_is_a_case_too() -> None:
    data = {
        "tokens_per_month": 2e9,
        "hosted_model": "openai/gpt-4o",
        "open_model": "llama-3.3-70b",
        "gpu_offer": "H100-SXM-80GB",
        "team": None,
        "workloads": ({"name": "chat"},),
    }
    case = Case.from_dict(data, as_of=DAY)
    assert case.file.team is None
    assert case.source("tokens_per_month").title == "case"
    with pytest.raises(Problems, match=r"^case: horizon_months: expected a whole number, found text"):
        Case.from_dict(data | {"horizon_months": "x"})


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("absent.yaml", None, "there is no such file"),
        ("bytes.yaml", b"\xff\xfe\x00", "this is not a text file"),
        ("control.yaml", b"team: \x01", "this is not YAML"),
        ("deep.yaml", b"[" * 5_000, "nested too deeply"),
        ("loop.yaml", b"a: &a {b: *a}", "nested too deeply"),
        ("bomb.yaml", b"a: &a [1,1,1,1,1,1,1,1,1]\n" + b"".join(
            b"%c: &%c [%s]\n" % (after, after, b",".join([b"*%c" % before] * 9))
            for before, after in zip(b"abcdefg", b"bcdefgh", strict=True)
        ), "an anchor repeats itself too often"),
    ],
)  # fmt: skip
def test_files_that_are_no_case(tmp_path: Path, name: str, content: bytes | None, what: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Problem, match=what):
        Case.load(path)


def test_a_folder_is_no_case(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="this is a folder"):
        Case.load(tmp_path)
