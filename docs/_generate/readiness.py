"""The readiness questions as tables, from the questionnaire that ships."""

from __future__ import annotations

from collections.abc import Iterator

from _generate.tables import table

from breakeven.decision.readiness.evidence import limit
from breakeven.decision.readiness.questionnaire import Dimension, Item, Level, Questionnaire, questionnaire


def dimensions() -> str:
    """Every dimension: what its colours mean, its playbook, its source."""
    return "\n".join(_dimension(each, questionnaire()) for each in questionnaire().dimensions)


def _dimension(one: Dimension, book: Questionnaire) -> str:
    star = " (red forbids production)" if one.blocks_cut_over else ""
    steps = "; then ".join(_step(one, number, book) for number in range(1, len(one.playbook) + 1))
    note = f" {one.note}" if one.note else ""
    rules = "".join(f" {each.says}" for each in one.rules)
    return (
        f"**{one.number} {one.title}**{star}. Red: {one.levels['red']}. Yellow: {one.levels['yellow']}. "
        f"Green: {one.levels['green']}.{rules}\n\n"
        + table(("item", "question", "shown by", "yellow", "green", "counts for"), list(_rows(one, book)))
        + f"\nPlaybook: {steps}.{note} Source: {one.source}.\n"
    )


def _rows(one: Dimension, book: Questionnaire) -> Iterator[tuple[str, ...]]:
    for name in one.items:
        item = book.items[name]
        age = f"{item.expires_in_days} days" if item.expires_in_days else ""
        yield f"`{name}`", item.question, item.kind, *_asked(item, one), age


def _asked(item: Item, one: Dimension) -> tuple[str, str]:
    """What its own dimension asks of it at yellow and at green."""
    told: dict[Level, str] = {level: limit(item, bound) or "there" for level, bound in item.bounds.items()}
    if not any(item.id in route for route in one.routes["yellow"]):
        return "", told.get("green", told.get("yellow", ""))
    return told["yellow"], told.get("green", "")


def _step(one: Dimension, number: int, book: Questionnaire) -> str:
    bounds = [each for name in one.items for each in book.items[name].bounds.values() if each.step == number]
    work = sum(each.effort.likely for each in bounds)
    step = one.playbook[number - 1]
    return f"{step.do.rstrip('.').lower()} ({work:.3g} person-months, {step.months:g} on the calendar)"
