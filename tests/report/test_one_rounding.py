"""One quantity has one rounding: whatever is printed of a study is a number as `wording` rounds it, and none other."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache

import pytest
from rich.console import Console

from assessed import study
from breakeven.report.board.content import memo
from breakeven.report.board.html import html
from breakeven.report.board.markdown import markdown
from breakeven.report.pages.full_page import FullPage
from breakeven.report.pages.page import Page
from breakeven.report.wording import LARGE, MINUS, money, percent, price
from breakeven.report.workbook.canvas import PERCENT, SHARE_FAR_BELOW, money_far_below, number_format
from breakeven.study.questions.pictures import pictures

NAMES = ["minimal", "four_ways", "too_small"]
AMOUNT = re.compile(rf"({MINUS}?)[$€£](\d(?:[\d,]*\d)?(?:\.\d+)?)")
SHARE = re.compile(r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)[ \u00a0]%")


def printed(thing: object, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), color_system=None)
    with console.capture() as held:
        console.print(thing)
    return held.get()


@cache
def outputs(name: str) -> dict[str, str]:
    found = study(name)
    whole = memo(found, pictures(found))
    return {
        "page": printed(Page(found), 120),
        "full page": printed(FullPage(found), 120),
        "memo": markdown(whole),
        "HTML": re.sub(r"<script.*?</script>|<[^>]+>", " ", html(whole, interactive=False), flags=re.DOTALL),
    }


def amounts(text: str) -> Iterator[tuple[str, float]]:
    for sign, digits in AMOUNT.findall(text):
        yield f"{sign}{digits}", float(digits.replace(",", "")) * (-1 if sign else 1)


def bare(said: str) -> str:
    """An amount without its currency."""
    return said.replace("$", "")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["page", "full page", "memo", "HTML"])
def test_an_amount_is_told_as_money_or_as_a_price_and_never_otherwise(name: str, where: str) -> None:
    found = [*amounts(outputs(name)[where])]
    assert found
    assert [said for said, value in found if said not in (bare(money(value)), bare(price(value)))] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_two_places_tell_one_amount_of_the_study_differently(name: str) -> None:
    """An amount of the options, wherever it stands, is the same word for word."""
    found = study(name)
    known = {
        value
        for each in found.options
        for value in (each.monthly_cost, each.expected_net_present_value, each.one_time_cost, each.monthly_saving)
        if abs(value) >= 1000
    }
    for where, text in outputs(name).items():
        for said, value in amounts(text):
            near = {each for each in known if abs(abs(each) - abs(value)) < min(0.6, abs(value) / 1e5)}
            assert all(bare(money(abs(each))) == said.lstrip(MINUS) for each in near), (where, said)


@pytest.mark.parametrize("name", NAMES)
def test_a_share_has_one_decimal_below_ten_and_none_above(name: str) -> None:
    sources = {str(part) for each in study(name).basis.inputs.values() for part in SHARE.findall(each.source.title)}
    for where in ("page", "memo"):
        said = [each for each in SHARE.findall(outputs(name)[where]) if each not in sources]
        odd = [each for each in said if f"{each} %" != percent(float(each.replace(",", "")) / 100)]
        assert odd == [], where


@pytest.mark.parametrize("value", [0.0, 72.4, 999.6, 9053.2, 99_999.4, 99_999.6, 106_382.0, 1_867_412.0, 2_296_912.0])
def test_a_cell_of_the_workbook_shows_what_a_sentence_says(value: float) -> None:
    for amount in (value, -value):
        least, far_below = money_far_below("USD")
        number = far_below if amount <= least else number_format("", "USD", "USD")
        assert shown(number, amount) == money(amount).replace(MINUS, "-")


@pytest.mark.parametrize("share", [0.0, 0.02, 0.0994, 0.0996, 0.266, 0.94, -0.05, -0.6])
def test_a_share_in_a_cell_shows_what_a_sentence_says(share: float) -> None:
    least, far_below = SHARE_FAR_BELOW
    number = far_below if share <= least else PERCENT
    assert shown(number, share) == percent(share).replace(MINUS, "-").replace(" ", "")


@pytest.mark.parametrize("number", [PERCENT, number_format("", "USD", "USD")])
def test_what_is_below_nothing_has_its_own_part_with_its_sign(number: str) -> None:
    """A part that is left over loses the sign in LibreOffice: a loss would read as a gain."""
    assert re.search(r"\[<=-0\.[05]+\]-", number)


def shown(number: str, value: float) -> str:
    """What a spreadsheet shows: the first part whose condition holds; a comma at the end of digits divides by 1,000."""
    for part in number.split(";"):
        asked = re.match(r"\[(>=|<=|<|=)(-?[\d.]+)\]", part)
        if asked is None or {
            ">=": value >= float(asked[2]), "<=": value <= float(asked[2]), "<": value < float(asked[2]),
            "=": value == float(asked[2]),
        }[asked[1]]:  # fmt: skip
            break
    said = part[asked.end() :] if asked else part
    signed = said.startswith("-") or (value < 0 and asked is None)
    said, size = said.removeprefix("-"), abs(value)
    if "%" in said:
        text = f"{size * 100:.{said.count('0') - 1}f}%"
    else:
        scaled = size / 1000 if '0,"' in said else size
        text = re.sub(r"#,##0,?", f"{scaled:,.0f}", said).replace('"', "")
    return f"-{text}" if signed and re.search(r"[1-9]", text) else text


def test_large_begins_where_the_format_of_cells_begins() -> None:
    assert f"{LARGE - 0.5}" in number_format("", "USD", "USD")
