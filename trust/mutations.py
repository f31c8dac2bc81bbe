"""One small fault at a time in the source of a module: what a test that checks something must notice.

cosmic-ray and mutmut were looked at: the first starts a process for each mutant (seconds each) and brings twenty
packages; the second puts functions behind trampolines, and the lines of the cost model are read from their own source.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
LEFT_ALONE = (ast.JoinedStr, ast.Raise, ast.Assert, ast.Import, ast.ImportFrom)
OTHER_NAMES = {
    "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A module with one fault in it. `key` names the fault whatever stands around it: the same for the same code."""

    module: str
    path: Path
    number: int
    place: str
    line: int
    change: str

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.module} {self.place} {self.change}".encode()).hexdigest()[:12]

    @property
    def source(self) -> str:
        """The text of the module with the fault."""
        tree = ast.parse(self.path.read_text("utf-8"))
        _make(tree, [*_nodes(tree, "")][self.number][1])
        return ast.unparse(ast.fix_missing_locations(tree))

    def __str__(self) -> str:
        return f"{self.key} {self.module}:{self.line} {self.place}: {self.change}"


def mutants(module: str, path: Path) -> Iterator[Mutant]:
    """Every fault that is made in a module, in the order of its source."""
    seen = Counter[str]()
    for number, (place, node) in enumerate(_nodes(ast.parse(path.read_text("utf-8")), "")):
        if (told := _change(node)) is None:
            continue
        seen[place + told] += 1
        again = f" ({seen[place + told]})" if seen[place + told] > 1 else ""
        line = getattr(node, "lineno", 0)
        yield Mutant(module=module, path=path, number=number, place=place, line=line, change=told + again)


def _nodes(node: ast.AST, place: str) -> Iterator[tuple[str, ast.AST]]:
    """What computes or decides, with the function that it is in. No annotations, decorators, texts or docstrings."""
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "bases", "type_params"}:
            continue
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, ast.AST) or isinstance(each, LEFT_ALONE):
                continue
            if isinstance(each, ast.keyword) and each.arg == "strict":  # of zip: it says what holds anyway
                continue
            named = isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            inside = f"{place}.{each.name}".lstrip(".") if named else place  # type: ignore[attr-defined]
            if inside:
                yield inside, each
            yield from _nodes(each, inside)


def _change(node: ast.AST) -> str | None:
    """In words, how a node is made wrong; None where it is left as it is."""
    text = ast.unparse(node).splitlines()[0][:120] if isinstance(node, ast.expr | ast.stmt) else ""
    match node:
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in SWAPPED:
            return f"{text}: {type(op).__name__} is {SWAPPED[type(op)].__name__}"
        case ast.Compare(ops=[op, *_]) if type(op) in SWAPPED:
            return f"{text}: {type(op).__name__} is {SWAPPED[type(op)].__name__}"
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            return f"{text}: without its sign"
        case ast.Constant(value=bool() as value):
            return f"{value} is {not value}"
        case ast.Constant(value=int() | float() as value):
            return f"{value} is {value + 1}"
        case ast.IfExp() | ast.If():
            return f"{text}: the other way round"
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in OTHER_NAMES:
            return f"{text}: {name} is {OTHER_NAMES[name]}"
        case ast.AugAssign() | ast.Expr(value=ast.Call()):
            return f"{text}: left out"
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            return f"{text}: None"
    return None


def _make(tree: ast.Module, node: ast.AST) -> None:
    """Put the fault into the tree."""
    match node:
        case ast.BinOp(op=op) | ast.BoolOp(op=op):
            node.op = SWAPPED[type(op)]()  # type: ignore[assignment]
        case ast.Compare():
            node.ops[0] = SWAPPED[type(node.ops[0])]()  # type: ignore[assignment]
        case ast.Constant(value=bool() as value):
            node.value = not value
        case ast.Constant(value=int() | float() as value):
            node.value = value + 1
        case ast.If(test=test) | ast.IfExp(test=test):
            node.test = ast.UnaryOp(op=ast.Not(), operand=test)
        case ast.Call(func=ast.Name() as func):
            func.id = OTHER_NAMES[func.id]
        case ast.Call(func=ast.Attribute() as func):
            func.attr = OTHER_NAMES[func.attr]
        case ast.Return():
            node.value = ast.Constant(value=None)
        case ast.UnaryOp():
            _put(tree, node, node.operand)
        case _:
            _put(tree, node, ast.Pass())


def _put(tree: ast.Module, old: ast.AST, new: ast.AST) -> None:
    """Another node in the place of one."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list):
                setattr(parent, field, [new if each is old else each for each in value])
