"""The files that ship beside the code: tables, wordings, formats. Named by their path under src/breakeven."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

PYTHON = ".py"


class Compiled(SourceFileLoader):
    """A YAML file of ours as a module that holds its content: Python keeps its bytecode as that of any module.

    It goes by its name with ".py" after it, so that its bytecode is not that of a module that is called the same.
    """

    def path_stats(self, path: Any) -> Mapping[str, Any]:
        """Time and size of the YAML file, by which bytecode is known to be out of date."""
        return super().path_stats(path.removesuffix(PYTHON))

    def get_data(self, path: Any) -> bytes:
        """The text of the YAML file, or bytecode that was kept."""
        return super().get_data(path.removesuffix(PYTHON))

    @staticmethod
    def source_to_code(data: Any, path: Any = "<string>", *, _optimize: int = -1) -> CodeType:
        """The code that makes the content; asked for only where no bytecode of this very file is there."""
        yaml = import_module("ruamel.yaml").YAML(typ="safe", pure=True)
        made = f"import datetime\nfrom math import inf, nan\ncontent = {yaml.load(data)!r}"
        code: CodeType = compile(made, path, "exec")
        return code


@cache
def shipped(path: str) -> Any:
    """The content of one of our own YAML files, such as "study/inputs.yaml"; read once, so nobody may change it."""
    return content_of(files("breakeven").joinpath(path))


def content_of(file: Traversable) -> Any:
    """The content of a YAML file that is trusted as code is."""
    module = ModuleType(file.name)
    Compiled(file.name, f"{file}{PYTHON}").exec_module(module)
    return module.content


def shipped_text(path: str) -> str:
    """The text of one of our own files."""
    return files("breakeven").joinpath(path).read_text(encoding="utf-8")


@cache
def shipped_names(folder: str) -> tuple[str, ...]:
    """The names of the YAML files in one of our own folders, in order, without their ending."""
    names = (each.name for each in files("breakeven").joinpath(folder).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def keep_bytecode() -> None:
    """Make the bytecode of every YAML file, as an installation makes that of every module."""
    for each in Path(str(files("breakeven"))).rglob("*.yaml"):
        content_of(each)


if __name__ == "__main__":
    keep_bytecode()
