"""The skill: a frame that assistants can read, commands that exist, answers whose numbers were printed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from breakeven.cli.commands import app
from breakeven.lesson.lesson import PARTS
from parts import ROOT

SKILL = ROOT / "skills" / "self-hosting-economics"
EVALS = json.loads((SKILL / "evals/evals.json").read_text(encoding="utf-8"))["evals"]
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
TEXTS = [*SKILL.rglob("*.md")]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """What a command of the skill prints, with `breakeven` being this checkout's."""
    place = tmp_path_factory.mktemp("bin")
    program = place / "breakeven"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from breakeven.cli.app import main; main()" "$@"\n')
    program.chmod(0o755)
    known: dict[str, str] = {}
    around = {**os.environ, "PATH": f"{place}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100"}

    def run(command: str) -> str:
        if command not in known:
            done = subprocess.run(
                shlex.split(command), cwd=SKILL, env=around, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            known[command] = done.stdout
        return known[command]

    return run


def numbers(text: str) -> set[float]:
    return {float(each.replace(",", "").rstrip(".")) for each in NUMBER.findall(text)}


def test_its_frame_is_that_of_a_skill() -> None:
    _, head, body = (SKILL / "SKILL.md").read_text(encoding="utf-8").split("---\n", 2)
    found = YAML(typ="safe").load(head)
    assert found["name"] == SKILL.name
    assert 50 < len(found["description"]) <= 1024
    assert len(found.get("compatibility", "")) <= 500
    assert len(body.splitlines()) < 500


@pytest.mark.parametrize("page", TEXTS, ids=lambda each: each.relative_to(SKILL).as_posix())
def test_its_links_lead_somewhere_and_its_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("#") or (page.parent / target).exists(), target
    for script in re.findall(r"scripts/[\w.]+", text):
        assert (SKILL / script).is_file(), script
    commands = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    for command in re.findall(r"`breakeven ([a-z-]+)", text):
        assert command in commands, command


@pytest.mark.parametrize("page", TEXTS, ids=lambda each: each.relative_to(SKILL).as_posix())
def test_it_states_no_money_of_its_own(page: Path) -> None:
    assert not re.search(r"[$€£]\s?\d|\d\s?(USD|%|dollars)", page.read_text(encoding="utf-8"))


def test_it_names_every_part_of_the_lesson() -> None:
    said = "".join(each.read_text(encoding="utf-8") for each in TEXTS)
    assert all(f"`{part}`" in said for part in PARTS)


def reference(case: dict[str, Any], said: str) -> str:
    """The reference answer with its values, each found in what the commands print."""
    flat = " ".join(said.split())
    found = {}
    for name, pattern in case.get("values", {}).items():
        match = re.search(pattern, said) or re.search(pattern, flat)
        assert match, f"{case['name']}: nothing printed is {name}"
        found[name] = match[1]
    answer: str = case["expected_output"].format_map(found)
    return answer


@pytest.mark.parametrize("case", EVALS, ids=lambda each: each["name"])
def test_every_number_of_a_reference_answer_is_printed(case: dict[str, Any], printed: Callable[[str], str]) -> None:
    """Or stated by the person. What the model may move is found in what is printed."""
    said = "\n".join(printed(each) for each in case["commands"])
    known = numbers(case["prompt"]) | numbers(said)
    known |= {float(round(each)) for each in known}
    unknown = numbers(re.sub(r"llama-[\w.-]+", "", reference(case, said))) - known
    assert unknown == set()
    assert case["expectations"]


def test_the_test_would_notice_a_number_that_nobody_printed(printed: Callable[[str], str]) -> None:
    case = next(each for each in EVALS if each["name"] == "five-numbers")
    made_up = {**case, "expected_output": f"{case['expected_output']} And $1,234.56 more."}
    with pytest.raises(AssertionError):
        test_every_number_of_a_reference_answer_is_printed(made_up, printed)


def test_who_gives_no_numbers_gets_none() -> None:
    case = next(each for each in EVALS if not each["commands"])
    assert numbers(case["expected_output"]) == set()


@pytest.mark.parametrize("part", PARTS)
def test_its_scripts_teach_and_quiz_every_part(part: str, printed: Callable[[str], str]) -> None:
    asked = json.loads(printed(f"scripts/quiz.sh ask {part} 11"))
    assert asked["text"]
    assert json.loads(printed(f"scripts/quiz.sh check {part} 11 -1"))["right"] is False
