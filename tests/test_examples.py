"""Worked examples, as data: tests/examples/*.yaml say what is given and what is expected (its README says how)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from breakeven.cli.commands import app
from breakeven.decision.exact.along import Along, inexactly
from breakeven.decision.exact.crossings import Crossings, crossings
from breakeven.decision.finance.horizon import horizon
from breakeven.numbers.inputs import likely
from breakeven.numbers.operations import AXES, AXIS_NAMES, MONTH, OPTION, along, pick
from breakeven.plan.assignment import assign
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.program import Limits
from breakeven.plan.reading import check_document
from breakeven.plan.schedule import schedule
from breakeven.study.case.case import Case
from breakeven.study.planning.portfolio_of_case import planned
from breakeven.study.questions.readiness_of_case import readiness_of
from breakeven.study.register import full_model, register

CENT = Decimal("0.005")
AXIS_OF = {name: axis for axis, name in AXIS_NAMES.items()}
FIELDS = {
    "name", "like", "months", "options", "given", "expect",
    "break_even", "horizon", "call", "arguments", "returns",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example of a file, with everything it inherits."""

    name: str
    months: int
    options: int
    given: Mapping[str, Any]
    checks: Mapping[str, Any]

    def values(self) -> dict[str, Any]:
        """Every input in fractions: the register's defaults, the neutral structure, what is given."""
        defaults = {name: value for name, value in likely(register()).items() if value is not None}
        given = {name: array(value) for name, value in self.given.items()}
        return defaults | structure(self.options) | time(self.months) | given

    def floats(self) -> dict[str, Any]:
        return {name: inexactly(value) for name, value in self.values().items()}


def structure(options: int) -> dict[str, Any]:
    """One workload under a flat load; the first option buys everything, the others serve it themselves."""
    others = along(OPTION, [Fraction(i > 0) for i in range(options)])
    baseline = along(OPTION, [Fraction(i == 0) for i in range(options)])
    flat = dict.fromkeys(("load_over_mean", "block_share", "peak_over_mean"), Fraction(1))
    return {"is_baseline": baseline, "self_hosts": others, "holds_fleet": others, "moved": others, **flat}


def time(months: int) -> dict[str, Any]:
    """The months of the horizon, self-hosting from the first."""
    elapsed = along(MONTH, [Fraction(i) for i in range(months)])
    return {
        "months_elapsed": elapsed,
        "years_elapsed": elapsed / 12,
        "months_to_payment": elapsed + 1,
        "first_month": along(MONTH, [Fraction(i == 0) for i in range(months)]),
        "live": along(MONTH, [Fraction(1)] * months),
    }


def array(value: Any) -> Any:
    """A number, or `{axis: [..]}` as an array of the five axes; an element may itself lie along another axis."""
    if isinstance(value, str):
        return Fraction(value)
    ((axis, elements),) = value.items()
    parts = [np.asarray(array(each), dtype=object).reshape(full(array(each))) for each in elements]
    shape = np.broadcast_shapes(*(part.shape for part in parts))
    return np.concatenate([np.broadcast_to(part, shape) for part in parts], axis=AXIS_OF[axis])


def full(value: Any) -> tuple[int, ...]:
    return np.shape(value) or (1,) * len(AXES)


