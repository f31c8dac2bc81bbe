"""The options side by side. Every number is a button: it opens its derivation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from breakeven.report.pages.parts.behind import amount
from breakeven.report.pages.parts.behind import totals as totals_of_page
from breakeven.report.pages.parts.columns import called_all
from breakeven.report.wording import money, month_shortly
from breakeven.study.questions.month_groups import month_groups
from breakeven.study.study import Header, Row, Study
from breakeven.web.markup import Html, el

LINES_OF_TOTALS = {  # by the name up to a comma; a row that is not here is no single line of the model
    "Total": "monthly_cost",
    "per million tokens": "cost_per_mtok",
    "Paid once": "one_time_cost",
    "Net present value": "net_present_value",
    "GPUs": "gpus",
}
NOTHING = "·"
MANY = 4  # options: their table needs more room before it becomes cards
OPENS = " Choose a number to see where it is from."


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One option: the key that stays while its name changes, and whether the answer is about it."""

    key: str
    name: str
    best: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A row under the table; `line` is what its numbers are in the model, empty where they cannot be opened."""

    name: str
    texts: Sequence[str]
    line: str = ""


def options(study: Study, *, opens: bool = True) -> Html:
    """The month of every option of a study. `opens` off: on a page that can ask nobody, numbers are texts."""
    best = study.verdict.best_option
    sides = [
        Side(key=column.key, name=name, best=i == best)
        for i, (column, name) in enumerate(zip(study.basis.columns, called_all(study.basis), strict=True))
    ]
    totals = [
        Total(name=name, texts=texts, line=LINES_OF_TOTALS.get(name.partition(",")[0], ""))
        for name, texts in totals_of_page(study)
    ]
    return side_by_side(study.basis.header, sides, study.table, totals, opens=opens)


def side_by_side(
    header: Header, sides: Sequence[Side], table: tuple[Row, ...], totals: Iterable[Total], *, opens: bool = True
) -> Html:
    """A column an option; on a narrow screen each row becomes a card."""
    head = (el("th", side.name, scope="col", class_="best" if side.best else None, data_key=side.key) for side in sides)
    return el(
        "table",
        el("caption", f"{header.currency} in {month_shortly(header.as_of, header.month)}.{OPENS if opens else ''}"),
        el("thead", el("tr", el("td"), head)),
        el("tbody", _costs(table, sides, header.currency, opens=opens)),
        el(
            "tbody",
            (_row(total.name, sides, total.texts, total.line if opens else "", "sum") for total in totals),
            class_="totals",
        ),
        class_="cards many" if len(sides) > MANY else "cards",
    )


def _costs(table: tuple[Row, ...], sides: Sequence[Side], currency: str, *, opens: bool) -> Iterator[Html]:
    for group in month_groups(table):
        yield _row(group.name, sides, [money(each, currency) for each in group.sums], "", "sum")
        for row in group.rows:
            name = f"of which {row.label}" if row.of_which else row.label
            texts = [amount(value, currency) for value in row.values]
            yield _row(name, sides, texts, row.line if opens else "", "part" if row.of_which else "line")


def _row(name: str, sides: Sequence[Side], texts: Sequence[str], line: str, kind: str) -> Html:
    cells = (
        el(
            "td",
            _number(text, line, side, name),
            data_label=side.name,
            class_=" ".join(filter(None, ["best" if side.best else "", "none" if text == NOTHING else ""])) or None,
        )
        for text, side in zip(texts, sides, strict=True)
    )
    return el("tr", el("th", name, scope="row"), cells, class_=kind)


def _number(text: str, line: str, side: Side, name: str) -> Html | str:
    """A number that opens its derivation; where there is none to open, its text."""
    if not line or text in (NOTHING, ""):
        return text
    return el("button", text, type="button", class_="number", data_line=line, data_option=side.key,
              aria_label=f"{text}, {name}, {side.name}. Where is it from?")  # fmt: skip


def grid(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """A table whose rows become cards where the screen is narrow."""
    return el(
        "table",
        el("caption", caption),
        el("thead", el("tr", (el("th", name, scope="col") if name else el("td") for name in head))),
        el("tbody", (
            el("tr", el("th", first, scope="row"),
               (el("td", text, data_label=name) for name, text in zip(head[1:], rest, strict=True)))
            for first, *rest in rows
        )),
        class_="cards",
    )  # fmt: skip
