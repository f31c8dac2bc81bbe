"""The answer that is there at once: every drawn input at its mean, the chance not drawn yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from breakeven.decision.answers.verdict import PAYS
from breakeven.report.board.blocks import Figure, Tone
from breakeven.report.board.content import TONES
from breakeven.report.pages.parts.answer import asked_before
from breakeven.report.pages.parts.behind import grouped
from breakeven.report.wording import money, months, percent, plain, price, volume
from breakeven.study.modes import BOUGHT, BY_TOKEN
from breakeven.study.recomputing.point import PointAnswer, PointOption
from breakeven.study.recomputing.tiers import CloserAnswer, CloserOption
from breakeven.study.study import Basis, Column
from breakeven.web.faces.nearby import option_of
from breakeven.web.faces.table import NOTHING, Side, Total, side_by_side
from breakeven.web.faces.verdict import answer, numbers
from breakeven.web.markup import Html, el, join
from breakeven.web.pictures.bars import Bar, Stack, signed, stacked

AT_MEANS = "every input at its mean"


def best(found: PointAnswer) -> PointOption:
    """The option that the answer is about."""
    return next(each for each in found.options if each.key == found.best)


def best_class(found: PointAnswer, nearer: CloserAnswer | None) -> str:
    """The class of that option, as far as it is known."""
    known = None if nearer is None else option_of(nearer, found.best)
    return (known.verdict if known is not None else best(found).verdict) or ""


def headline(basis: Basis, found: PointAnswer, nearer: CloserAnswer | None) -> str:
    """What to do, as far as it is known."""
    option, its = best(found), best_class(found, nearer)
    if found.first and its != "FORCED":
        column = next((each for each in basis.columns if each.key == option.key), None)
        column = column or Column(name=option.name, mode=option.mode, hybrid=option.hybrid, key=option.key)
        name = "" if option.mode in BOUGHT else f" ({option.name})"
        return f"{found.answer}{name}, if {asked_before(basis, column, found.first)}."
    if nearer is not None and not nearer.commit:
        return f"{found.answer} ({option.name}): NOT YET. It pays on average, but loses in most scenarios."
    if its in PAYS or its == "FORCED":
        return f"{found.answer} ({option.name}): {its} so far."
    return f"{found.answer}: {option.name} {its or 'today'} so far."


def tone(found: PointAnswer, nearer: CloserAnswer | None) -> Tone:
    """The colour of the answer."""
    waits = found.first or (nearer is not None and not nearer.commit)
    return "open" if waits else TONES.get(best_class(found, nearer), "bad")


def verdict(basis: Basis, first: PointAnswer, nearer: CloserAnswer | None = None) -> Html:
    """The sentence, the three numbers, and what the answer does not know yet."""
    found = first if nearer is None else replace(first, best=nearer.best, answer=nearer.answer, first=nearer.first)
    option, currency = best(found), basis.header.currency
    return join(
        [
            answer(headline(basis, found, nearer), tone(found, nearer), because(basis, found)),
            numbers(figures(basis, found, nearer)),
            el("p", f"{basis.header.name} as of {basis.header.as_of} · {volume(found.volume_mtok)} a month · "
               f"{option.name} at {price(option.cost_per_mtok, currency)} a million tokens", class_="subject"),
        ]
    )  # fmt: skip


def because(basis: Basis, found: PointAnswer) -> str:
    """Why, in a sentence."""
    option, header = best(found), basis.header
    less = "less" if option.net_present_value > 0 else "more"
    whole = money(abs(option.net_present_value), header.currency)
    back = "it never pays back in that time" if option.payback_months is None else (
        f"it pays back in {months(option.payback_months)}"
    )  # fmt: skip
    sentence = f"{option.name} costs {whole} {less} over {header.horizon_months} months than keeping today's model"
    return f"{sentence} (net present value, {AT_MEANS}); {back}."


def figures(basis: Basis, found: PointAnswer, nearer: CloserAnswer | None) -> Sequence[Figure]:
    """A month, the horizon, and the chance, or that it is not drawn yet."""
    option, header = best(found), basis.header
    drawn = None if nearer is None else option_of(nearer, option.key)
    return (
        Figure(
            label=f"saved in month {found.month}",
            value=money(option.monthly_saving, header.currency),
            note=f"{option.name} against keeping today's model",
        ),
        Figure(
            label=f"net present value, {header.horizon_months} months",
            value=money(
                option.net_present_value if drawn is None else drawn.expected_net_present_value, header.currency
            ),
            note=AT_MEANS if drawn is None else "on average over the first draws",
        ),
        chance(drawn, found.provisional, header.currency),
    )


def chance(drawn: CloserOption | None, provisional: str, currency: str) -> Figure:
    """The third number."""
    label = "chance that it pays"
    if drawn is None or drawn.chance is None:
        return Figure(label=label, value="…", note=provisional if drawn is None else "no finalist, so not drawn")
    low, high = drawn.chance.p10.value, drawn.chance.p90.value
    between = " to ".join(money(amount, currency) for amount in (low, high))
    return Figure(label=label, value=percent(drawn.chance.chance_to_pay.value), note=f"eight draws in ten: {between}")


def options(basis: Basis, found: PointAnswer, nearer: CloserAnswer | None = None) -> Html:
    """The month of every option."""
    about = found.best if nearer is None else nearer.best
    sides = [Side(key=each.key, name=each.name, best=each.key == about) for each in found.options]
    return side_by_side(basis.header, sides, found.table, totals(basis, found, nearer))


def totals(basis: Basis, found: PointAnswer, nearer: CloserAnswer | None) -> Iterator[Total]:
    """The rows under the table."""
    near = {} if nearer is None else {each.key: each for each in nearer.options}
    worth = [near[each.key].expected_net_present_value if each.key in near else each.net_present_value
             for each in found.options[1:]]  # fmt: skip
    classes = [near[each.key].verdict if each.key in near else each.verdict for each in found.options[1:]]
    currency, own = basis.header.currency, found.options[1:]
    yield Total(name="Total", texts=[money(each.monthly_cost, currency) for each in found.options],
                line="monthly_cost")  # fmt: skip
    yield Total(name="per million tokens", texts=[price(each.cost_per_mtok, currency) for each in found.options],
                line="cost_per_mtok")  # fmt: skip
    yield Total(name="Paid once", texts=[NOTHING, *(money(each.one_time_cost, currency) for each in own)],
                line="one_time_cost")  # fmt: skip
    yield Total(name=f"Net present value, {basis.header.horizon_months} months", line="net_present_value",
                texts=[NOTHING, *(money(each, currency) for each in worth)])  # fmt: skip
    yield Total(name="GPUs", line="gpus", texts=[NOTHING, *(NOTHING if each.mode in BY_TOKEN else plain(each.gpus)
                                                             for each in own)])  # fmt: skip
    shown = ("" if each.mode == "hosted" else its or "" for each, its in zip(own, classes, strict=True))
    yield Total(name="Verdict so far", texts=["", *shown])


def costs(found: PointAnswer, currency: str) -> Html:
    """A month of every option by group of cost."""
    groups = [*grouped(found.table)]
    stacks = [
        Stack(
            name=option.name,
            parts=tuple(sum(row.values[i] for row in rows if not row.of_which) for _, rows in groups),
            said=money(option.monthly_cost, currency),
        )
        for i, option in enumerate(found.options)
    ]
    words = "; ".join(f"{stack.name} {stack.said}" for stack in stacks)
    return stacked(f"What month {found.month} costs", words, [name for name, _ in groups], stacks)


def halves(found: PointAnswer, currency: str) -> Html:
    """As planned, and at half the utilization both ways."""
    option = best(found)
    tests = [("as planned", option.net_present_value)]
    tests += [(test.name, test.net_present_value) for test in option.halves]
    bars = [Bar(name=name, value=value, said=money(value, currency)) for name, value in tests]
    return signed("At half the utilization", "; ".join(f"{bar.name} {bar.said}" for bar in bars), bars)
