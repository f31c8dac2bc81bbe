"""What one replica serves under the promise, as a band, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.numbers.inputs import Kind, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughputBand:
    """Tokens per second (input + output, in the workload's own mix) that one replica sustains.

    `p10`, `p50`, `p90`: 80 % of such deployments lie between the outer two. `kind` is measured (the
    user's benchmark), published (a matching measurement), or modelled (the roofline). `because` says in
    one sentence which, for the page.
    """

    p10: float
    p50: float
    p90: float
    gpus_per_replica: int
    kind: Kind
    source: Source
    because: str
    notices: tuple[str, ...] = ()
