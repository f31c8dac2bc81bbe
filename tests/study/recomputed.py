"""Shipped cases prepared to be asked again, and changes to ask them."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from breakeven.study.recomputing.prepared import Prepared, prepare
from parts import ROOT

SHIPPED = ("support-chat", "insurer")


@cache
def ready(name: str) -> Prepared:
    """A shipped case, prepared once."""
    return prepare(ROOT / "examples" / name / "case.yaml")


@st.composite
def changes(draw: st.DrawFn, of: Prepared) -> dict[str, float]:
    """Up to three inputs of a case, each between nothing and three times what it is, within its bounds."""
    names = draw(st.lists(st.sampled_from(sorted(of.changeable)), min_size=1, max_size=3, unique=True))
    found = {}
    for name in names:
        its = of.changeable[name]
        low, high = max(its.bounds.least, min(its.stands, 0.0) - 0.05), min(its.bounds.greatest, 3 * its.stands + 0.05)
        found[name] = draw(st.floats(low, high, exclude_min=its.bounds.open_below, allow_subnormal=False))
    return found
