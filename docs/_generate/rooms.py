"""The rooms of the code: each folder under the package, with the sentence that it says of itself and its files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path("src/breakeven")
ORDER = (
    "cli",
    "web",
    "mcp",
    "lesson",
    "notebook",
    "report",
    "study",
    "quick",
    "verify",
    "proof",
    "plan",
    "decision",
    "costs",
    "capacity",
    "demand",
    "facts",
    "numbers",
)


def listed() -> str:
    """A heading a stage, a line a room."""
    stages = [each.name for each in PACKAGE.iterdir() if (each / "__init__.py").is_file()]
    if unplaced := sorted({*stages} - {*ORDER}):
        raise SystemExit(f"docs/_generate/rooms.py: where does {', '.join(unplaced)} stand in the order?")
    return "\n\n".join("\n".join(_stage(PACKAGE / name)) for name in ORDER if name in stages)


def _stage(folder: Path) -> Iterator[str]:
    yield f"**{folder.name}/** {_sentence(folder)}"
    yield ""
    for room in sorted(each.parent for each in folder.rglob("__init__.py")):
        files = sorted(each.stem for each in room.glob("*.py") if each.stem != "__init__")
        if room == folder:
            if files:
                yield f"- `{room.name}/`: {', '.join(files)}"
        else:
            yield f"- `{room.relative_to(PACKAGE)}/` {_sentence(room)} *{', '.join(files)}*"


def _sentence(folder: Path) -> str:
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    return said.partition("\n")[0]
