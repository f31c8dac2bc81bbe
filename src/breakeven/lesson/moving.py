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


def readiness(it: Material) -> Part:
    """Can the team run it."""
    header, book = it.study.basis.header, questionnaire()
    found = it.examined.readiness if it.examined else None
    people = found.remediation_person_months if found else None
    return part(
        "readiness",
        {
            "dimensions": str(len(book.dimensions)),
            "allows": found.allows if found else NOT_LOOKED,
            "person_months": plain(people.likely) if people else "an unknown number of",
            "cost": money(found.remediation_cost, header.currency) if found else NOT_LOOKED,
            "earliest": str(found.earliest_start_month) if found else "(unknown)",
        },
        (_dimensions(it.examined),),
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


def hybrid(it: Material) -> Part:
    """Own the base, buy the peaks."""
    header, found = it.study.basis.header, it.option.depth.owned_bases
    canary = next((row.values[it.number] for row in it.study.table if row.line == "warm_fallback"), 0.0)
    return part(
        "hybrid",
        {
            "horizon": str(header.horizon_months),
            "best_base": best_base(found, header.currency),
            "entry_ticket": money(found.entry_ticket, header.currency) if found else NOT_LOOKED,
            "canary": money(canary, header.currency),
        },
        (_bases(found, header.currency),) if found else (),
    )


def best_base(found: Ladder | None, currency: str) -> str:
    """How much to own."""
    if found is None or found.best < 0:
        return "No base that was looked at is worth owning here: every replica costs more than the tokens it replaces."
    best = found.rungs[found.best]
    worth = money(best.net_present_value, currency)
    return f"Best is {counted(best.replicas, 'replica')}, worth {worth}, {percent(best.utilization)} busy."


def _bases(found: Ladder, currency: str) -> LessonTable:
    rungs = found.rungs if len(found.rungs) <= MOST_BASES else found.rungs[:: -(-len(found.rungs) // MOST_BASES)]
    rows = tuple(
        (
            f"{each.replicas:g}",
            money(each.net_present_value, currency),
            money(each.at_half, currency),
            percent(each.utilization),
            percent(each.spill_share),
        )
        for each in rungs
    )
    header = ("replicas", "net present value", "at half the load", "busy", "bursts")
    return LessonTable(title=BASES, header=header, rows=rows, after=1)
