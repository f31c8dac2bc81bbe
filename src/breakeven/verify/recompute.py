"""Recomputes every published figure from its own model and says what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from breakeven.numbers.lines import Model
from breakeven.verify import lines
from breakeven.verify.cases import Case, Figure, Given, cases
from breakeven.verify.reproduction import Finding, Recomputed, Reproduction

CONSTANTS = {
    "seconds_per_hour": Fraction(3600),
    "tokens_per_mtok": Fraction(10**6),
    "watts_per_kilowatt": Fraction(1000),
    "months_per_year": Fraction(12),
}
INPUTS = (
    "gpus", "gpu_price", "overhead_share", "tokens_per_second", "hours_per_month", "token_share", "gpu_watts",
    "power_usage_effectiveness", "electricity_price_per_kwh", "electricity_share", "api_input_price",
    "api_output_price", "engineer_monthly", "server_price", "depreciation_years", "hosting", "licence_price",
    "licences_per_server", "input_volume", "output_volume", "gpu_price_per_hour", "amortization_years",
    "data_centre", "cloud_price_per_gpu_hour", "nodes", "engineers", "persons", "cached_volume", "api_cached_price",
)  # fmt: skip
MODEL = Model(lines, inputs=(*INPUTS, *CONSTANTS))


def verify() -> tuple[Reproduction, ...]:
    """Every published figure beside ours, in the order of the cases."""
    return tuple(figure for case in recomputed() for figure in case.figures)


def recomputed() -> tuple[Recomputed, ...]:
    """The same, case by case, with what each leaves out."""
    return tuple(
        Recomputed(title=case.title, source=case.source, figures=tuple(_of(case)), left_out=case.left_out)
        for case in cases()
    )


def _of(case: Case) -> Iterator[Reproduction]:
    for figure in case.figures:
        ours = value(figure, figure.given)
        yield Reproduction(
            case=case.title,
            row=figure.row,
            column=figure.column,
            unit=MODEL.lines[figure.line].unit,
            published=None if figure.published is None else float(figure.published),
            ours=float(ours),
            within=None if figure.within is None else float(figure.within),
            finding=finding(figure, ours),
            note=figure.contradicts or figure.left_out,
        )
    if case.stated_says:
        yield taken_at_its_word(case)


def value(figure: Figure, given: Given) -> Fraction:
    """Ours, exactly."""
    return Fraction(MODEL.evaluate({**given, **CONSTANTS}, [figure.line])[figure.line])


def finding(figure: Figure, ours: Fraction) -> Finding:
    """What became of a figure. Only a contradiction that the case names excuses a difference."""
    if figure.left_out:
        return "left out"
    if agrees(figure, ours):
        return "reproduces"
    return "contradicts itself" if figure.contradicts else "does not reproduce"


def agrees(figure: Figure, ours: Fraction) -> bool:
    """Whether ours is the published number, or on the published side."""
    if figure.above is not None:
        return ours > figure.above
    if figure.published is None or figure.within is None:
        return False
    return abs(ours - figure.published) <= figure.within


def taken_at_its_word(case: Case) -> Reproduction:
    """How many of the cells that reproduce would do so with what the text states."""
    cells = [figure for figure in case.figures if figure.stated and figure.line == "months_to_break_even"]
    sound = [cell for cell in cells if not cell.contradicts]
    same = sum(agrees(cell, value(cell, cell.stated)) for cell in sound)
    return Reproduction(
        case=case.title,
        row=case.stated_says,
        column="",
        unit="cells",
        published=float(len(sound)),
        ours=float(same),
        within=0.0,
        finding="reproduces" if same == len(sound) else "contradicts itself",
        note=case.stated_note,
    )
