"""A board answers: tier by tier, each number that of the judged case; and every mistake in plain words."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from breakeven.report.pages.parts.answer import headline
from breakeven.report.pages.parts.columns import called_all
from breakeven.report.wording import money
from breakeven.study.judge.assess import judge
from breakeven.study.recomputing.changes import changed_basis
from breakeven.study.recomputing.point import point
from breakeven.study.recomputing.prepared import prepare
from breakeven.web.doors.pages import static_files

API = "/api/board/small"
CHANGED = {"volume_scale": 3.0, "run_fte": 0.25}


def test_the_first_page_lists_the_cases_of_the_folder(client: TestClient) -> None:
    page = client.get("/").text
    assert 'href="/board/small"' in page
    assert 'href="/board/broken"' in page


@pytest.mark.parametrize("path", ["/", "/board/small", "/compare?left=small&right=small"])
def test_a_page_holds_no_script_and_no_style_of_its_own(client: TestClient, path: str) -> None:
    page = client.get(path).text
    assert "<style" not in page
    assert " style=" not in page
    assert "onclick" not in page
    assert all(
        each.startswith('<script type="module" src="/static/') for each in page.split("\n") if "<script" in each[:8]
    )
    assert page.count("<script") == page.count('<script type="module" src="/static/')


def test_every_file_that_a_page_names_is_there_and_nothing_else_is(client: TestClient, cases: Path) -> None:
    for name, found in static_files().items():
        answer = client.get(f"/static/{name}")
        assert answer.content == found.content
    for path in (
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/%2e%2e/pyproject.toml",
        str(cases / "small.yaml"),
        "app.css%00.js",
    ):
        answer = client.get(f"/static/{path}")
        assert answer.status_code == 404, path


def test_a_board_says_what_it_is_and_which_inputs_it_has(client: TestClient) -> None:
    found = client.get(API).json()
    assert found["as_of"] == "2026-11-21"
    assert found["ours"] == "yes"
    assert 'data-input="volume_scale"' in found["controls"]
    assert 'data-input="run_fte"' in found["controls"]


def test_the_point_is_the_point_of_the_engine(client: TestClient, cases: Path) -> None:
    answer = point(prepare(cases / "small.yaml"), CHANGED)
    pieces = client.get(f"{API}/answer/point", params=CHANGED).json()
    best = next(each for each in answer.options if each.key == answer.best)
    assert money(best.net_present_value) in pieces["verdict"]
    assert "chance not drawn yet" in pieces["verdict"]
    for option in answer.options:
        assert money(option.monthly_cost) in pieces["options"]


def test_everything_is_the_judged_study_of_the_changed_case(client: TestClient, cases: Path) -> None:
    study = judge(changed_basis(prepare(cases / "small.yaml"), CHANGED))
    pieces = client.get(f"{API}/answer/whole", params=CHANGED).json()
    assert headline(study).split(": ")[0].split(", if ")[0] in unescape(pieces["verdict"])
    for option in study.options:
        assert money(option.expected_net_present_value) in pieces["options"]
    assert all(
        pieces[name] for name in ("pays", "months", "owned", "turning", "forgotten", "reasons", "notes", "steps")
    )
    assert "said:volume_scale" in pieces


def test_an_option_has_one_name_whichever_tier_tells_of_it(client: TestClient, cases: Path) -> None:
    names = called_all(judge(changed_basis(prepare(cases / "small.yaml"), {})).basis)
    for tier in ("point", "chance", "whole"):
        pieces = client.get(f"{API}/answer/{tier}").json()
        heads = re.findall(r"<th[^>]* data-key[^>]*>([^<]+)</th>", pieces["options"])
        assert [unescape(each) for each in heads] == names, tier
        assert all(unescape(name) in unescape(pieces["costs"]) for name in names), tier


def test_a_gate_that_is_answered_otherwise_changes_the_answer(client: TestClient) -> None:
    forced = client.get(f"{API}/answer/chance", params={"gate:data residency": "fail"}).json()
    assert "FORCED" in forced["verdict"] or "NO COMPLIANT" in forced["verdict"]


def test_a_number_is_derived_down_to_its_sources(client: TestClient) -> None:
    found = client.get(f"{API}/explain", params={"line": "monthly_cost", "option": "hosted"}).json()["derivation"]
    assert "<summary>" in found
    assert "small.yaml" in found or "2026" in found


WRONG = {
    "unknown input": ({"pue_of_all": "1"}, "pue_of_all"),
    "out of bounds": ({"usable_share": "7"}, "usable_share"),
    "no number": ({"run_fte": "<b>"}, "run_fte"),
    "unknown gate": ({"gate:none": "pass"}, "gate:none"),
}


@pytest.mark.parametrize("tier", ["point", "chance", "whole"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_mistake_is_told_at_its_input(client: TestClient, tier: str, wrong: str) -> None:
    given, place = WRONG[wrong]
    answer = client.get(f"{API}/answer/{tier}", params=given)
    assert answer.status_code == 422
    (told,) = answer.json()["problems"]
    assert place in f"{told['where']} {told['what']}"
    assert "Traceback" not in answer.text


def test_a_broken_case_says_what_is_wrong_with_it_and_where(client: TestClient) -> None:
    answer = client.get("/api/board/broken")
    assert answer.status_code == 422
    assert any("horizon_monhts" in each["what"] for each in answer.json()["problems"])
    assert "broken.yaml:2" in answer.text


@pytest.mark.parametrize("path", ["/board/none", "/none", "/compare", "/compare?left=small&right=none"])
def test_a_page_that_is_not_there_is_a_page_that_says_so(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "This cannot be shown" in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize("path", ["/api/board/none", "/api/board/none/answer/point", "/api/uploads/none"])
def test_a_board_that_is_not_open_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["problems"][0]["fix"]


@pytest.mark.parametrize("path", [f"{API}/answer/none", f"{API}/export/exe", f"{API}/explain?line=none",
                                  f"{API}/explain?line=gpus&option=none", f"{API}/explain?line=gpus&month=0",
                                  f"{API}/explain?line=gpus&month=x"])  # fmt: skip
def test_what_there_is_not_is_said_plainly(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["what"]


@pytest.mark.parametrize(("part", "sign"), [("json", b"{"), ("md", b"#"), ("xlsx", b"PK"), ("html", b"<!doctype")])
def test_the_board_pack_comes_from_the_page(client: TestClient, part: str, sign: bytes) -> None:
    answer = client.get(f"{API}/export/{part}", params=CHANGED)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(sign)
    assert answer.headers["content-disposition"].startswith("attachment")


def test_an_exported_study_is_that_of_the_state_on_the_page(client: TestClient) -> None:
    pieces = client.get(f"{API}/answer/whole", params=CHANGED).json()
    document = json.loads(client.get(f"{API}/export/json", params=CHANGED).content)
    assert document["fingerprint"] == pieces["hash"]


def test_two_people_do_not_see_each_others_changes(client: TestClient) -> None:
    first = client.get(f"{API}/answer/point").json()["verdict"]
    client.get(f"{API}/answer/point", params=CHANGED)
    assert client.get(f"{API}/answer/point").json()["verdict"] == first


def test_a_long_address_is_refused(client: TestClient) -> None:
    answer = client.get(f"{API}/answer/point?" + "&".join(f"n{i}=1" for i in range(2000)))
    assert answer.status_code == 422
