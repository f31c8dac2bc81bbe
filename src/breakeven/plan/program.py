"""A mixed-integer program as arrays for HiGHS: columns, rows, solve; the gap and the bound always come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import highspy
import numpy as np

from breakeven.problems import Problem

INFINITY = highspy.kHighsInf
End = Literal["proven", "time limit", "interrupted", "infeasible"]
Progress = Callable[[float, float, float], None]  # seconds, best cost so far (may be infinite), bound
EXACT = 1e-9
LEAST_SECONDS = 0.1  # a search that has less is not begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how exactly to look. `gap`: the plan may cost this share more than the best possible.

    `seconds` bound one search; `left` says how many the whole command still has, and no search takes more.
    """

    gap: float = 1e-6
    seconds: float = 60.0
    progress: Progress | None = None
    stop: Callable[[], bool] | None = None
    left: Callable[[], float] | None = None

    @property
    def stopped(self) -> bool:
        """Whether the person has ended the search."""
        return self.stop is not None and self.stop()

    @property
    def late(self) -> bool:
        """Whether the command has no time left for another search."""
        return self.left is not None and self.left() < LEAST_SECONDS

    @property
    def now(self) -> float:
        """Seconds that a search which starts now may take."""
        return max(min(self.seconds, self.left()), 0.0) if self.left else self.seconds

    def part(self, share: float) -> Limits:
        """A search that takes no more than a share of the time that is left."""
        return replace(self, seconds=min(self.seconds, max(share * self.left(), 0.0))) if self.left else self

    def keeping(self, share: float) -> Limits:
        """Searches that leave a share of the time that is left now to what comes after them."""
        if self.left is None:
            return self
        left = self.left
        kept = max(share * left(), 0.0)
        return replace(self, left=lambda: left() - kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How a solve ended. `cost` of the plan, `bound` under which no plan can be, `gap` between them over the cost.

    `end` is "proven" when the gap that was asked for is reached; after a time limit or Ctrl-C it never is.
    """

    end: End
    cost: float
    bound: float
    gap: float
    seconds: float
    columns: int
    rows: int


@dataclass(slots=True)
class Program:
    """Columns and rows in the making. A column is its number; a row a list of (column, factor) and two bounds."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)

    def column(self, *, cost: float = 0.0, lower: float = 0.0, upper: float = INFINITY, whole: bool = False) -> int:
        """A new variable; its number."""
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def binary(self, cost: float = 0.0) -> int:
        """A new yes or no."""
        return self.column(cost=cost, upper=1.0, whole=True)

    def add_cost(self, column: int, cost: float) -> None:
        """Let a variable cost more."""
        self.cost[column] += cost

    def servers(self, units: int, per_server: int, cost: float, most: float) -> None:
        """Let every begun server of so many units cost; nothing where servers cost nothing."""
        if cost:
            begun = self.column(cost=cost, upper=float(np.ceil(most / per_server)), whole=True)
            self.row([(units, 1.0), (begun, -float(per_server))], upper=0.0)

    def row(self, terms: Iterable[tuple[int, float]], *, lower: float = -INFINITY, upper: float = INFINITY) -> None:
        """A new constraint: lower <= sum of factor * column <= upper. A column named twice is added up."""
        summed: dict[int, float] = {}
        for column, factor in terms:
            summed[column] = summed.get(column, 0.0) + factor
        self.index.extend(summed)
        self.value.extend(summed.values())
        self.starts.append(len(self.index))
        self.row_lower.append(lower)
        self.row_upper.append(upper)

    def model(self, offset: float = 0.0) -> Any:
        """The arrays as HiGHS takes them."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.row_lower)
        lp.offset_ = offset
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = (
            np.array(bounds) for bounds in (self.cost, self.lower, self.upper)
        )
        lp.row_lower_, lp.row_upper_ = np.array(self.row_lower), np.array(self.row_upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(self.starts, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(self.index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(self.value)
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if is_whole else kinds.kContinuous for is_whole in self.whole]
        return lp

    def solve(self, limits: Limits, *, offset: float = 0.0) -> tuple[np.ndarray | None, Proof]:
        """The best values found (None: there is no solution) and how sure that is."""
        if not self.cost:
            nothing = Proof(end="proven", cost=offset, bound=offset, gap=0.0, seconds=0.0, columns=0, rows=0)
            return np.zeros(0), nothing
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        solver.setOptionValue("mip_rel_gap", limits.gap)
        solver.setOptionValue("time_limit", limits.now)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 0)
        _listen(solver, limits)
        solver.passModel(self.model(offset))
        solver.run()
        return _answer(self, solver, limits)


def _listen(solver: Any, limits: Limits) -> None:
    """Tell the progress, and let the caller stop the search with what has been found."""
    tell, stop = limits.progress, limits.stop
    if tell is None and stop is None:
        return

    def heard(event: Any) -> None:
        state = event.data_out
        if tell is not None:
            tell(state.running_time, state.mip_primal_bound, state.mip_dual_bound)
        if stop is not None and stop():
            event.interrupt()

    solver.cbMipInterrupt.subscribe(heard)


def _answer(program: Program, solver: Any, limits: Limits) -> tuple[np.ndarray | None, Proof]:
    info, status = solver.getInfo(), solver.getModelStatus()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    known: dict[Any, End] = {
        highspy.HighsModelStatus.kOptimal: "proven",
        highspy.HighsModelStatus.kModelEmpty: "proven",
        highspy.HighsModelStatus.kTimeLimit: "time limit",
        highspy.HighsModelStatus.kInterrupt: "interrupted",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
    }
    if status not in known:
        raise Problem(
            f"the solver stopped: {solver.modelStatusToString(status)}",
            fix="Is a load, a price or a limit in the case far out of proportion?",
        )
    cost = info.objective_function_value if feasible else float("inf")
    bound = info.mip_dual_bound if any(program.whole) else cost
    gap = gap_of(cost, bound)
    end: End = known[status]
    if end == "proven" and feasible and gap > max(limits.gap, EXACT) * 1.01:
        end = "time limit"  # never more is claimed than the bound shows
    proof = Proof(
        end=end,
        cost=cost,
        bound=bound,
        gap=gap,
        seconds=solver.getRunTime(),
        columns=len(program.cost),
        rows=len(program.row_lower),
    )
    return (np.array(solver.getSolution().col_value) if feasible else None), proof


def gap_of(cost: float, bound: float) -> float:
    """What the plan may cost too much, over its cost; infinite while there is no plan."""
    if not np.isfinite(cost) or not np.isfinite(bound):
        return float("inf")
    return max(cost - bound, 0.0) / max(abs(cost), EXACT) if cost != bound else 0.0


def chosen(values: np.ndarray, columns: Sequence[int]) -> list[int]:
    """The places of the columns that are switched on."""
    return [place for place, column in enumerate(columns) if values[column] > 0.5]
