"""The options of `breakeven quick`, read as exact fractions: 0.1 is one tenth. Every mistake is told at once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from breakeven.problems import Problem, Problems

Number = int | float | str | Decimal | Fraction
LARGEST, SMALLEST, LONGEST_TEXT = Fraction(10) ** 12, Fraction(1, 10**9), 60
_NUMBER = "Write a plain number, such as 50000 or 0.5."
_EXAMPLE = {
    "tokens": "Give the millions of tokens of a month, such as --tokens 50000.",
    "gpu-capacity": "Give the millions of tokens that one GPU serves in a month, such as --gpu-capacity 6250.",
    "gpus": "Give whole GPUs, such as --gpus 8.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked. With `gpu_capacity` the fleet follows the volume, and `gpus` is ignored."""

    tokens: Fraction
    hosted_price: Fraction
    gpu_monthly: Fraction
    eng_monthly: Fraction
    gpus: Fraction | None = None
    gpu_capacity: Fraction | None = None
    utilization: Fraction | None = None

    def given(self) -> dict[str, Fraction]:
        """The values by the name the lines know them under. A fleet that follows the volume is not given."""
        fleet = {"gpus": self.gpus} if self.gpu_capacity is None else {"gpu_capacity": self.gpu_capacity}
        money = {name: getattr(self, name) for name in ("hosted_price", "gpu_monthly", "eng_monthly")}
        return {"tokens": self.tokens, **money, **{n: v for n, v in fleet.items() if v is not None}}


def read(
    *,
    tokens: Number,
    hosted_price: Number,
    gpu_monthly: Number,
    eng_monthly: Number,
    gpus: Number | None = None,
    gpu_capacity: Number | None = None,
    utilization: Number | None = None,
) -> Options:
    """The options as exact numbers. Raises `Problem` for one mistake, `Problems` for several."""
    reader = _Reader()
    options = Options(
        tokens=reader.positive("tokens", tokens),
        hosted_price=reader.number("hosted-price", hosted_price),
        gpu_monthly=reader.number("gpu-monthly", gpu_monthly),
        eng_monthly=reader.number("eng-monthly", eng_monthly),
        gpus=None if gpus is None else reader.whole("gpus", gpus),
        gpu_capacity=None if gpu_capacity is None else reader.positive("gpu-capacity", gpu_capacity),
        utilization=None if utilization is None else reader.share("utilization", utilization),
    )
    if gpus is None and gpu_capacity is None:
        reader.found.append(_no_fleet())
    reader.finish()
    return options


def _no_fleet() -> Problem:
    return Problem(
        "The size of the fleet is not known.",
        where="--gpus",
        fix="Give --gpus 8, or --gpu-capacity 6250 (MTok a GPU serves in a month) and the fleet follows the volume.",
    )


class _Reader:
    """Reads one option after the other and keeps what is wrong."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def finish(self) -> None:
        """Raise what was found."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise Problems(self.found)

    def wrong(self, option: str, what: str, fix: str = "") -> Fraction:
        """Keep a mistake; the one that goes on with is never used."""
        self.found.append(Problem(what, where=f"--{option}", fix=fix or _EXAMPLE.get(option, _NUMBER)))
        return Fraction(1)

    def number(self, option: str, value: Number) -> Fraction:
        """A number that is zero or more, and of this world."""
        exact = exact_number(value)
        if exact is None:
            return self.wrong(option, f"{_shown(value)} is not a number.", _NUMBER)
        if exact < 0:
            return self.wrong(option, f"{_shown(value)} is negative.", "Give zero or more.")
        if exact > LARGEST or 0 < exact < SMALLEST:
            return self.wrong(
                option,
                f"{_shown(value)} is not a quantity of this world.",
                "Give zero, or something between 1e-9 and 1e12; tokens are in millions, money in dollars.",
            )
        return exact

    def positive(self, option: str, value: Number) -> Fraction:
        """More than zero."""
        exact = self.number(option, value)
        return exact or self.wrong(option, f"{_shown(value)} leaves nothing to compare.")

    def whole(self, option: str, value: Number) -> Fraction:
        """A whole number of at least one."""
        exact = self.number(option, value)
        if exact.denominator != 1 or exact < 1:
            return self.wrong(option, f"{_shown(value)} is not a whole number of at least 1.")
        return exact

    def share(self, option: str, value: Number) -> Fraction:
        """Between zero and one."""
        exact = self.number(option, value)
        if exact > 1:
            return self.wrong(option, f"{_shown(value)} is more than 1.", "Give a share: 0.5 for 50 %.")
        return exact


def _shown(value: Number) -> str:
    text = str(value)
    return f'"{text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"}"'


def exact_number(value: Number) -> Fraction | None:
    """The number as the decimal it is written as; None for what is no number. Huge exponents stay cheap."""
    if isinstance(value, Fraction):
        return value
    text = str(value).strip()
    try:
        decimal = Decimal(text) if len(text) <= LONGEST_TEXT and not isinstance(value, bool) else None
    except InvalidOperation:
        return None
    if decimal is None or not decimal.is_finite():
        return None
    if abs(decimal.adjusted()) > LONGEST_TEXT and decimal:
        return Fraction(LARGEST + 1 if decimal.adjusted() > 0 else SMALLEST / 2) * (-1 if decimal < 0 else 1)
    return Fraction(decimal) if decimal else Fraction(0)
