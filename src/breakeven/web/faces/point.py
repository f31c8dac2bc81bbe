"""The answer that is there at once: every drawn input at its mean, the chance not drawn yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from breakeven.decision.answers.verdict import PAYS
from breakeven.report.board.blocks import Figure, Tone
from breakeven.report.board.content import TONES
from breakeven.report.board.request import of_a_month
from breakeven.report.pages.parts.answer import asked_before
from breakeven.report.wording import money, month_shortly, months, plain, price, volume
from breakeven.study.modes import BOUGHT, BY_TOKEN
from breakeven.study.recomputing.point import PointAnswer, PointOption
from breakeven.study.recomputing.tiers import CloserAnswer
from breakeven.study.study import Basis
from breakeven.web.faces import alike
from breakeven.web.faces.nearby import option_of
from breakeven.web.faces.table import NOTHING, Side, Total, side_by_side
from breakeven.web.faces.verdict import answer, chance, numbers
from breakeven.web.markup import Html, el, join

AT_MEANS = "every input at its mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known so far: the point, and what came closer. `names`: of the options, by key."""

    basis: Basis
    answer: PointAnswer
    nearer: CloserAnswer | None
    names: Mapping[str, str]

    @property
    def best(self) -> PointOption:
        """The option that the answer is about."""
        return next(each for each in self.answer.options if each.key == self.answer.best)

    @property
    def best_class(self) -> str:
        """The class of that option, as far as it is known."""
        known = None if self.nearer is None else option_of(self.nearer, self.answer.best)
        return (known.verdict if known is not None else self.best.verdict) or ""

    @property
    def called(self) -> str:
        """What that option is called."""
        return self.names[self.answer.best]

    @property
    def way(self) -> str:
        """The same beside the answer, which says already that we serve it."""
        return self.called.removeprefix("self-host, ")


def known(basis: Basis, first: PointAnswer, nearer: CloserAnswer | None = None) -> Known:
    """What both say together: what came closer takes the place of what was first."""
    found = first if nearer is None else replace(first, best=nearer.best, answer=nearer.answer, first=nearer.first)
    basis = replace(basis, columns=first.columns)
    return Known(basis=basis, answer=found, nearer=nearer, names=alike.names(basis))


def headline(so_far: Known) -> str:
    """What to do, as far as it is known."""
    option, point_answer, best_class = so_far.best, so_far.answer, so_far.best_class
    if point_answer.first and best_class != "FORCED":
        column = next(column for column in point_answer.columns if column.key == option.key)
        name = "" if option.mode in BOUGHT else f" ({so_far.way})"
        return f"{point_answer.answer}{name}, if {asked_before(so_far.basis, column, point_answer.first)}."
    if so_far.nearer is not None and not so_far.nearer.commit:
        return f"{point_answer.answer} ({so_far.way}): NOT YET. It pays on average, but loses in most scenarios."
    if best_class in PAYS or best_class == "FORCED":
        return f"{point_answer.answer} ({so_far.way}): {best_class} so far."
    return f"{point_answer.answer}: {so_far.called} {best_class or 'today'} so far."


def tone(so_far: Known) -> Tone:
    """The colour of the answer."""
    waits = so_far.answer.first or (so_far.nearer is not None and not so_far.nearer.commit)
    return "open" if waits else TONES.get(so_far.best_class, "bad")


def verdict(so_far: Known) -> Html:
    """The sentence, the three numbers, and what the answer does not know yet."""
    header = so_far.basis.header
    return join(
        [
            answer(headline(so_far), tone(so_far), because(so_far)),
            numbers(figures(so_far)),
            el("p", f"{header.name} as of {header.as_of} · {volume(so_far.answer.volume_mtok)} a month · "
               f"{so_far.called} at {price(so_far.best.cost_per_mtok, header.currency)} a million tokens",
               class_="subject"),
        ]
    )  # fmt: skip


def because(so_far: Known) -> str:
    """Why, in a sentence."""
    option, header = so_far.best, so_far.basis.header
    less = "less" if option.net_present_value > 0 else "more"
    whole = money(abs(option.net_present_value), header.currency)
    back = "it never pays back in that time" if option.payback_months is None else (
        f"it pays back in {months(option.payback_months)}"
    )  # fmt: skip
    sentence = f"{so_far.called} costs {whole} {less} over {header.horizon_months} months than keeping today's model"
    return f"{sentence[0].upper()}{sentence[1:]} (net present value, {AT_MEANS}); {back}."


def figures(so_far: Known) -> Sequence[Figure]:
    """The horizon, a month, and the chance, or that it is not drawn yet."""
    option, header = so_far.best, so_far.basis.header
    drawn = None if so_far.nearer is None else option_of(so_far.nearer, option.key)
    worth = option.net_present_value if drawn is None else drawn.expected_net_present_value
    today = so_far.answer.options[0].monthly_cost
    return (
        Figure(
            label=f"gain or loss over {header.horizon_months} months",
            value=money(worth, header.currency),
            note=f"{so_far.called}, {AT_MEANS if drawn is None else 'on average over the first draws'}",
        ),
        of_a_month(option.monthly_cost, today, month_shortly(header.as_of, so_far.answer.month), header.currency),
        chance(drawn.chance, header.currency) if drawn else chance(None, header.currency, so_far.answer.provisional),
    )


def options(so_far: Known) -> Html:
    """The month of every option."""
    point_answer, names = so_far.answer, so_far.names
    sides = [
        Side(key=option.key, name=names[option.key], best=option.key == point_answer.best)
        for option in point_answer.options
    ]
    return side_by_side(so_far.basis.header, sides, point_answer.table, totals(so_far))


def totals(so_far: Known) -> Iterator[Total]:
    """The rows under the table."""
    point_answer = so_far.answer
    near = {} if so_far.nearer is None else {option.key: option for option in so_far.nearer.options}
    worth = [near[option.key].expected_net_present_value if option.key in near else option.net_present_value
             for option in point_answer.options[1:]]  # fmt: skip
    classes = [
        near[option.key].verdict if option.key in near else option.verdict for option in point_answer.options[1:]
    ]
    currency, own = so_far.basis.header.currency, point_answer.options[1:]
    yield Total(name="Total", texts=[money(option.monthly_cost, currency) for option in point_answer.options],
                line="monthly_cost")  # fmt: skip
    yield Total(name="per million tokens", line="cost_per_mtok",
                texts=[price(option.cost_per_mtok, currency) for option in point_answer.options])  # fmt: skip
    yield Total(name="Paid once", texts=[NOTHING, *(money(option.one_time_cost, currency) for option in own)],
                line="one_time_cost")  # fmt: skip
    yield Total(name=f"Net present value, {so_far.basis.header.horizon_months} months", line="net_present_value",
                texts=[NOTHING, *(money(amount, currency) for amount in worth)])  # fmt: skip
    yield Total(name="GPUs", line="gpus", texts=[NOTHING, *(NOTHING if option.mode in BY_TOKEN else plain(option.gpus)
                                                             for option in own)])  # fmt: skip
    shown = (
        "" if option.mode == "hosted" else option_class or "" for option, option_class in zip(own, classes, strict=True)
    )
    yield Total(name="Verdict so far", texts=["", *shown])


def costs(so_far: Known) -> Html:
    """A month of every option by group of cost."""
    return alike.costs(so_far.basis, so_far.answer.table, [option.monthly_cost for option in so_far.answer.options])


def halves(so_far: Known) -> Html:
    """As planned, and at half the utilization both ways."""
    return alike.halves(so_far.best.net_present_value, so_far.best.halves, so_far.basis.header.currency)
