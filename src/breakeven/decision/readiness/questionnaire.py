"""The readiness questionnaire as data: dimensions, their levels, the evidence each level asks for, the playbooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from breakeven.numbers.inputs import Source
from breakeven.shipped import shipped

Level = Literal["red", "yellow", "green"]
EvidenceKind = Literal["link", "date", "number", "owner", "yes-with-link"]
Route = tuple[str, ...]
"""Items that together give a level."""
LEVELS: tuple[Level, ...] = ("red", "yellow", "green")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Work in person-months: 5th percentile, likely, 95th percentile; all of it judgement."""

    low: float = 0.0
    likely: float = 0.0
    high: float = 0.0

    def __add__(self, other: Effort) -> Effort:
        """Both, taken as cheap or dear together."""
        return Effort(low=self.low + other.low, likely=self.likely + other.likely, high=self.high + other.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What an item must show at one level, the step of the playbook that gets it, and the work it takes."""

    step: int  # from 1
    effort: Effort
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None

    def holds(self, number: float) -> bool:
        """Whether a number is within the bound."""
        enough = self.at_least is None or number >= self.at_least
        return (
            enough and (self.at_most is None or number <= self.at_most) and (self.below is None or number < self.below)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question: what it asks, what kind of artefact answers it, and for how many days that counts."""

    id: str
    question: str
    kind: EvidenceKind
    dimension: str
    unit: str = ""
    expires_in_days: int | None = None
    uses_fallback: bool = False
    bounds: Mapping[Level, Bound]

    def tier(self, level: Level) -> Level:
        """The level whose bound counts: its own, else the one below."""
        return level if level in self.bounds else "yellow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the three steps of a playbook, and how long it takes on the calendar."""

    do: str
    months: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is said when none of these items is shown."""

    lacks_all: Route
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One of the nine: its levels in words, the routes to each, its playbook and source."""

    id: str
    number: int
    title: str
    group: str
    blocks_cut_over: bool
    levels: Mapping[Level, str]
    items: tuple[str, ...]
    routes: Mapping[Level, tuple[Route, ...]]
    playbook: tuple[Step, ...]
    rules: tuple[Rule, ...]
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPeriod:
    """Which deployments and incidents count: the days before the case's day, and the fewest rows of each."""

    window_days: int
    least_deployments: int
    least_incidents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """The whole of it. `groups` maps a group to its title."""

    version: str
    groups: Mapping[str, str]
    dimensions: tuple[Dimension, ...]
    items: Mapping[str, Item]
    delivery: MeasuredPeriod


@cache
def questionnaire() -> Questionnaire:
    """The questionnaire that ships with breakeven."""
    data = shipped("decision/readiness.yaml")
    sources = {name: Source(**fields) for name, fields in data["sources"].items()}
    items = [_item(fields, dimension["id"]) for dimension in data["dimensions"] for fields in dimension["items"]]
    return Questionnaire(
        version=data["version"],
        groups={name: fields["title"] for name, fields in data["groups"].items()},
        dimensions=tuple(_dimension(fields, sources) for fields in data["dimensions"]),
        items={item.id: item for item in items},
        delivery=MeasuredPeriod(**{name: value for name, value in data["delivery"].items() if name != "source"}),
    )


def _item(fields: dict[str, Any], dimension: str) -> Item:
    bounds = {level: _bound(fields[level]) for level in LEVELS if level in fields}
    plain = {name: value for name, value in fields.items() if name not in LEVELS}
    return Item(**plain, dimension=dimension, bounds=bounds)


def _bound(fields: dict[str, Any]) -> Bound:
    low, likely, high = fields["effort"]
    return Bound(**{**fields, "effort": Effort(low=low, likely=likely, high=high)})


def _dimension(fields: dict[str, Any], sources: Mapping[str, Source]) -> Dimension:
    yellow = tuple(tuple(route) for route in fields["yellow_routes"])
    green = tuple(tuple(route) for route in fields.get("green_routes", ()))
    green += tuple((*route, *more) for more in fields.get("green_adds", ()) for route in yellow)
    return Dimension(
        id=fields["id"],
        number=fields["number"],
        title=fields["title"],
        group=fields["group"],
        blocks_cut_over=fields.get("blocks_cut_over", False),
        levels=fields["levels"],
        items=tuple(field["id"] for field in fields["items"]),
        routes={"yellow": yellow, "green": green},
        playbook=tuple(Step(**field) for field in fields["playbook"]),
        rules=tuple(Rule(lacks_all=tuple(rule["lacks_all"]), says=rule["says"]) for rule in fields.get("rules", ())),
        source=sources[fields["source"]],
        note=fields.get("note", ""),
    )
