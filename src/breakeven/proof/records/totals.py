"""What the pairs of a workload come to in requests, tokens and money: sums over requests, whatever belongs together."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.proof.records.pairs import PairLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm over all pairs. `cost` is of the `priced` answers only, tokens of the `counted` ones; never taken as 0
    where they are not known. `seconds` is the sum over the `timed` answers.
    """

    requests: int
    failed: int
    accepted: int
    priced: int
    cost: float
    counted: int
    input_tokens: float
    output_tokens: float
    timed: int
    seconds: float

    @property
    def cost_per_request(self) -> float | None:
        """In the currency of the log, USD; None: no cost is known."""
        return self.cost / self.priced if self.priced else None

    @property
    def accepted_share(self) -> float | None:
        """None without a request."""
        return self.accepted / self.requests if self.requests else None

    @property
    def output_per_answer(self) -> float | None:
        """Tokens; None: no usage is known."""
        return self.output_tokens / self.counted if self.counted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Both arms. `output_ratio`: the candidate's output tokens over the control's, of pairs in which both are known."""

    candidate: Arm
    control: Arm
    output_ratio: float | None


def totals_of(log: PairLog, workload: str) -> Totals:
    """Sum the pairs of a workload."""
    sums = ", ".join(_sums(suffix) for suffix in ("", "_control"))
    both = "output IS NOT NULL AND output_control IS NOT NULL"
    ratio = f"sum(output) FILTER ({both}) / nullif(sum(output_control) FILTER ({both}), 0)"
    question = f"SELECT {sums}, {ratio} FROM measured WHERE workload = ? AND paired"  # noqa: S608 - names of ours
    found = log.connection.execute(question, [workload]).fetchall()[0]
    half = len(found) // 2
    return Totals(candidate=_arm(found[:half]), control=_arm(found[half : 2 * half]), output_ratio=found[-1])


def _sums(suffix: str) -> str:
    count = ("failed", "accepted")
    of = [f"count(failed{suffix})", *(f"coalesce(sum({name}{suffix}), 0)::BIGINT" for name in count)]
    for name in ("cost", "output", "seconds"):
        of.append(f"count({name}{suffix})")
        of += [f"coalesce(sum(input{suffix}), 0)"] if name == "output" else []
        of.append(f"coalesce(sum({name}{suffix}), 0)")
    return ", ".join(of)


def _arm(found: tuple[float, ...]) -> Arm:
    requests, failed, accepted, priced, cost, counted, read, written, timed, seconds = found
    return Arm(
        requests=int(requests), failed=int(failed), accepted=int(accepted), priced=int(priced), cost=float(cost),
        counted=int(counted), input_tokens=float(read), output_tokens=float(written), timed=int(timed),
        seconds=float(seconds),
    )  # fmt: skip
