"""The one folder that an assistant may read and write: no link, no way up, nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from glob import has_magic
from pathlib import Path
from typing import Any

from breakeven.problems import Problem

NAMES_FILES = ("log", "path", "measured", "model_config", "delivery", "results", "today")  # keys of a case
FIX = "Name something inside the folder of `breakeven mcp --folder`, by its real path, without .. and without links."


class Folder:
    """A folder and what lies in it. What a person names is checked part by part, before anything is opened."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def inside(self, named: str, start: Path | None = None) -> Path:
        """The path of a file or folder, relative to `start` (the folder itself). Raises `Problem` for all else."""
        path = Path(named)
        if "\0" in named or ".." in path.parts:
            raise Problem("a path may not lead upwards", where=named, fix=FIX)
        full = (start or self.root) / path
        if not full.is_relative_to(self.root):
            raise Problem("this lies outside the folder that may be read", where=named, fix=FIX)
        step = self.root
        for part in full.relative_to(self.root).parts:
            step /= part
            if step.is_symlink():
                raise Problem("this is a link, and links are not followed", where=named, fix=FIX)
        return full

    def log(self, named: str, start: Path | None = None) -> Path:
        """A log: a file, a folder or a pattern; each file that it stands for is checked too."""
        path = self.inside(named, start)
        for each in _stands_for(path):
            self.inside(str(each))
        return path

    def case(self, data: Any, start: Path | None = None) -> None:
        """Raise `Problem` where a case names a file that may not be read; its paths are relative to `start`.

        Under keys that name files each text is checked. Any other text is too where there is something of that name:
        so a key that names a file, and is not known here, leads out of the folder no more than the others.
        """
        for key, text in _texts(data):
            if key in NAMES_FILES:
                self.log(text, start)
            elif _is_there((start or self.root), text):
                self.inside(text, start)


def _is_there(start: Path, text: str) -> bool:
    """Whether the text is the name of something, a link that leads nowhere included."""
    try:
        path = start / text
        return bool(text.strip()) and (path.exists() or path.is_symlink())
    except (OSError, ValueError):  # what no file system can name
        return False


def _stands_for(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from path.iterdir()
    elif has_magic(str(path)):
        fixed = next((i for i, part in enumerate(path.parts) if has_magic(part)), len(path.parts))
        yield from Path(*path.parts[:fixed]).glob(str(Path(*path.parts[fixed:])))


def _texts(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a case, with the key that it stands under."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _texts(value, str(name))
    elif isinstance(data, list | tuple):
        for each in data:
            yield from _texts(each, key)
    elif isinstance(data, str):
        yield key, data
