"""The pages that are served as they are: the method, the skill. In a checkout and in an installed package."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]


def pages(folder: str) -> Iterator[tuple[str, Path]]:
    """Every text of docs/method or skills/…, by its path in there; nothing where they were not shipped."""
    shipped = Path(str(files("breakeven"))) / folder
    root = shipped if shipped.is_dir() else CHECKOUT / folder
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix in (".md", ".py", ".json", ".yaml", ".sh"):
            yield path.relative_to(root).as_posix(), path
