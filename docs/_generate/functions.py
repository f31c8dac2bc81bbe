"""Named methods as text: what a documented function computes, from its own source."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable
from importlib import import_module


def block(names: Iterable[str]) -> str:
    """Some functions as a code block: what each is, then its statements without the docstring."""
    return "```python\n" + "\n\n\n".join(told(name) for name in names) + "\n```"


def told(name: str) -> str:
    """One function by its dotted name."""
    module, _, function = name.rpartition(".")
    found = getattr(import_module(f"breakeven.{module}"), function)
    about = (inspect.getdoc(found) or "").partition("\n")[0]
    source = textwrap.dedent(inspect.getsource(found))
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    arguments = ", ".join(each.arg for each in (*tree.args.args, *tree.args.kwonlyargs))
    first = next(each for each in tree.body if not isinstance(each, ast.Expr))
    return f"# {about}\ndef {function}({arguments}):\n" + "\n".join(source.splitlines()[first.lineno - 1 :])
