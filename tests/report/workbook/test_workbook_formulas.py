"""Expressions as formulas of cells, one operation at a time."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest

from breakeven.numbers.operations import MONTH, STEP, WORKLOAD
from breakeven.problems import Problem
from breakeven.report.workbook.formulas import Spot, formula

AXES = {"a": (), "b": (), "w": (WORKLOAD,), "v": (WORKLOAD,), "s": (STEP,), "m": (MONTH,), "ws": (WORKLOAD, STEP)}


@dataclass(frozen=True)
class Named:
    """Cells that are called by their names: m3 is the fourth month of m, @m all of them."""

    def axes(self, name: str) -> frozenset[int]:
        return frozenset(AXES[name])

    def cell(self, name: str, spot: Spot) -> str:
        month = str(spot.month) if MONTH in AXES[name] else ""
        return f"{name}{month}" + (f"_{spot.option}" if name == "b" else "")

    def span(self, name: str, spot: Spot) -> str:
        return f"@{name}" + ("" if spot.until is None else str(spot.until))

    def options(self) -> tuple[int, ...]:
        return (0, 1, 2)


def said(text: str, **spot: int) -> str:
    return formula(ast.parse(text, mode="eval").body, Spot(option=1, **spot), Named())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + a * a", "=a+a*a"),
        ("(a + a) * a", "=(a+a)*a"),
        ("a - (a - a)", "=a-(a-a)"),
        ("a / (a * a)", "=a/(a*a)"),
        ("a ** -a", "=a^(-a)"),
        ("(1 + a) ** (1 / a) - 1", "=(1+a)^(1/a)-1"),
        ("-(a * a)", "=(-(a*a))"),
        ("maximum(a - a, 0)", "=MAX(a-a,0)"),
        ("where(a > 0, a, minimum(a, 1))", "=IF(a>0,a,MIN(a,1))"),
        ("where(a == 0, 1, a)", "=IF(a=0,1,a)"),
        ("whole_up(a / a) * a", "=-INT(-((a/a)-1E-09*ABS(a/a)))*a"),
        ("total(w * a, over=WORKLOAD) / a", "=SUMPRODUCT(@w*a)/a"),
        ("total(a * a, over=WORKLOAD)", "=a*a"),
        ("total(maximum(a - s, 0) * s, over=STEP)", "=SUMPRODUCT(((a-@s)*((a-@s)>=(0))+(0)*((a-@s)<(0)))*@s)"),
        ("total(where(a > 0, s, 1), over=STEP)", "=SUMPRODUCT((@s)*(a>0)+(1)*(1-(a>0)))"),
        ("total(maximum(a, a) * s, over=STEP)", "=SUMPRODUCT(MAX(a,a)*@s)"),
        ("total(w * total(s * a, over=STEP), over=WORKLOAD)", "=SUMPRODUCT(@w*SUMPRODUCT(@s*a))"),
        ("total(b * a, over=OPTION)", "=b_0*a+b_1*a+b_2*a"),
        ("total(m * a, over=MONTH)", "=SUMPRODUCT(@m*a)"),
    ],
)
def test_one_operation(text: str, expected: str) -> None:
    assert said(text) == expected


def test_walking_along_the_months() -> None:
    assert said("cumulative(m * a) - a", month=3) == "=SUMPRODUCT(@m3*a)-a"
    assert said("previous(m)", month=3) == "=m2"
    assert said("previous(m)", month=0) == "=0"


@pytest.mark.parametrize("text", ["a % a", "total(ws * total(ws, over=STEP), over=WORKLOAD)", "a and a"])
def test_what_no_formula_says_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="formula"):
        said(text)
