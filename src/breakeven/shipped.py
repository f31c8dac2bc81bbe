"""The files that ship beside the code: tables, wordings, formats. Named by their path under src/breakeven."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any
from zlib import crc32

PYTHON = ".py"
MADE = 1  # how bytecode is made here: another number makes all anew


class Compiled(SourceFileLoader):
    """A YAML file of ours as a module that holds its content: Python keeps its bytecode as that of any module.

    It goes by its name with ".py" after it, so that its bytecode is not that of a module that is called the same.
    """

    def path_stats(self, path: Any) -> Mapping[str, Any]:
        """By what bytecode is known to be out of date: the text itself, in the place where Python looks for a time. Two
        texts of one size may be written within one tick of a clock.
        """
        text = self.get_data(path)
        return {"mtime": crc32(text, MADE), "size": len(text)}

    def get_data(self, path: Any) -> bytes:
        """The text of the YAML file, or bytecode that was kept."""
        return super().get_data(path.removesuffix(PYTHON))

    @staticmethod
    def source_to_code(data: Any, path: Any = "<string>", *, _optimize: int = -1) -> CodeType:
        """The code that makes the content; asked for only where no bytecode of this very file is there."""
        made = f"import datetime\nfrom math import inf, nan\ncontent = {parsed(data)!r}"
        code: CodeType = compile(made, path, "exec")
        return code


def parsed(text: Any) -> Any:
    """The content of the text of a YAML file."""
    return import_module("ruamel.yaml").YAML(typ="safe", pure=True).load(text)


@cache
def shipped(path: str) -> Any:
    """The content of one of our own YAML files, such as "study/inputs.yaml"; read once, so nobody may change it."""
    return content_of(files("breakeven").joinpath(path))


def content_of(file: Traversable) -> Any:
    """The content of a YAML file that is trusted as code is. What lies in an archive has no bytecode beside it."""
    if not isinstance(file, Path):
        return parsed(file.read_bytes())
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
    """Make the bytecode of every YAML file, as an installation makes that of every module, whatever the environment
    says of bytecode: without it each command would read all of them anew, a second of work.
    """
    sys.dont_write_bytecode = False
    for each in Path(str(files("breakeven"))).rglob("*.yaml"):
        content_of(each)


if __name__ == "__main__":
    keep_bytecode()
