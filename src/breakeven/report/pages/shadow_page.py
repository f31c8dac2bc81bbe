"""A shadow run on a page: the verdict first, each criterion with its evidence, what it means in money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from breakeven.proof.judge.criteria import Criterion
from breakeven.proof.judge.judgement import applies
from breakeven.proof.judge.registration import Terms
from breakeven.proof.judge.shadow import Judged, Result
from breakeven.report.wording import counted, label, money, percent, plain, price, sentence
from breakeven.shipped import shipped
from breakeven.study.questions.shadow_money import AnswerCost, ShadowMoney

COLOURS = {"GO": "bold green", "NOT YET": "bold yellow", "INCONCLUSIVE": "bold yellow"}
BAD = "bold red"


def words() -> Mapping[str, Any]:
    """The sentences of the page."""
    found: Mapping[str, Any] = shipped("report/shadow_words.yaml")
    return found


def shadow_page(judged: Judged, in_money: ShadowMoney | None = None) -> Group:
    """The whole page."""
    parts: list[RenderableType] = []
    for result in judged.results:
        parts += [*_workload(result), Text()]
    if in_money is not None:
        parts += [*(Text(each) for each in _money(in_money)), Text()]
    parts += [Text(each, style="dim") for each in judged.notices]
    return Group(*parts)


def _workload(result: Result) -> Iterator[RenderableType]:
    told = words()["verdicts"][result.verdict].format(days=f" after {counted(result.seen.days, 'day')}")
    yield Text(f"{result.workload}: {told}", style=COLOURS.get(result.verdict, BAD))
    yield _table(result)
    for each in _sentences(result):
        yield Text(each)
    for notice in result.notices:
        yield Text(notice, style="yellow")


def _table(result: Result) -> Table:
    made = Table(box=None, pad_edge=False)
    for heading in ("", "seen", "must be", "units", "evidence", ""):
        made.add_column(heading, justify="left" if heading in {"", "must be"} else "right", overflow="fold")
    terms = result.seen.terms
    for criterion in result.seen.criteria:
        if applies(criterion):
            made.add_row(*_row(_name(criterion, terms), criterion, terms))
    for name, criterion in result.seen.strata:
        if criterion.state == "alarm":
            made.add_row(*_row(words()["stratum"].format(name=name), criterion, terms))
    return made


def _row(name: str, each: Criterion, terms: Terms) -> tuple[str, ...]:
    evidence = f"{percent(min(max(each.reached, 0.0), 1.0))}" if each.seen.count else ""
    return (
        name,
        _seen(each, terms),
        _limit(each, terms),
        f"{each.seen.count:,}",
        evidence,
        words()["states"][each.state],
    )


def _name(each: Criterion, terms: Terms) -> str:
    place = _place(each)
    if place is None:
        return str(words()["columns"].get(each.name, each.name))
    promise = terms.promises[place]
    measure = words()["measures"][promise.measure]
    return str(words()["promise"].format(measure=measure, seconds=f"{plain(promise.seconds)} s"))


def _place(each: Criterion) -> int | None:
    return int(each.name.rpartition(" ")[2]) if each.name.startswith("promise ") else None


def _seen(each: Criterion, terms: Terms) -> str:
    if each.seen.mean is None:
        return "nothing"
    around = each.seen.interval(terms.alpha)
    show = points if each.side == "above" else percent
    within = f" ({show(around[0])} to {show(around[1])})" if around and each.side == "above" else ""
    return f"{show(each.seen.mean)}{within}"


def points(value: float) -> str:
    """A difference of scores between 0 and 1, in points of a hundred."""
    return f"{percent(value, signed=True).removesuffix(' %')} pt"


def _limit(each: Criterion, terms: Terms) -> str:
    if each.side == "above":
        return str(words()["against"]["quality"].format(limit=points(each.limit)))
    if _place(each) is not None:
        return f"at most {percent(each.limit)}"
    times = (terms.errors if each.name == "failed" else terms.invalid_json).times
    return str(words()["against"][each.name].format(times=times, limit=percent(each.limit)))


def _sentences(result: Result) -> Iterator[str]:
    seen, ahead = result.seen, result.outlook
    if seen.noise.count and seen.noise.mean is not None:
        yield words()["noise"].format(mean=points(seen.noise.mean), units=f"{seen.noise.count:,}")
    if result.verdict != "NOT YET":
        return
    yield words()["outlook"].format(needed=f"{ahead.needed:,}")
    if ahead.pairs_left:
        days = f", {counted(ahead.days_left, 'day')} at this rate" if ahead.days_left else ""
        yield words()["left"].format(pairs=f"{ahead.pairs_left:,}", days=days)
    if ahead.shown is not None:
        yield words()["shown"].format(days=seen.terms.days.most, margin=points(ahead.shown).lstrip("+"))


def _money(in_money: ShadowMoney) -> Iterator[str]:
    for answer in in_money.answers:
        if (told := _answer(answer, in_money.currency)) is not None:
            yield f"{answer.workload}: {told}" if len(in_money.answers) > 1 else told
    for day in in_money.days:
        if len(in_money.days) > 1:
            yield f"{day.option}:"
        costs, waits = (money(value, in_money.currency) for value in (day.costs, day.waits))
        yield words()["day"].format(costs=costs, waits=waits)
        if day.is_worth is not None and day.chance_below is not None:
            worth = money(day.is_worth, in_money.currency)
            yield words()["day_worth"].format(worth=worth, chance=percent(day.chance_below))
    for again in in_money.recomputed:
        before, after, saving = (
            money(value, in_money.currency) for value in (again.worth_before, again.worth_after, again.saving_after)
        )
        yield words()["recomputed"].format(option=again.option, before=before, after=after, saving=saving)
        if again.verdict_before != again.verdict_after:
            yield words()["turned"].format(before=again.verdict_before, after=again.verdict_after)
        for name, old, new in again.changed:
            yield words()["changed"].format(name=sentence(label(name)), before=plain(old), after=plain(new))


def _answer(each: AnswerCost, currency: str) -> str | None:
    if each.api is None:
        return None
    api = price(each.api, currency)
    if each.candidate is None:
        return str(words()["answers_part"].format(api=api, source=each.api_from))
    its = price(each.candidate, currency)
    return str(
        words()["answers"].format(at=each.at, its=its, its_source=each.candidate_from, api=api, source=each.api_from)
    )
