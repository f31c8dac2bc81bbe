"""What a log holds that no pair came of, counted: nothing is left out without being told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from breakeven.demand.log.format.paths import literal
from breakeven.proof.records.pairs import PairLog
from breakeven.shipped import shipped_text

SKEWED = 1.0  # seconds that a copy may seem to start before the request that it is a copy of


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Rows and requests of all workloads. `set_aside`: rows by reason; `only`: requests that one arm alone has;
    `repeated`: rows beyond the first of one arm and request; `without_usage`: answers without token counts, by arm;
    `skewed`: copies that start more than a second before their request, and `skew_seconds` the middle difference of
    all copies; `nobodys`: the client went away, or both arms refused; `unscored`: pairs whose score is not known.
    """

    rows: int
    set_aside: Mapping[str, int]
    requests: int
    pairs: int
    only: Mapping[str, int]
    repeated: int
    without_usage: Mapping[str, int]
    skewed: int
    skew_seconds: float | None
    fell_back: int
    nobodys: int
    unscored: int

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences, only where there is something to tell."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        for reason, rows in self.set_aside.items():
            yield f"{rows:,} rows set aside: {reason}."
        for arm, requests in self.only.items():
            if requests:
                yield f"{requests:,} requests have only {arm}: without the other arm they are no pair."
        if self.repeated:
            yield f"{self.repeated:,} rows repeat an arm's part in a request (tried again or logged twice): one each."
        for arm, answers in self.without_usage.items():
            if answers:
                yield f"{answers:,} answers of {arm} have no token counts: in no sum of tokens, and not taken as 0."
        if self.skewed:
            yield (
                f"{self.skewed:,} copies seem to start before their request (middle difference {self.skew_seconds:.1f}"
                " s): the clocks of the arms differ. Times within one arm are not touched by it."
            )
        if self.unscored:
            yield f"{self.unscored:,} pairs have no score and are in no test of quality."


def told_of(log: PairLog) -> Told:
    """Count what was read."""
    by_reason = "SELECT reason, sum(lines)::BIGINT FROM pair WHERE reason IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    question = shipped_text("proof/records/told.sql")
    asked, values = log.asked, {"candidate": literal(log.asked.candidate), "skewed": int(SKEWED * 1e6)}
    counts = log.connection.sql(question.format_map(values)).fetchall()[0]
    rows, requests, lone, bare, repeated, no_use, no_use_control, skewed, skew, fell, pairs, unscored, nobodys = counts
    return Told(
        rows=rows, set_aside=dict(log.connection.sql(by_reason).fetchall()), requests=requests, pairs=pairs,
        only={asked.candidate: lone, asked.control: bare}, repeated=repeated,
        without_usage={asked.candidate: no_use, asked.control: no_use_control},
        skewed=skewed, skew_seconds=skew, fell_back=fell, nobodys=nobodys, unscored=unscored,
    )  # fmt: skip