@cache
def written() -> dict[str, dict[str, Any]]:
    """Every example of every file by name, all scalars as the text that was written."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((Path(__file__).parent / "examples").glob("*.yaml")):
        for each in YAML(typ="base", pure=True).load(path.read_text("utf-8")):
            assert each["name"] not in found, f"two examples are named {each['name']!r}"
            assert set(each) <= FIELDS, f"{each['name']}: unknown {set(each) - FIELDS}"
            found[each["name"]] = each
    return found


def given_by(name: str) -> dict[str, Any]:
    each = written()[name]
    return (given_by(each["like"]) if "like" in each else {}) | each.get("given", {})


def examples() -> Iterator[Example]:
    for name, each in written().items():
        checks = {kind: each[kind] for kind in ("expect", "break_even", "horizon", "call") if kind in each}
        if checks:
            yield Example(
                name=name,
                months=int(each.get("months", 1)),
                options=len(each.get("options", ("hosted", "self-hosted"))),
                given=given_by(name),
                checks=checks,
            )


def those_with(kind: str) -> pytest.MarkDecorator:
    chosen = [each for each in examples() if kind in each.checks]
    return pytest.mark.parametrize("example", chosen, ids=lambda each: each.name)


def close(got: float, text: str) -> bool:
    """Whether a number agrees to the decimals written, a whole one to the cent, a fraction to ten digits."""
    if "/" in text:
        return got == pytest.approx(float(Fraction(text)), rel=1e-10)
    exponent = Decimal(text).as_tuple().exponent
    assert isinstance(exponent, int)
    within = Decimal(5).scaleb(exponent - 1) if exponent < 0 else CENT
    return abs(got - float(text)) <= float(within) * (1 + 1e-6)


def pairs(got: np.ndarray, wanted: Any) -> Iterator[tuple[float, str]]:
    """What was computed beside what was expected, number by number."""
    if isinstance(wanted, str):
        last = got[:, :, -1:]  # without an option named: the last one
        yield from ((float(value), wanted) for value in np.ravel(last))
        return
    ((axis, elements),) = wanted.items()
    if not isinstance(elements, Mapping):
        assert len(elements) == got.shape[AXIS_OF[axis]]
        elements = {str(i): each for i, each in enumerate(elements, 1)}
    for place, each in elements.items():
        yield from pairs(np.take(got, [int(place) - 1], axis=AXIS_OF[axis]), each)


@those_with("expect")
def test_lines(example: Example) -> None:
    wanted = example.checks["expect"]
    values = example.floats()
    got = full_model().evaluate(values, wanted)
    shape = (1, 1, example.options, 1, example.months)
    for name, expected in wanted.items():
        value = np.broadcast_to(got[name], np.broadcast_shapes(np.shape(got[name]), shape))
        for number, text in pairs(value, expected):
            assert close(number, text), f"{name}: {number!r}, expected {text}"


@those_with("break_even")
def test_break_evens(example: Example) -> None:
    wanted = dict(example.checks["break_even"])
    line = Along(
        full_model(),
        example.values(),
        wanted=wanted.pop("of"),
        name=wanted.pop("along"),
        option=example.options - 1,
    )
    got = told(crossings(line))
    assert {kind: got[kind] for kind in wanted} == {kind: exact(value) for kind, value in wanted.items()}


def told(found: Crossings) -> dict[str, Any]:
    return {
        "windows": [[each.start, each.end] for each in found.windows],
        "roots": [*found.roots],
        "jumps": [*found.jumps],
        "touches": [*found.touches],
        "beyond": found.sign_beyond,
    }


def exact(value: Any) -> Any:
    """What was written as fractions, `null` as None."""
    if isinstance(value, str):
        return None if value == "null" else Fraction(value)
    return [exact(each) for each in value]


@those_with("horizon")
def test_horizons(example: Example) -> None:
    lines = ["saving", "one_time_cost", "discount_factor", "net_present_value", "cumulative_saving"]
    got = full_model().evaluate(example.floats(), lines)
    saving, once, factor, worth, cumulative = (
        pick(got[name], option=-1, month=range(example.months)) for name in lines
    )
    judged = horizon(saving, float(once[0]), factor, net_present_value=float(worth[0]), cumulative=cumulative)
    for name, text in example.checks["horizon"].items():
        number = reduce(getattr, name.split("."), judged)
        agrees = number is None if text == "null" else number is not None and close(number, text)
        assert agrees, f"{name}: {number!r}, expected {text}"


@those_with("call")
def test_functions(example: Example) -> None:
    module, _, function = example.checks["call"].rpartition(".")
    each = written()[example.name]
    arguments = {name: plain(text) for name, text in each["arguments"].items()}
    got = getattr(import_module(f"breakeven.{module}"), function)(**arguments)
    assert close(got, each["returns"]), f"{got!r}, expected {each['returns']}"


def plain(text: str) -> float | int:
    value = Fraction(text)
    return int(value) if value.denominator == 1 else float(value)


def insurer() -> Case:
    """The twelve workloads of examples/insurer; the speed of its fleets stated, so that none is worked out."""
    case = Case.load(Path(__file__).parents[1] / "examples" / "insurer" / "case.yaml")
    speeds = {"8B on H100": 40_000.0, "70B on H100": 9_000.0}
    fleets = tuple(each.model_copy(update={"tokens_per_second": speeds[each.name]}) for each in case.file.fleets)
    own = case.file.self_hosting.model_copy(update={"tokens_per_second": 9_000.0})
    return replace(case, file=case.file.model_copy(update={"fleets": fleets, "self_hosting": own}))


def test_the_insurer_goes_from_readiness_to_a_plan() -> None:
    case = insurer()
    ready = readiness_of(case).readiness
    assert ready.allows == "shadow only"
    folio = planned(case).portfolio
    assert len(folio.workloads) == 12
    assert folio.team.earliest_month == ready.earliest_start_month - 1
    terms = Terms(portfolio=folio)
    placed = assign(terms, Limits(gap=0.01))
    assert placed is not None
    found = schedule(terms, placed.target, Limits(gap=0.01))
    assert found is not None
    starts = found.starts
    assert {"document-extraction", "call-summaries", "email-summaries", "support-chat"} <= set(starts)
    assert starts["support-chat"] > starts["email-summaries"]
    assert min(starts.values()) >= ready.earliest_start_month - 1
    assert not {"underwriting-assistant", "coding-assistant", "board-research"} & set(starts)
    assert max(list(starts.values()).count(month) for month in starts.values()) <= 2


@pytest.mark.heavy
def test_the_insurer_as_a_new_user_meets_it(tmp_path: Path) -> None:
    path = Path(__file__).parents[1] / "examples" / "insurer" / "case.yaml"
    for command in (["readiness", str(path)], ["plan", str(path), "-o", str(tmp_path / "plan.yaml")]):
        done = CliRunner().invoke(app, command, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    written = check_document(YAML(typ="safe", pure=True).load((tmp_path / "plan.yaml").read_text("utf-8")))
    assert written["money"]["saving"] > 0
    assert written["search"]["assignment"]["end"] == "proven"


def test_there_are_examples() -> None:
    assert len([*examples()]) > 50
