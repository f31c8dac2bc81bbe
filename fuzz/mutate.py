"""One file in, the same file out with a few things wrong: in its bytes, its lines, its cells, or its tree."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

SECRET = "sk-" + "FuzzedSecret0123456789abcdef"  # stands in the input and may stand in no output

NUMBERS = ["0", "-1", "1e308", "-1e308", "1e-308", "nan", "inf", "-inf", "0x10", "1_000", "1.234,56", "1,234.56", "٣"]
NUMBERS.append("9" * 40)
TEXTS = ["", " ", "null", "true", "~", "[]", "{}", "'", '"', "=1+1", "a" * 5000, "\ufeff", "..", SECRET]
TEXTS += ["\x1b[31mred\x1b[0m", "\u202egnirts"]
TIMES = ["2026-13-01", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-00-00", "2026-03-29T02:30:00"]
TIMES += ["31/12/2026", "12/31/2026", "1e12", "-5"]
VALUES: list[Any] = [None, True, False, 0, -1, 1, 2**63, -(2**63), 1e308, 5e-324, float("nan"), float("inf")]
VALUES += [[], {}, [[]], [None], {"": None}]
BYTES = [b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\x1b]0;x\x07", b"!!python/object:os.system"]
BYTES += [b"\r", b"\n\n", b"\t", b'"', b"'", b"\\", b",", b";", b"{", b"}", b"[", b"]", b":", b"- ", b"#", b"&a *a"]

Mutation = Callable[[bytes, Random], bytes]


def mutated(content: bytes, chance: Random, most: int = 3) -> bytes:
    """The content after one to `most` mutations that suit it; the same `chance` gives the same bytes."""
    for _ in range(chance.randint(1, most)):
        content = chance.choice(MUTATIONS)(content, chance)
    return content[:1_000_000]


def _spot(content: bytes, chance: Random) -> int:
    return chance.randint(0, len(content))


def _inserted(content: bytes, chance: Random) -> bytes:
    at = _spot(content, chance)
    return content[:at] + chance.choice(BYTES) * chance.choice([1, 1, 1, 50]) + content[at:]


def _cut(content: bytes, chance: Random) -> bytes:
    at = _spot(content, chance)
    return content[:at] + content[at + chance.choice([1, 2, 10, 100, 10_000]) :]


def _flipped(content: bytes, chance: Random) -> bytes:
    if not content:
        return content
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]


def _lines(content: bytes, chance: Random) -> bytes:
    """A line left out, doubled, moved, or many times there."""
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    at, line = chance.randrange(len(lines)), chance.choice(lines)
    match chance.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, line)
        case 2:
            lines[at : at + 1] = [line] * 40
        case _:
            chance.shuffle(lines)
    return b"".join(lines)


def _cell(content: bytes, chance: Random) -> bytes:
    """One field of one line of a table is something else."""
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    sign = next((sign for sign in (b",", b";", b"\t", b"|") if sign in lines[at]), None)
    if sign is None:
        return content
    cells = lines[at].split(sign)
    cells[chance.randrange(len(cells))] = _word(chance).encode("utf-8", "replace")
    lines[at] = sign.join(cells)
    return b"\n".join(lines)


def _word(chance: Random) -> str:
    return chance.choice(chance.choice([NUMBERS, TEXTS, TIMES]))


def _tree(content: bytes, chance: Random) -> bytes:
    """One place of a JSON or YAML document, or of one line of JSON lines, holds something else."""
    head, sep, tail = content.partition(b"\n")
    for whole, rest in ((content, b""), (head, sep + tail)):
        try:
            return json.dumps(_changed(json.loads(whole), chance)).encode("utf-8", "surrogatepass") + rest
        except (ValueError, RecursionError):
            continue
    try:
        document = YAML(typ="safe").load(content)
    except (YAMLError, ValueError, RecursionError, AttributeError, TypeError, KeyError):
        return _inserted(content, chance)
    if not isinstance(document, dict | list):
        return _inserted(content, chance)
    written = io.StringIO()
    YAML(typ="safe").dump(_changed(document, chance), written)
    return written.getvalue().encode("utf-8", "surrogatepass")


def _changed(document: Any, chance: Random) -> Any:
    whole = copy.deepcopy(document)
    ways = [*_ways(whole)]
    if not ways:
        return whole
    way = chance.choice(ways)
    node = whole
    for key in way[:-1]:
        node = node[key]
    _put(node, way[-1], chance)
    return whole


def _put(node: Any, key: Any, chance: Random) -> None:
    match chance.randrange(5):
        case 0:
            del node[key]
        case 1:
            node[key] = copy.deepcopy(chance.choice(VALUES))
        case 2:
            node[key] = _word(chance)
        case 3 if isinstance(node, dict):
            node[_word(chance)] = node.pop(key)
        case 3:
            node.append(copy.deepcopy(node[key]))
        case _:
            deep: Any = node[key]
            for _ in range(chance.choice([1, 2, 60])):
                deep = [deep] if chance.random() < 0.5 else {"a": deep}
            node[key] = deep


def _ways(node: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*way, key)
        yield from _ways(value, (*way, key))


MUTATIONS: list[Mutation] = [_inserted, _cut, _flipped, _lines, _cell, _cell, _tree, _tree, _tree]
