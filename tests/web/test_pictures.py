"""Pictures place numbers: a jump is a jump, ticks are round, and every picture has its words."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from assessed import study
from breakeven.study.questions.pictures import pictures
from breakeven.web.faces import evidence
from breakeven.web.markup import el, join, said
from breakeven.web.pictures.break_even import stretches
from breakeven.web.pictures.frame import Frame, ticks


def test_a_line_ends_at_a_jump_and_begins_again_on_its_other_side() -> None:
    pieces = [*stretches([(0, -1.0), (1, -0.5), (2, 3.0), (3, 4.0)], [1.5])]
    assert pieces == [[(0, -1.0), (1, -0.5), (1.5, -0.5)], [(1.5, 3.0), (2, 3.0), (3, 4.0)]]


def test_without_a_jump_the_line_is_whole() -> None:
    points = [(0, 1.0), (1, 2.0)]
    assert [*stretches(points, [])] == [points]


def test_two_jumps_between_two_points_are_both_drawn() -> None:
    pieces = [*stretches([(0, 1.0), (3, -1.0)], [1, 2])]
    assert [piece[-1][0] for piece in pieces] == [1, 2, 3]


@pytest.mark.parametrize(("edges", "found"), [((0, 10), [0, 2, 4, 6, 8, 10]), ((-1, 1), [-1, -0.5, 0, 0.5, 1])])
def test_ticks_are_round(edges: tuple[float, float], found: list[float]) -> None:
    assert ticks(edges) == pytest.approx(found)


def test_more_stands_further_up_and_later_further_right() -> None:
    frame = Frame(x=(0, 10), y=(-5, 5))
    assert frame.across(0) == frame.left
    assert frame.across(10) == frame.width - frame.right
    assert frame.down(5) == frame.top
    assert frame.down(-5) == frame.height - frame.bottom


def test_what_others_wrote_cannot_break_a_page() -> None:
    nasty = "<script>\"&'"
    made = el("p", nasty, title=nasty)
    assert made == '<p title="&lt;script&gt;&quot;&amp;&#x27;">&lt;script&gt;&quot;&amp;&#x27;</p>'
    assert join([nasty, None, el("br")]) == "&lt;script&gt;&quot;&amp;&#x27;<br>"
    assert said("run `a <b>` now") == "run <code>a &lt;b&gt;</code> now"


class Parts(HTMLParser):
    """Every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("name", ["support-chat"])
def test_every_picture_can_be_read_aloud_and_brings_no_style_or_script(name: str) -> None:
    judged = study(name)
    numbers = pictures(judged)
    pieces = [
        evidence.where_it_pays(judged, numbers), evidence.over_months(judged, numbers), evidence.owned(judged, numbers),
        evidence.turning(judged), evidence.forgotten(judged), evidence.halves(judged), evidence.costs(judged),
    ]  # fmt: skip
    parts = Parts()
    parts.feed("".join(pieces))
    drawn = [attributes for tag, attributes in parts.found if tag == "svg" and "aria-hidden" not in attributes]
    assert len(drawn) >= 5
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in drawn)
    assert not [tag for tag, attributes in parts.found if tag in ("script", "style") or "style" in attributes]
