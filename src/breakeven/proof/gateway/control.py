"""A gateway that runs: its shares changed, and how many requests reached each arm."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx2

from breakeven.problems import Problem
from breakeven.proof.gateway.access_log import LOG, access_reader
from breakeven.proof.gateway.envoy_config import MIRROR_BACK_KEY, MIRROR_KEY, SHARE_KEY, fraction, runtime_key
from breakeven.proof.gateway.preflight import manifest_of
from breakeven.proof.gateway.routes import slug
from breakeven.proof.records.live_plan import FILE, LivePlan, read_live_plan, write_live_plan
from breakeven.proof.records.row import API, Row
from breakeven.proof.records.tail import Tail, at_its_end, new_rows

PATIENCE = 5.0  # seconds for an answer of Envoy's admin port


class Unreachable(Problem):
    """A gateway that does not answer now, and may later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Requests that each arm got since the watch began, `at_self` the candidate; `failed`: those that no arm answered.

    `last_at_self`: when the last one came there; None: none did.
    """

    at_self: int = 0
    at_api: int = 0
    failed: int = 0
    last_at_self: datetime | None = None


class Watch(Protocol):
    """Counts requests from its making on. `look` is called again and again."""

    def look(self, now: datetime) -> Counts: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A gateway by its folder. `admin`: Envoy's own address; None for one that reads the live plan itself."""

    folder: Path
    workloads: tuple[str, ...]
    log: Path
    admin: str | None

    @property
    def plan(self) -> LivePlan:
        """What is in force. Raises `Problem`."""
        return read_live_plan(self.folder / FILE)

    @property
    def tail(self) -> Tail:
        """Its rows as they come, from the first on: the shadow log, or Envoy's access log."""
        if self.admin is None:
            return Tail(source=self.log)
        return Tail(source=self.folder / LOG, read=access_reader(self.workloads))

    def put_in_force(self, plan: LivePlan) -> None:
        """Change the shares. Raises `Problem` where the gateway does not take them; then nothing is changed."""
        if self.admin is not None:
            _told(f"{self.admin}/runtime_modify", params=dict(runtime_values(plan)), post=True)
        write_live_plan(self.folder / FILE, plan)

    def watch(self, workload: str | None, since: datetime) -> Watch:
        """Count from now on, for one workload or for all."""
        names = self.workloads if workload is None else (workload,)
        if self.admin is None:
            return LogWatch(tail=self.tail, workloads=names, since=since)
        return EnvoyWatch(admin=self.admin, clusters=tuple(slug(name) for name in names))


def running(folder: Path, *, log: Path | None = None) -> Running:
    """The gateway whose files stand in a folder. Raises `Problem` for one that takes no live changes."""
    manifest = manifest_of(folder)
    if manifest["for"] == "gateway-api":
        fix = "Change the weights in http-routes.yaml and apply them."
        raise Problem("a Kubernetes Gateway takes no live changes from here", where=str(folder), fix=fix)
    return Running(
        folder=folder,
        workloads=tuple(manifest["workloads"]),
        log=log or folder / "shadow",
        admin=f"http://127.0.0.1:{manifest['admin_port']}" if manifest["for"] == "envoy" else None,
    )


def runtime_values(plan: LivePlan) -> Iterator[tuple[str, str]]:
    """Envoy's runtime keys and what they are to be: a fraction, since a bare number would count as percent."""
    for name, shares in plan.workloads.items():
        values = {SHARE_KEY: shares.share, MIRROR_KEY: shares.mirror, MIRROR_BACK_KEY: shares.mirror_back}
        for kind, share in values.items():
            yield runtime_key(kind, name), json.dumps(fraction(share), separators=(",", ":"))


@dataclass(slots=True, kw_only=True)
class LogWatch:
    """Reads what is added to the shadow log. A request counts when its row is written, at its end."""

    tail: Tail
    workloads: tuple[str, ...]
    since: datetime
    counts: Counts = Counts()

    def __post_init__(self) -> None:
        self.tail = at_its_end(self.tail)

    def look(self, now: datetime) -> Counts:  # noqa: ARG002 - rows say their own time
        """The counts so far."""
        rows, self.tail = new_rows(self.tail)
        for row in rows:
            if row.role == "answered" and row.workload in self.workloads and row.started >= self.since:
                self._count(row)
        return self.counts

    def _count(self, row: Row) -> None:
        seen, at_self = self.counts, row.arm != API
        self.counts = Counts(
            at_self=seen.at_self + at_self,
            at_api=seen.at_api + (not at_self),
            failed=seen.failed + (not at_self and row.error is not None),
            last_at_self=max(seen.last_at_self or row.started, row.started) if at_self else seen.last_at_self,
        )


@dataclass(slots=True, kw_only=True)
class EnvoyWatch:
    """Reads Envoy's counters of each endpoint. A request counts when it is sent to it."""

    admin: str
    clusters: tuple[str, ...]
    before: dict[str, int] = field(default_factory=dict)
    last: datetime | None = None
    at_self: int = 0

    def __post_init__(self) -> None:
        self.before = self._totals()

    def look(self, now: datetime) -> Counts:
        """The counts so far."""
        totals = self._totals()
        own, api, failed = (totals[name] - self.before[name] for name in ("self", "api", "failed"))
        if own > self.at_self:
            self.at_self, self.last = own, now
        return Counts(at_self=own, at_api=api, failed=failed, last_at_self=self.last)

    def _totals(self) -> dict[str, int]:
        found = {"self": 0, "api": 0, "failed": _downstream_failures(self.admin)}
        for cluster in _told(f"{self.admin}/clusters", params={"format": "json"}).json()["cluster_statuses"]:
            name, _, kind = str(cluster["name"]).rpartition(".")
            if name not in self.clusters or not kind.endswith(("_first", "_only")):
                continue
            for host in cluster.get("host_statuses", ()):
                own = kind.endswith("_first") and int(host.get("priority", 0)) == 0
                found["self" if own else "api"] += _total(host)
        return found


def _total(host: Mapping[str, Any]) -> int:
    return sum(int(each.get("value", 0)) for each in host.get("stats", ()) if each.get("name") == "rq_total")


def _downstream_failures(admin: str) -> int:
    """Answers of 5xx that clients got."""
    params = {"format": "json", "filter": r"^http\.llm\.downstream_rq_5xx$"}
    stats = _told(f"{admin}/stats", params=params).json()["stats"]
    return sum(int(each.get("value", 0)) for each in stats if "value" in each)


def _told(address: str, *, params: Mapping[str, str], post: bool = False) -> httpx2.Response:
    """What Envoy's admin port answers. Raises `Problem` where it does not."""
    try:
        answer = (httpx2.post if post else httpx2.get)(address, params=dict(params), timeout=PATIENCE)
    except httpx2.HTTPError as error:
        fix = "Does it run, and is this its --admin-port?"
        raise Unreachable(f"the gateway does not answer: {type(error).__name__}", where=address, fix=fix) from None
    if answer.status_code != 200:
        fix = "Was it written by this version of breakeven?"
        raise Problem(f"the gateway refuses: {answer.status_code} {answer.text[:100]}", where=address, fix=fix)
    return answer
