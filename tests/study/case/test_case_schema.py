"""The published JSON Schema: current, complete, and of one mind with the loader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from breakeven.cli.schema import schema
from breakeven.study.case.editor import case_schema, case_schema_text, homes, known_keys
from breakeven.study.case.sections import ASSUMPTIONS, _table, bounds, own_key, sections
from breakeven.study.register import register


def test_the_file_is_current(root: Path) -> None:
    text = (root / "docs" / "reference" / "case.schema.json").read_text(encoding="utf-8")
    assert text == case_schema_text(), "run: breakeven schema -o docs/reference/case.schema.json"


def test_the_command_prints_it(tmp_path: Path) -> None:
    app = Typer()
    app.command()(schema)
    assert json.loads(CliRunner().invoke(app).stdout) == json.loads(case_schema_text())
    assert CliRunner().invoke(app, ["-o", str(tmp_path / "case.schema.json")]).stdout == ""
    assert (tmp_path / "case.schema.json").read_text(encoding="utf-8") == case_schema_text()


def test_every_key_says_what_it_means() -> None:
    parts: dict[str, Any] = {"case": case_schema(), **case_schema()["$defs"]}
    silent = [
        f"{part}.{key}"
        for part, node in parts.items()
        for key, value in node["properties"].items()
        if not value.get("description") and "$ref" not in value
    ]
    assert silent == []


def test_sections_list_their_inputs() -> None:
    assert "run_fte" in known_keys(("people",))
    assert set(known_keys(("people",))) < set(known_keys((ASSUMPTIONS,)))
    assert homes("pue") == ("platform", ASSUMPTIONS)
    run_fte = case_schema()["properties"]["people"]["properties"]["run_fte"]
    assert run_fte["description"].startswith("engineers who run it")
    assert "[FTE]. Default 1, assumed" in run_fte["description"]


def test_known_keys_follow_the_case() -> None:
    assert "mode" in known_keys(("self_hosting", "purchase", 3))
    assert "price_per_gpu_hour" in known_keys(("gpu_offer",))
    assert "likely" in known_keys(("people", "run_fte"))
    assert known_keys(("readiness",)) == ("people", "delivery", "answers")
    assert "fallback_drill" in known_keys(("readiness", "answers"))


def test_the_table_of_sections_names_inputs_of_the_register() -> None:
    named = {name for names in sections().values() for name in names}
    named |= set(_table()["structural"]) | set(_table()["own_keys"])
    named |= {name for row in _table()["bounds"] for name in row["names"]}
    assert named <= set(register())


def test_an_input_has_one_section() -> None:
    names = [name for section, each in sections().items() if section != ASSUMPTIONS for name in each]
    assert len(names) == len(set(names))


def test_every_input_is_given_by_name_or_by_structure_or_fixed() -> None:
    by_name = set(sections()[ASSUMPTIONS])
    fixed = {name for name, each in register().items() if each.kind == "constant"}
    assert by_name | fixed | set(_table()["structural"]) == set(register())
    assert not by_name & fixed


@pytest.mark.parametrize("name", sections()[ASSUMPTIONS])
def test_defaults_lie_within_the_bounds(name: str) -> None:
    default = register()[name]
    given = [value for value in (default.low, default.likely, default.high) if isinstance(value, int | float)]
    assert [bounds(name).broken_by(value) for value in given] == [""] * len(given)


def test_own_keys_are_keys_of_the_case() -> None:
    for name in _table()["own_keys"]:
        *parents, key = own_key(name)
        assert key in known_keys(tuple(parents))
