"""What the registry is told is what the program is."""

from __future__ import annotations

import inspect
import json
import tomllib

from breakeven.cli.mcp import mcp
from parts import ROOT

TOLD = json.loads((ROOT / "server.json").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
(PACKAGE,) = TOLD["packages"]


def test_it_names_this_package_in_this_version_with_its_extra() -> None:
    assert PACKAGE["identifier"] == PROJECT["name"]
    assert TOLD["version"] == PACKAGE["version"] == PROJECT["version"]
    extra = PACKAGE["runtimeArguments"][0]["value"].removeprefix(f"{PROJECT['name']}[").rstrip("]")
    assert extra in PROJECT["optional-dependencies"]


def test_its_arguments_are_those_of_the_command() -> None:
    command, folder = PACKAGE["packageArguments"]
    assert command["value"] == mcp.__name__
    assert folder["name"].removeprefix("--") in inspect.signature(mcp).parameters
    assert len(TOLD["description"]) <= 100
