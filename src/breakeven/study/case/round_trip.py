"""A case file edited as a person would: comments, order and everything else in it stay as they are."""

from __future__ import annotations

import io
from collections.abc import Callable

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.util import load_yaml_guess_indent

from breakeven.problems import Problem

WIDE = 4096  # no line is broken


def edited(text: str, edit: Callable[[CommentedMap], None]) -> str:
    """The text of a case after an edit of its data. Raises `Problem`, or what YAML raises."""
    _, indent, offset = load_yaml_guess_indent(text)
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = WIDE
    yaml.indent(mapping=2, sequence=indent or 4, offset=offset if offset is not None else 2)
    data = yaml.load(text)
    if not isinstance(data, CommentedMap):
        raise Problem("the case has no keys to add to", fix="`breakeven new` writes a draft case.")
    edit(data)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def section(data: CommentedMap, *keys: str) -> CommentedMap:
    """The mapping at these keys, made where there is none."""
    for key in keys:
        if not isinstance(data.get(key), CommentedMap):
            data[key] = CommentedMap()
        data = data[key]
    return data
