"""`decide --plot`: in terminals that are known to show pictures, else in a file that is named."""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from assessed import case_file, study
from breakeven.cli.app import main
from breakeven.cli.plot import CHUNK, SHOWN, Protocol, plot, protocol, shown_as
from breakeven.report.charts.charts import charts
from breakeven.report.charts.parts import together
from breakeven.study.questions.pictures import pictures

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("environ", "how"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"KITTY_WINDOW_ID": "3", "TERM": "xterm-256color"}, "kitty"),
        ({"TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, "iterm"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm"),
        ({"LC_TERMINAL": "iTerm2"}, "iterm"),
        ({"TERM": "xterm-256color"}, None),
        ({"TERM_PROGRAM": "Apple_Terminal", "TERM": "xterm-256color"}, None),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-0/default,1,0"}, None),
        ({"TERM_PROGRAM": "iTerm.app", "STY": "12.pts"}, None),
        ({}, None),
    ],
)
def test_only_terminals_that_are_known_get_signs_of_a_picture(environ: dict[str, str], how: Protocol | None) -> None:
    assert protocol(environ, terminal=True) == how
    assert protocol(environ, terminal=False) is None


def test_sixel_needs_a_terminal_and_the_program_that_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breakeven.cli.plot.which", lambda name: f"/usr/bin/{name}")
    assert protocol({"TERM": "foot-extra"}, terminal=True) == "sixel"
    monkeypatch.setattr("breakeven.cli.plot.which", lambda name: None)
    assert protocol({"TERM": "foot-extra"}, terminal=True) is None


def test_kitty_gets_the_whole_picture_in_parts_of_its_size() -> None:
    parts = re.findall(rb"\x1b_G([^;]*);([^\x1b]*)\x1b\\", shown_as(PNG, "kitty", 80))
    assert b64decode(b"".join(part for _, part in parts)) == PNG
    assert all(len(part) <= CHUNK for _, part in parts)
    assert parts[0][0] == b"a=T,f=100,q=2,c=80,m=1"
    assert [control for control, _ in parts[1:]] == [b"m=1"] * (len(parts) - 2) + [b"m=0"]


def test_iterm_gets_it_in_one() -> None:
    head, _, code = shown_as(PNG, "iterm", 80).partition(b":")
    assert head == f"\x1b]1337;File=inline=1;size={len(PNG)};width=80;preserveAspectRatio=1".encode()
    assert b64decode(code.removesuffix(b"\x07\n")) == PNG


def test_elsewhere_a_file_is_named_and_holds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    plot(study("minimal"), None, inline=True)
    told = capsys.readouterr().out
    assert told.startswith("minimal-plots.png: At which volume it pays, ")
    assert (tmp_path / "minimal-plots.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_names_it_and_json_stays_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["breakeven", "decide", str(case_file("minimal")), "--json", "--plot", "-o",
                                      str(tmp_path)])  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert not ended.value.code
    assert out.startswith("{")
    assert out.rstrip().endswith("}")
    assert f"{tmp_path / 'plots.png'}: " in err


def test_the_pictures_are_those_of_the_board_pack() -> None:
    found = charts(study("minimal"), pictures(study("minimal")))
    shown = [each for each in found if each.key in SHOWN]
    assert {"break-even", "fan"} <= {each.key for each in shown}
    parts = together(shown).spec["vconcat"]
    assert [part["data"] for part in parts] == [each.spec["data"] for each in shown]


def test_every_place_where_the_answer_turns_is_marked_once_a_jump_as_a_jump() -> None:
    found = study("four_ways")
    (drawn,) = [each for each in charts(found, pictures(found)) if each.key == "break-even"]
    rows = drawn.spec["data"]["values"]
    for kind, name in (("crosses", "roots_mtok"), ("jumps", "jumps_mtok")):
        marked = sorted(row["volume"] for row in rows if row["kind"] == kind)
        told = sorted(1e6 * at for each in found.options for at in getattr(each.break_evens, name)
                      if at <= 20 * found.volume_mtok)  # fmt: skip
        assert marked == pytest.approx(told)
