"""What comes out: a study, frozen and JSON-able. Nothing here computes; every number has its unit in its name, money in
the case's currency (`header.currency`), volumes in MTok (millions of tokens) a month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakeven.decision.answers.flips import Flip
from breakeven.decision.answers.halves import HalfTest
from breakeven.decision.answers.hidden_costs import CostLadder
from breakeven.decision.answers.rivals import Rival, RivalTerms
from breakeven.decision.answers.unsaid import Choice, Unsaid
from breakeven.decision.answers.verdict import Class, Margin, Verdict
from breakeven.decision.finance.horizon import Horizon
from breakeven.decision.finance.outages import ServiceLevels, SlaTerms
from breakeven.decision.finance.returns import LeaseOrBuy, Returns
from breakeven.decision.finance.statements import FinanceTerms, Statement
from breakeven.decision.hybrid.hybrid import Ladder
from breakeven.decision.readiness.gates import Constraint, Gate, Judged
from breakeven.decision.risk.curvature import Bend
from breakeven.decision.risk.regret import LockedTest, RobustChoice
from breakeven.decision.risk.sensitivity import Bar
from breakeven.decision.risk.uncertainty import OptionOutcome, Uncertainty
from breakeven.decision.risk.when_to_start import Timing
from breakeven.numbers.inputs import Input
from breakeven.numbers.operations import Value
from breakeven.study.design_choice import DesignChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Which case, when, in what money, over how long."""

    name: str
    file: str
    as_of: str
    currency: str
    horizon_months: int
    month: int  # the month whose costs stand beside the net present value, from 1
    tie_share: float  # an advantage below this share of the hosted cost is a tie
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One option: its name and how it is paid for. "hosted" keeps today's model: the first column on the best contract
    for it, another one on today's where that is dearer.

    `hybrid`: an owned base whose peaks burst to the API. `fixed`: a fleet that the case states. `host`: who runs what
    we do not run; nothing where the case names none. `key` stays when the numbers change and the name with
    them; nothing in studies from before columns had one.
    """

    name: str
    mode: str
    hybrid: bool = False
    fixed: bool = False
    host: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadSummary:
    """One workload's month and how it is bought and would be served."""

    name: str
    hosted_model: str
    requests_per_month: float
    input_mtok_per_month: float
    output_mtok_per_month: float
    replica_tokens_per_second: tuple[float, float, float]  # p10, p50, p90
    throughput_kind: str
    throughput_because: str
    stays_on_api: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandSummary:
    """Where the demand is from and what shape it has."""

    source: str
    kind: str
    load_curve: str
    p99_over_mean: float
    first: str
    last: str
    rows_read: int
    rows_set_aside: int
    workloads: tuple[WorkloadSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingSummary:
    """The replica that the numbers stand on."""

    open_model: str
    gpu: str
    precision: str
    gpus_per_replica: int
    fit_because: str
    other_models: tuple[str, ...]  # models bought today that are not these weights: another quality
    sized_by: str = ""  # how the speed of a replica came to hold under the promise, and the fleet from it
    chosen: DesignChoice | None = None
    layout: str = ""  # how the GPUs of a replica share the work, where it is not the usual way


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Spend that the model does not cover, and its share of the whole bill."""

    what: str
    spend_per_month: float
    share_of_bill: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessSummary:
    """What readiness allows on the day of the case, and the first month in which production may start."""

    allows: str
    earliest_start_month: int
    ready: bool  # all of the traffic is allowed today
    person_months: float  # of work to get there
    blocking: tuple[str, ...]  # dimensions that forbid production, even a pilot
    red: tuple[str, ...]
    yellow: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """All that a study rests on; written to study.json, it gives the same answer next year."""

    header: Header
    columns: tuple[Column, ...]
    inputs: Mapping[str, Input]
    fleets: Value
    demand: DemandSummary
    serving: ServingSummary
    gates: tuple[Gate, ...]
    rivals: tuple[RivalTerms, ...]
    finance: FinanceTerms
    sla: SlaTerms | None
    readiness: ReadinessSummary | None  # None: not examined
    not_covered: tuple[tuple[str, float], ...]
    notices: tuple[str, ...]
    versions: Mapping[str, str]
    choices: tuple[Choice, ...] = ()  # defaults that are no inputs, and what their alternatives give


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeWindow:
    """An interval (from, to] of monthly volume in which an option pays; `to` None: for ever."""

    from_mtok: float
    to_mtok: float | None
    from_spend: float  # what buying that volume costs a month
    to_spend: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEvens:
    """Where an option starts and stops paying. Empty windows: no volume pays within what was searched."""

    windows: tuple[VolumeWindow, ...]
    roots_mtok: tuple[float, ...]
    jumps_mtok: tuple[float, ...]
    touches_mtok: tuple[float, ...]
    stays_above_mtok: float | None  # the volume from which it pays for ever
    searched_to_mtok: float
    sign_beyond: int | None  # of the net present value beyond that volume; None: not known
    hosted_price_share: float | None  # the multiple of today's hosted prices at which it breaks even
    smaller_base_pays_from_mtok: float | None = None  # with burst on the same GPUs, where serving everything never pays


@dataclass(frozen=True, slots=True, kw_only=True)
class UtilizationResult:
    """Share of the fleet's saturated capacity: reached, needed to break even, and possible under the peak."""

    reached: float
    needed: float | None
    ceiling: float
    batch_in_free_hours: float | None = None  # share of the batch work that the fleet serves; None: none moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """What stands behind the first answers of an option.

    `chance` is None where nothing was drawn; `owned_bases` and `locked_at_half` only where GPUs are held.
    """

    gates: Judged
    chance: OptionOutcome | None
    hidden_costs: CostLadder
    owned_bases: Ladder | None
    locked_at_half: LockedTest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionStudy:
    """Everything about one option that is not the baseline. What is billed by the token has no half-speed test."""

    name: str
    verdict: Class
    monthly_cost: float
    monthly_saving: float
    one_time_cost: float
    exit_cost: float
    cost_per_mtok: float
    replicas: float
    replicas_needed: float  # for the demand of the busiest month; a fleet that the case states may have fewer
    gpus: float
    gpus_billed: float  # more than needed where whole servers are rented or bought
    peak_shortfall_replicas: float
    utilization: UtilizationResult | None  # None: no GPUs are held, so none can be idle
    break_evens: BreakEvens
    margin: Margin
    half_tests: tuple[HalfTest, ...]
    horizon: Horizon  # with every drawn input at its mean
    expected_net_present_value: float  # mean over the draws; that of the horizon where nothing was drawn
    net_present_value_at_flat_prices: float  # every drawn input at its mean, and no hosted price ever changes
    flips: Sequence[Flip]
    depth: Depth


@dataclass(frozen=True, slots=True, kw_only=True)
class CashRow:
    """A line as it is paid: element 0 is today, element t the end of month t; money out is negative."""

    line: str
    months: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepreciationChoice:
    """What one schedule for tax saves today, and whether the case chose it."""

    schedule: str
    tax_shield: float
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Financials:
    """One column as finance sees it. `returns` and what is after tax are against buying; buying has none.

    `not_in_cash`: present value of costs that count in the verdict and are never paid. `lease_or_buy`: None where
    no hardware is bought.
    """

    name: str
    cash: tuple[CashRow, ...]
    total: tuple[float, ...]
    not_in_cash: float
    statement: Statement
    returns: Returns | None
    levelised_cost_per_mtok: float | None
    levelised_cost_per_request: float | None
    net_present_value_after_tax: float | None
    depreciation_choices: tuple[DepreciationChoice, ...]
    lease_or_buy: LeaseOrBuy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the side-by-side table for the named month: a line's value for each option."""

    line: str
    label: str
    group: str
    values: tuple[float, ...]
    of_which: bool  # part of another row, not to be added


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A whole study: the basis, the table, each option, the verdict."""

    basis: Basis
    hosted_monthly_cost: float
    hosted_cost_per_mtok: float
    volume_mtok: float
    table: tuple[Row, ...]
    options: tuple[OptionStudy, ...]
    verdict: Verdict
    not_covered: tuple[LeftOut, ...]
    uncertainty: Uncertainty | None  # None: nothing was drawn
    means: Mapping[str, float]  # of every input that is drawn: where it stands for all that is computed exactly
    tornado: tuple[Bar, ...]  # of the option that the verdict is on: each input at its low and at its high
    timing: Timing | None  # None: a horizon too short to wait in
    robust: RobustChoice
    cost_of_gates: tuple[Constraint, ...]
    rivals: tuple[Rival, ...]  # ways to buy beside each other, the incumbent first
    financials: tuple[Financials, ...]  # a column each, buying first
    service_levels: ServiceLevels | None  # None: the case states no service levels
    curvature: tuple[Bend, ...]  # of that option: what each input alone adds to its mean over the draws
    unsaid: tuple[Unsaid, ...]  # defaults that move the option that the verdict is on, the largest first
    least_relaxations: tuple[str, ...]  # failed gates that would have to give way, where no option is left
