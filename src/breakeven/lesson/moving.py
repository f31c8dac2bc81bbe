"""The last two parts: readiness, and the hybrid migration."""

from __future__ import annotations

from breakeven.decision.hybrid.hybrid import Ladder
from breakeven.decision.readiness.questionnaire import questionnaire
from breakeven.lesson.material import Material
from breakeven.lesson.parts import LessonTable, Part, part
from breakeven.report.wording import counted, money, percent, plain
from breakeven.study.resolve.serving.readiness_inputs import Examined

MOST_BASES = 8
BASES = "Replicas owned, the rest bought; every input at its mean"
NOT_LOOKED = "nobody has looked"


def readiness(material: Material) -> Part:
    """Can the team run it."""
    header, book = material.study.basis.header, questionnaire()
    readiness = material.examined.readiness if material.examined else None
    people = readiness.remediation_person_months if readiness else None
    return part(
        "readiness",
        {
            "dimensions": str(len(book.dimensions)),
            "allows": readiness.allows if readiness else NOT_LOOKED,
            "person_months": plain(people.likely) if people else "an unknown number of",
            "cost": money(readiness.remediation_cost, header.currency) if readiness else NOT_LOOKED,
            "earliest": str(readiness.earliest_start_month) if readiness else "(unknown)",
        },
        (_dimensions(material.examined),),
    )


def _dimensions(examined: Examined | None) -> LessonTable:
    found = {each.number: each for each in examined.readiness.dimensions} if examined else {}
    rows = tuple(
        (str(each.number), each.title, found[each.number].level if each.number in found else NOT_LOOKED)
        for each in questionnaire().dimensions
    )
    return LessonTable(
        title="What is asked, and what the case shows", header=("", "dimension", "shown"), rows=rows, after=1
    )


def hybrid(material: Material) -> Part:
    """Own the base, buy the peaks."""
    header, bases = material.study.basis.header, material.option.depth.owned_bases
    canary = next((row.values[material.number] for row in material.study.table if row.line == "warm_fallback"), 0.0)
    return part(
        "hybrid",
        {
            "horizon": str(header.horizon_months),
            "best_base": best_base(bases, header.currency),
            "entry_ticket": money(bases.entry_ticket, header.currency) if bases else NOT_LOOKED,
            "canary": money(canary, header.currency),
        },
        (_bases(bases, header.currency),) if bases else (),
    )


def best_base(bases: Ladder | None, currency: str) -> str:
    """How much to own."""
    if bases is None or bases.best < 0:
        return "No base that was looked at is worth owning here: every replica costs more than the tokens it replaces."
    best = bases.rungs[bases.best]
    worth = money(best.net_present_value, currency)
    return f"Best is {counted(best.replicas, 'replica')}, worth {worth}, {percent(best.utilization)} busy."


def _bases(bases: Ladder, currency: str) -> LessonTable:
    rungs = bases.rungs if len(bases.rungs) <= MOST_BASES else bases.rungs[:: -(-len(bases.rungs) // MOST_BASES)]
    rows = tuple(
        (
            f"{rung.replicas:g}",
            money(rung.net_present_value, currency),
            money(rung.at_half, currency),
            percent(rung.utilization),
            percent(rung.spill_share),
        )
        for rung in rungs
    )
    header = ("replicas", "net present value", "at half the load", "busy", "bursts")
    return LessonTable(title=BASES, header=header, rows=rows, after=1)
