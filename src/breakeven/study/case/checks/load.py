"""What a case says of the shape of its load and of its month, and cannot mean."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import available_timezones

from breakeven.demand.shape.profiles import profile_names
from breakeven.problems import Problem, nearest
from breakeven.study.case.places import Document, Keys
from breakeven.study.case.schema import CaseFile, LoadPercentiles, Log


def profile_problems(case: CaseFile, document: Document) -> Iterator[Problem]:
    """A profile that nothing has, and percentiles that do not rise."""
    named: list[tuple[Keys, str | LoadPercentiles | None]] = [(("load_profile",), case.load_profile)]
    named += [(("workloads", i, "load_profile"), workload.load_profile) for i, workload in enumerate(case.workloads)]
    if isinstance(case.log, Log):
        named += [(("log", "load_profile_if_short"), case.log.load_profile_if_short)]
    for keys, name in named:
        if isinstance(name, LoadPercentiles):
            yield from _rising(name, keys, document)
        elif name is not None and name not in profile_names():
            what = f'{dotted(keys)}: "{name}" is not a load profile. {nearest(name, profile_names())}'
            fix = f"The profiles are {', '.join(profile_names())}."
            yield Problem(what.strip(), where=document.value(*keys), fix=fix)


def _rising(stated: LoadPercentiles, keys: Keys, document: Document) -> Iterator[Problem]:
    levels = [stated.trough, stated.p50, stated.p90, stated.p99, stated.p99 if stated.peak is None else stated.peak]
    if sorted(levels) != levels or not stated.p50 > 0:
        what = f"{dotted(keys)}: the percentiles do not rise from 0 up"
        yield Problem(what, where=document.value(*keys), fix="Give trough <= p50 <= p90 <= p99, and a peak above them.")


def time_problems(case: CaseFile, document: Document) -> Iterator[Problem]:
    """Zones that nothing has, of the case and of its log, and a start of a trace whose times have no unit."""
    log = case.log if isinstance(case.log, Log) else None
    zone_of: dict[Keys, str | None] = {("time_zone",): case.time_zone}
    zone_of["log", "log_zone"] = log.log_zone if log else None
    for keys, zone in zone_of.items():
        if zone is not None and zone not in available_timezones():
            what = f'{dotted(keys)}: "{zone}" is not a time zone. {nearest(zone, available_timezones())}'
            yield Problem(what.strip(), where=document.value(*keys), fix='Write it as "Europe/Berlin" or "UTC".')
    if log and log.starts and not log.time_unit:
        what = "log.starts: times count from a start in seconds or milliseconds"
        yield Problem(what, where=document.value("log", "starts"), fix="Say in which unit: time_unit: s, or ms.")


def hours_problems(case: CaseFile, document: Document) -> Iterator[Problem]:
    """A month of other hours beside a log, whose volumes are of 730."""
    if case.hours_per_month is not None and case.log is not None:
        what = "hours_per_month: the volumes of a log are of a month of 730 hours"
        yield Problem(what, where=document.value("hours_per_month"), fix="Remove it, or state volumes without a log.")


def dotted(keys: Keys) -> str:
    """The way to a key, as people write it."""
    return ".".join(str(key) for key in keys)
