"""A YAML file as plain data, with the place of every key and value, so that a mistake can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from breakeven.files import text_of
from breakeven.problems import Place, Problem, Problems
from breakeven.texts import cleaned
from breakeven.written import has_half_letter

Keys = tuple[str | int, ...]
"""The way to a value: ("workloads", 0, "batch_share")."""
Mark = tuple[int, int]
MERGE = "tag:yaml.org,2002:merge"
DEEPEST, MOST_VALUES = 20, 20_000
LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
IN_OUR_WORDS = (
    ("found character '\\t'", "a tab stands where spaces must be", "Indent with spaces."),
    (
        "mapping values are not allowed",
        "a colon stands where none can be",
        'Quote a text with a colon: "a: b".',
    ),
    (
        "but found another document",
        "a second document begins here",
        "Keep one case a file: remove the line ---.",
    ),
    ("found undefined alias", "an alias (*name) has no anchor (&name) before it", ""),
    ("found unexpected end of stream", "a quote is opened here and never closed", ""),
    ("expected <block end>", "the indentation does not fit the lines above", ""),
    ("but found '<stream end>'", "a bracket is opened and never closed", ""),
    ("but got '<stream end>'", "a bracket is opened and never closed", ""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Plain data and where each part of it stands. A key without a value counts as not written.

    A document made from Python data has no lines; its places name the whole. `found`: what the person did not write
    and was looked for.
    """

    file: str
    data: Any
    lines: tuple[str, ...] = ()
    keys: dict[Keys, Mark] = field(default_factory=dict)
    values: dict[Keys, Mark] = field(default_factory=dict)
    found: frozenset[Keys] = frozenset()

    def key(self, *keys: str | int) -> Place:
        """Where a key or list item begins, or that of the nearest parent which is there."""
        while keys and keys not in self.keys:
            keys = keys[:-1]
        return place(self.file, self.lines, self.keys.get(keys))

    def value(self, *keys: str | int) -> Place:
        """Where a value stands, or the key of the nearest parent which is there."""
        if keys in self.values:
            return place(self.file, self.lines, self.values[keys])
        return self.key(*keys)


def place(file: str, lines: tuple[str, ...], mark: Mark | None) -> Place:
    """The place of a mark; the whole file when there is none."""
    if mark is None:
        return Place(file=file)
    line, column = mark
    text = lines[line].replace("\t", " ") if line < len(lines) else ""
    return Place(file=file, line=line + 1, column=column + 1, source_line=text)


def read_document(path: Path) -> Document:
    """The YAML file at `path`. Every repeated key and unreadable value is told at once."""
    fix = "`breakeven new` writes a draft case."
    if path.is_dir():
        fix = f"Name the case in it: {path / 'case.yaml'}."
    return parse_document(text_of(path, fix=fix), file=str(path))


def parse_document(text: str, *, file: str) -> Document:
    """YAML text as a document; `file` is its name in messages."""
    lines = tuple(LINE_END.split(text))
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        raise _broken(error, file, lines) from None
    except YAMLError as error:
        raise Problem(f"this is not YAML: {_first_line(error)}", where=file) from None
    except RecursionError:
        raise Problem("this is nested too deeply", where=file) from None
    reading = _Reading(file=file, lines=lines, constructor=yaml.constructor)
    data = None if node is None else reading.data(node, ())
    if reading.found:
        raise Problems(reading.found)
    return Document(file=file, data=data, lines=lines, keys=reading.keys, values=reading.values)


def _broken(error: MarkedYAMLError, file: str, lines: tuple[str, ...]) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = place(file, lines, (mark.line, mark.column) if mark else None)
    said = str(error.problem or error.context)
    for sign, what, fix in IN_OUR_WORDS:
        if sign in said:
            return Problem(f"this is not YAML: {what}", where=where, fix=fix)
    return Problem(f"this is not YAML: {said}", where=where)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "it cannot be read")


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One walk over the nodes of a file; it gathers marks and mistakes on its way."""

    file: str
    lines: tuple[str, ...]
    constructor: Any
    keys: dict[Keys, Mark] = field(default_factory=dict)
    values: dict[Keys, Mark] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)
    count: int = 0

    def data(self, node: Node, keys: Keys) -> Any:
        """The plain data of a node."""
        self.count += 1
        if len(keys) > DEEPEST or self.count > MOST_VALUES:
            where = self._place(node)
            raise Problem("this is nested too deeply, or an anchor repeats itself too often", where=where)
        if isinstance(node, MappingNode):
            return self._mapping(node, keys)
        if isinstance(node, SequenceNode):
            return [self._item(item, (*keys, i)) for i, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: MappingNode, keys: Keys) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for _, value in (pair for pair in node.value if pair[0].tag == MERGE):
            for merged_node in _merged_nodes(value):
                merged = self.data(merged_node, keys) | merged
        own: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in (pair for pair in node.value if pair[0].tag != MERGE):
            if self._key_is_right(key, lines):
                lines[key.value] = key.start_mark.line
                own[cleaned(key.value)] = self._valued(key, value, (*keys, key.value))
        return {name: value for name, value in (merged | own).items() if value is not None}

    def _key_is_right(self, key: Node, lines: dict[str, int]) -> bool:
        if not isinstance(key, ScalarNode):
            self.found.append(Problem("a key must be plain text", where=self._place(key)))
            return False
        if has_half_letter(key.value):
            what = "this key holds half a letter (a lone surrogate)"
            self.found.append(Problem(what, where=self._place(key), fix="Write it anew."))
            return False
        if key.value in lines:
            what = f'the key "{key.value}" is written twice; it is already in line {lines[key.value] + 1}'
            self.found.append(Problem(what, where=self._place(key), fix="Keep one of the two."))
            return False
        return True

    def _valued(self, key: Node, value: Node, keys: Keys) -> Any:
        self.keys[keys] = _mark(key)
        below = value.start_mark.line != key.start_mark.line or _is_nothing(value)
        self.values[keys] = _mark(key if below else value)
        return self.data(value, keys)

    def _item(self, node: Node, keys: Keys) -> Any:
        self.keys[keys] = self.values[keys] = _mark(node)
        return self.data(node, keys)

    def _scalar(self, node: Node) -> Any:
        try:
            return cleaned(self.constructor.construct_object(node, deep=True))
        except (YAMLError, ValueError, OverflowError):
            self.found.append(_unreadable(node, self._place(node)))
            return None

    def _place(self, node: Node) -> Place:
        return place(self.file, self.lines, _mark(node))


def _unreadable(node: Node, where: Place) -> Problem:
    """A value that looks like a date and is none, or that carries a tag (!name) nobody knows."""
    kind = str(node.tag).rsplit(":", maxsplit=1)[-1]
    if kind == "timestamp":
        return Problem(f'"{node.value}" is not a date', where=where, fix="Write it as 2026-11-21.")
    what = f'"{node.value}" cannot be read as {kind}'
    return Problem(what, where=where, fix="Write it plainly, or in quotes when it is text.")


def _merged_nodes(value: Node) -> Iterator[MappingNode]:
    candidates = value.value if isinstance(value, SequenceNode) else [value]
    return (each for each in candidates if isinstance(each, MappingNode))


def _mark(node: Node) -> Mark:
    return node.start_mark.line, node.start_mark.column


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.value
