"""The answer that is there at once: every drawn input at its mean, the chance not drawn yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from breakeven.decision.answers.verdict import PAYS
from breakeven.report.board.blocks import Figure, Tone
from breakeven.report.board.content import TONES
from breakeven.report.board.request import of_a_month
from breakeven.report.pages.parts.answer import asked_before
from breakeven.report.wording import money, months, plain, price, volume
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


def headline(it: Known) -> str:
    """What to do, as far as it is known."""
    option, found, its = it.best, it.answer, it.best_class
    if found.first and its != "FORCED":
        column = next(each for each in found.columns if each.key == option.key)
        name = "" if option.mode in BOUGHT else f" ({it.way})"
        return f"{found.answer}{name}, if {asked_before(it.basis, column, found.first)}."
    if it.nearer is not None and not it.nearer.commit:
        return f"{found.answer} ({it.way}): NOT YET. It pays on average, but loses in most scenarios."
    if its in PAYS or its == "FORCED":
        return f"{found.answer} ({it.way}): {its} so far."
    return f"{found.answer}: {it.called} {its or 'today'} so far."


def tone(it: Known) -> Tone:
    """The colour of the answer."""
    waits = it.answer.first or (it.nearer is not None and not it.nearer.commit)
    return "open" if waits else TONES.get(it.best_class, "bad")


def verdict(it: Known) -> Html:
    """The sentence, the three numbers, and what the answer does not know yet."""
    header = it.basis.header
    return join(
        [
            answer(headline(it), tone(it), because(it)),
            numbers(figures(it)),
            el("p", f"{header.name} as of {header.as_of} · {volume(it.answer.volume_mtok)} a month · "
               f"{it.called} at {price(it.best.cost_per_mtok, header.currency)} a million tokens", class_="subject"),
        ]
    )  # fmt: skip


def because(it: Known) -> str:
    """Why, in a sentence."""
    option, header = it.best, it.basis.header
    less = "less" if option.net_present_value > 0 else "more"
    whole = money(abs(option.net_present_value), header.currency)
    back = "it never pays back in that time" if option.payback_months is None else (
        f"it pays back in {months(option.payback_months)}"
    )  # fmt: skip
    sentence = f"{it.called} costs {whole} {less} over {header.horizon_months} months than keeping today's model"
    return f"{sentence[0].upper()}{sentence[1:]} (net present value, {AT_MEANS}); {back}."


def figures(it: Known) -> Sequence[Figure]:
    """The horizon, a month, and the chance, or that it is not drawn yet."""
    option, header = it.best, it.basis.header
    drawn = None if it.nearer is None else option_of(it.nearer, option.key)
    worth = option.net_present_value if drawn is None else drawn.expected_net_present_value
    today = it.answer.options[0].monthly_cost
    return (
        Figure(
            label=f"gain or loss over {header.horizon_months} months",
            value=money(worth, header.currency),
            note=f"{it.called}, {AT_MEANS if drawn is None else 'on average over the first draws'}",
        ),
        of_a_month(option.monthly_cost, today, it.answer.month, header.currency),
        chance(drawn.chance, header.currency) if drawn else chance(None, header.currency, it.answer.provisional),
    )


def options(it: Known) -> Html:
    """The month of every option."""
    found = it.answer
    sides = [Side(key=each.key, name=it.names[each.key], best=each.key == found.best) for each in found.options]
    return side_by_side(it.basis.header, sides, found.table, totals(it))


def totals(it: Known) -> Iterator[Total]:
    """The rows under the table."""
    found, near = it.answer, {} if it.nearer is None else {each.key: each for each in it.nearer.options}
    worth = [near[each.key].expected_net_present_value if each.key in near else each.net_present_value
             for each in found.options[1:]]  # fmt: skip
    classes = [near[each.key].verdict if each.key in near else each.verdict for each in found.options[1:]]
    currency, own = it.basis.header.currency, found.options[1:]
    yield Total(name="Total", texts=[money(each.monthly_cost, currency) for each in found.options],
                line="monthly_cost")  # fmt: skip
    yield Total(name="per million tokens", texts=[price(each.cost_per_mtok, currency) for each in found.options],
                line="cost_per_mtok")  # fmt: skip
    yield Total(name="Paid once", texts=[NOTHING, *(money(each.one_time_cost, currency) for each in own)],
                line="one_time_cost")  # fmt: skip
    yield Total(name=f"Net present value, {it.basis.header.horizon_months} months", line="net_present_value",
                texts=[NOTHING, *(money(each, currency) for each in worth)])  # fmt: skip
    yield Total(name="GPUs", line="gpus", texts=[NOTHING, *(NOTHING if each.mode in BY_TOKEN else plain(each.gpus)
                                                             for each in own)])  # fmt: skip
    shown = ("" if each.mode == "hosted" else its or "" for each, its in zip(own, classes, strict=True))
    yield Total(name="Verdict so far", texts=["", *shown])


def costs(it: Known) -> Html:
    """A month of every option by group of cost."""
    return alike.costs(it.basis, it.answer.table, [each.monthly_cost for each in it.answer.options])


def halves(it: Known) -> Html:
    """As planned, and at half the utilization both ways."""
    return alike.halves(it.best.net_present_value, it.best.halves, it.basis.header.currency)
