"""A fault seeded in any line is caught by the second engine: in a result, in each input, in each part of a formula."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from agreement import differences, given
from plain import run
from random_cases import random_case

from breakeven.numbers import operations
from breakeven.study.register import full_model

MODEL = full_model()
SEEDS = range(1, 201)
TOTALS = ("monthly_cost", "one_time_cost", "net_present_value")
BESIDE = {  # shown beside the totals, in none of them: the fault shows in the line itself
    "utilization", "peak_shortfall", "idle_for_peak", "redundancy", "warm_fallback", "exit_cost", "cost_per_mtok",
    "cumulative_saving", "minimum_top_up", "tier_discount", "list_spend", "pay_as_you_go", "spill_cost",
    "committed_relief", "batch_burst_tokens",
}  # fmt: skip
IDLE = {  # what changes nothing by 1 %: read for its sign, rounded, or a guard of a division where nothing is held
    ("model_gain", "refreshes_per_year"), ("months_at_renewal", "months_elapsed"),
    ("input_price", "bought_elsewhere"), ("output_price", "bought_elsewhere"), ("billed_factor", "bought_elsewhere"),
    ("tiered_bought", "tiers_are_slabs"), ("our_tokens_per_stated", "counted_by_provider"),
    ("tiered_burst", "tiers_are_slabs"), ("tiered_batch_burst", "tiers_are_slabs"),
    ("utilization", "minimum_replicas"), ("idle_for_peak", "minimum_replicas"), ("redundancy", "minimum_replicas"),
    ("egress_per_busy_replica", "minimum_replicas"), ("list_cost_per_busy_replica", "minimum_replicas"),
    ("interactive_cost_per_busy_replica", "minimum_replicas"), ("batch_cost_per_busy_replica", "minimum_replicas"),
    ("work_per_busy_replica", "minimum_replicas"), ("interactive_burst_tokens", "minimum_replicas"),
    ("batch_burst_tokens", "minimum_replicas"), ("tokens_in_tiers", "base_volume"),
    ("bought_list_price", "base_volume"), ("burst_list_price", "base_volume"),
    ("batch_burst_list_price", "base_volume"), ("committed_bought_relief", "base_volume"),
    ("committed_burst", "base_volume"),
}  # fmt: skip
SHARED_OUT = "usable_capacity - (interactive_load - interactive_spill)"
SAME = {("free_capacity", f"maximum({SHARED_OUT}, 0) -> {SHARED_OUT}")}  # below zero by floats' dust only


@cache
def sound(seed: int) -> tuple[Any, dict[str, Any], dict[str, Any], Any]:
    """A case, its inputs, all its lines, and what the second engine says."""
    case = random_case(seed)
    inputs = given(case)
    return case, inputs, inputs | MODEL.evaluate(inputs), run(case)


@cache
def after(name: str) -> tuple[str, ...]:
    """The lines that need this one, directly or not."""
    found = {name}
    for each, line in MODEL.lines.items():
        if not found.isdisjoint(line.needs):
            found.add(each)
    return tuple(sorted(found - {name}))


def caught(name: str, faulty: Callable[..., Any], watched: tuple[str, ...]) -> bool:
    """Whether some case shows a difference in a watched number when the line is computed by the faulty function."""
    for seed in SEEDS:
        case, inputs, lines, plain = sound(seed)
        if name in inputs:  # this case pins the line
            continue
        kept = {each: value for each, value in lines.items() if each not in after(name)}
        pinned = {each: value for each, value in inputs.items() if each in after(name)}
        try:
            with np.errstate(all="ignore"):
                kept[name] = faulty(*(lines[need] for need in MODEL.lines[name].needs))
                got = {name: kept[name]} | MODEL.evaluate(kept | pinned, {*watched} - {name})
        except ArithmeticError:
            return True
        if any(True for _ in differences(case, got, plain, watched)):
            return True
    return False


def watched(name: str) -> tuple[str, ...]:
    """Where the fault must show: in a total, or in the line itself where it is in no total."""
    return (name,) if name in BESIDE else TOTALS


@pytest.mark.parametrize("name", [*MODEL.lines])
def test_one_percent_too_much_is_caught(name: str) -> None:
    compute = MODEL.lines[name].compute
    assert caught(name, lambda *values: compute(*values) * 1.01, watched(name))


@pytest.mark.parametrize("name", [*MODEL.lines])
def test_every_need_of_a_line_matters(name: str) -> None:
    """A line that reads one of its numbers 1 % too high is caught: no number is idle in the cases."""
    line = MODEL.lines[name]
    idle = []
    for i, need in enumerate(line.needs):

        def faulty(*values: Any, i: int = i) -> Any:
            return line.compute(*values[:i], values[i] * 1.01, *values[i + 1 :])

        if not caught(name, faulty, watched(name)):
            idle.append(need)
    assert idle == [need for need in line.needs if (name, need) in IDLE]


@pytest.mark.parametrize("name", [*MODEL.lines])
def test_a_part_left_out_is_caught(name: str) -> None:
    """Of every sum, difference, product and quotient one side is dropped; of a maximum or a choice one side taken."""
    missed = [text for text, faulty in mutants(name) if not caught(name, faulty, watched(name))]
    assert {(name, each) for each in missed} == {each for each in SAME if each[0] == name}


def mutants(name: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The line with one part of its formula left out, and what was put in its place."""
    formula = MODEL.lines[name].formula
    for i, node in enumerate(ast.walk(formula)):
        for part in parts(node):
            changed = deepcopy(formula)
            tree = ast.Expression(replaced(changed, [*ast.walk(changed)][i], deepcopy(part)))
            scope = {each: getattr(operations, each) for each in dir(operations)}
            arguments = ", ".join(MODEL.lines[name].needs)
            source = f"lambda {arguments}: {ast.unparse(tree)}"
            yield f"{ast.unparse(node)} -> {ast.unparse(part)}", eval(source, scope)


def parts(node: ast.AST) -> list[ast.expr]:
    """What may wrongly stand in the place of an expression."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.right, ast.Name) and node.right.id == "one_month":  # it is one
            return []
        division = isinstance(node.op, ast.Div | ast.Pow)
        return [node.left] if division else [node.left, node.right]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        chooses = {"maximum": node.args, "minimum": node.args, "where": node.args[1:], "whole_up": node.args}
        return list(chooses.get(node.func.id, []))
    return []


def replaced(tree: ast.expr, old: ast.AST, new: ast.expr) -> ast.expr:
    """The expression with one node exchanged."""
    if tree is old:
        return new
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list) and any(each is old for each in value):
                setattr(parent, field, [new if each is old else each for each in value])
    return tree


def test_the_mutants_are_what_they_say() -> None:
    made = dict(mutants("own_load"))
    assert [*made] == ["load - spill -> load", "load - spill -> spill"]
    assert [each(5, 2) for each in made.values()] == [5, 2]
    assert all(a < b for a, b in pairwise(SEEDS))
