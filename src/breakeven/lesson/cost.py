"""The first two parts: the whole cost line by line, and what the demo's two sums leave out."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from breakeven.lesson.material import Material
from breakeven.lesson.parts import LessonTable, Part, part
from breakeven.quick.tco import Comparison, tco_compare
from breakeven.report.wording import money, percent, price, significant, volume
from breakeven.study.study import Row

GPUS = ("gpu_rent", "serverless_cost", "capital_charge", "owned_idle_value")
PEOPLE = ("run_engineering", "on_call_stipends", "on_call_incidents", "night_route_back", "hosted_engineering")
UTILIZATIONS = (0.1, 0.9)


def rows_of(material: Material) -> list[Row]:
    """The rows of the month that cost anything for the option, or save."""
    return [row for row in material.study.table if not row.of_which and round(row.values[material.number])]


def cost_of(material: Material, lines: tuple[str, ...]) -> float:
    """What these lines cost in the named month. Raises `KeyError` for a line that has no row."""
    by_line = {row.line: row.values[material.number] for row in material.study.table}
    return sum(by_line[line] for line in lines)


def whole_cost(material: Material) -> Part:
    """What goes into total cost."""
    study, option, header = material.study, material.option, material.study.basis.header
    total, gpus = option.monthly_cost, cost_of(material, GPUS)
    used = option.utilization
    return part(
        "whole_cost",
        {
            "name": header.name,
            "volume": volume(study.volume_mtok),
            "hosted_cost": money(study.hosted_monthly_cost, header.currency),
            "hosted_price": price(study.hosted_cost_per_mtok, header.currency),
            "month": str(header.month),
            "option": material.called,
            "gpu_cost": money(gpus, header.currency),
            "gpu_share": percent(gpus / total),
            "own_cost": money(total, header.currency),
            "other_cost": money(total - gpus, header.currency),
            "reached": "part" if used is None else percent(used.reached),
            "one_time_cost": money(option.one_time_cost, header.currency),
            "exit_cost": money(option.exit_cost, header.currency),
        },
        (_lines(material),),
    )


def _lines(material: Material) -> LessonTable:
    currency, total = material.study.basis.header.currency, material.option.monthly_cost
    rows = [
        (row.label, money(row.values[material.number], currency), percent(row.values[material.number] / total))
        for row in rows_of(material)
    ]
    rows.append(("all of it", money(total, currency), percent(1.0)))
    title = f"{material.called}, month {material.study.basis.header.month}"
    return LessonTable(title=title, header=("line", f"{currency}/month", "share"), rows=tuple(rows), after=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The numbers of the demo, rounded as a person would type them, so that its sums can be done by hand."""

    monthly_tokens_millions: int
    hosted_price_per_m: float
    gpu_monthly: int
    gpus: int
    eng_monthly: int

    def says(self, utilization: float = 0.5) -> Comparison:
        """The demo's own function on them."""
        return tco_compare(**asdict(self), utilization=utilization)


def demo(material: Material) -> Demo:
    """The demo's numbers of a case: a GPU and the people as the engine has them."""
    return Demo(
        monthly_tokens_millions=round(material.study.volume_mtok),
        hosted_price_per_m=significant(material.study.hosted_cost_per_mtok, 4),
        gpu_monthly=round(cost_of(material, GPUS) / material.option.gpus),
        gpus=round(material.option.gpus),
        eng_monthly=round(cost_of(material, PEOPLE)),
    )


def side_by_side(material: Material) -> Part:
    """The demo and what it leaves out."""
    option, currency, demo_numbers = material.option, material.study.basis.header.currency, demo(material)
    says, low, high = demo_numbers.says(), *(demo_numbers.says(utilization) for utilization in UTILIZATIONS)
    call = f"tco_compare({', '.join(f'{name}={value}' for name, value in asdict(demo_numbers).items())})"
    return part(
        "side_by_side",
        {
            "call": call,
            "result": f"hosted_usd={says['hosted_usd']}, self_hosted_usd={says['self_hosted_usd']}, "
            f"cheaper={says['cheaper']}",
            "at_low": money(low["self_hosted_usd"], currency),
            "at_high": money(high["self_hosted_usd"], currency),
            "own_cost": money(option.monthly_cost, currency),
            "demo_cost": money(says["self_hosted_usd"], currency),
            "gap": money(option.monthly_cost - says["self_hosted_usd"], currency),
            "turn": turn(material),
        },
        (ladder(material),),
    )


def turn(material: Material) -> str:
    """At which forgotten cost the saving is gone."""
    hidden_costs = material.option.depth.hidden_costs
    if hidden_costs.turns_at is None:
        return "It saves to the last line: no cost that is usually forgotten turns this one."
    return f'The saving is gone at "{hidden_costs.rungs[hidden_costs.turns_at].label}".'


def ladder(material: Material) -> LessonTable:
    """Costs added one by one, and what is still saved."""
    currency, hidden_costs = material.study.basis.header.currency, material.option.depth.hidden_costs
    rows = tuple(
        (rung.label, money(rung.adds, currency), money(rung.saving_so_far, currency))
        for rung in hidden_costs.rungs
        if round(rung.adds)
    )
    header = ("cost added", f"{currency}/month", "still saved")
    return LessonTable(title="What is usually forgotten, added one by one", header=header, rows=rows, after=3)
