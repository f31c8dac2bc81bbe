"""What turns an answer, and what knowing more is worth, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from breakeven.decision.answers.pairs import PairFlip
from breakeven.decision.risk.uncertainty import Estimate
from breakeven.report.pages.parts.evidence import known_words
from breakeven.report.pages.parts.not_said import impossible, named, other, standing
from breakeven.report.pages.parts.sentences import flip_words, input_words
from breakeven.report.wording import label, money, percent
from breakeven.study.questions.flips import Turning
from breakeven.study.questions.value_of_information import Knowing
from breakeven.study.study import OptionStudy, Study

MOST_BARS = 12
WIDEST_BAR = 24  # characters


def flips_tables(study: Study, it: OptionStudy, found: Turning) -> Iterator[Table]:
    """Single inputs, both ends of each, and pairs."""
    yield flips_table(study, it)
    if found.tornado:
        yield _tornado(study, found)
    if found.pairs:
        yield _pairs(study, found)
    if found.unsaid:
        yield _unsaid(study, found)


def _tornado(study: Study, turns: Turning) -> Table:
    currency = study.basis.header.currency
    title = f"Each input from its low to its high, all others at their means: what {turns.option} is worth then"
    title += f" (now {money(turns.worth, currency)})"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for heading in ("input", "at its low", "at its high", ""):
        table.add_column(heading, justify="right" if heading.startswith("at") else "left")
    widest = turns.tornado[0].swing
    for bar in turns.tornado[:MOST_BARS]:
        ends = " to ".join(input_words(study, bar.name, value) for value in (bar.low, bar.high))
        worth = (money(value, currency) for value in (bar.worth_at_low, bar.worth_at_high))
        table.add_row(f"{label(bar.name)} {ends}", *worth, "█" * max(round(WIDEST_BAR * bar.swing / widest), 1))
    return table


def _pairs(study: Study, turns: Turning) -> Table:
    table = Table(box=None, pad_edge=False, title="Two inputs moved together", title_justify="left")
    table.add_column("the smallest joint move that turns it", overflow="fold")
    table.add_column("of the way to the ends of their ranges", justify="right")
    for pair in turns.pairs:
        if pair.at is not None and pair.share is not None:
            table.add_row(" and ".join(_moved(study, pair)), percent(pair.share))
    others = [pair for pair in turns.pairs if pair.at is None]
    if others:
        left = f"{len(others)} of {len(turns.pairs)} pairs" if len(others) < len(turns.pairs) else "none of the pairs"
        of = dict.fromkeys(label(name) for pair in others for name in pair.names)
        verb = "cannot turn it" if len(others) < len(turns.pairs) else "can turn it"
        table.add_row(f"{left} of {', '.join(of)} {verb} within their ranges", "")
    return table


def _unsaid(study: Study, turning: Turning) -> Table:
    """Every default that the case took, and what the alternative of each would give."""
    currency = study.basis.header.currency
    table = Table(box=None, pad_edge=False, title="What the case did not say", title_justify="left")
    for heading in ("default and where it stands", "alternative", "worth then", "say it as"):
        table.add_column(heading, justify="right" if heading == "worth then" else "left", overflow="fold")
    for one in turning.unsaid:
        then = money(one.worth_then, currency) + (", turns it" if one.turns else "")
        table.add_row(f"{named(one)} {standing(study, one)}", other(study, one), then, one.key)
    if cannot := impossible(study.basis.choices):
        table.caption, table.caption_justify = f"No answer with {'; '.join(cannot)}.", "left"
    return table


def _moved(study: Study, pair: PairFlip) -> Iterator[str]:
    assert pair.at is not None
    for name, start, end in zip(pair.names, pair.expected, pair.at, strict=True):
        yield f"{label(name)} {input_words(study, name, start)} to {input_words(study, name, end)}"


def flips_table(study: Study, option: OptionStudy) -> Table:
    """Every input with the change that turns the sign of the option's net present value."""
    table = Table(box=None, pad_edge=False, title=f"What turns {option.name} ({option.verdict})", title_justify="left")
    for heading in ("input and change", "how plausible", "known from"):
        table.add_column(heading, overflow="fold")
    for flip in (turning_flip for turning_flip in option.flips if turning_flip.at is not None):
        known = known_words(study, flip.name) if flip.name in study.basis.inputs else ""
        table.add_row(flip_words(study, flip), flip.plausible, known)
    never = [label(flip.name) for flip in option.flips if flip.at is None]
    if never:
        table.caption, table.caption_justify = f"Cannot turn it, from nothing to tenfold: {', '.join(never)}.", "left"
    return table


def knowing_tables(found: Knowing) -> Iterator[Table]:
    """First what one can do, then each input alone."""
    yield _findings(found)
    yield _inputs(found)
    if found.shares:
        yield _shares(found)


def _findings(worth_knowing: Knowing) -> Table:
    title = f"Knowing everything first would be worth {money(worth_knowing.all_inputs, worth_knowing.currency)}"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for heading, side in (("to find out", "left"), ("days", "right"), ("worth", "right"), ("costs", "right")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for finding in worth_knowing.findings:
        table.add_row(
            finding.finding.name,
            f"{finding.finding.days:g}",
            money(finding.worth.worth.value, worth_knowing.currency),
            money(finding.finding.cost, worth_knowing.currency),
        )
    return table


def _inputs(found: Knowing) -> Table:
    table = Table(box=None, pad_edge=False, title="Each input alone", title_justify="left")
    for heading, side in (("input", "left"), ("worth", "right"), ("± error", "right"), ("of everything", "right")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for each in found.inputs:
        if round(each.worth.value) > 0:
            error = money(each.worth.standard_error, found.currency)
            worth = money(each.worth.value, found.currency)
            table.add_row(label(each.name), worth, error, percent(each.share))
    return table


def _shares(worth_knowing: Knowing) -> Table:
    """Where the spread comes from."""
    table = Table(box=None, pad_edge=False, title="Where the spread comes from", title_justify="left")
    table.caption, table.caption_justify = worth_knowing.shares_method, "left"
    headings = ("alone", "with others", "whether it pays: alone", "with others")
    for heading, side in (("share of the variance", "left"), *((title, "right") for title in headings)):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for share in worth_knowing.shares[:MOST_BARS]:
        sides = (share.first, share.total, share.first_of_paying, share.total_of_paying)
        table.add_row(label(share.name), *map(_with_error, sides))
    return table


def _with_error(found: Estimate) -> str:
    """A share with its error; one that the error drowns is not told."""
    if found.standard_error >= max(abs(found.value), 0.005):
        return "·"
    return f"{100 * found.value:.0f} ± {100 * found.standard_error:.1f} %"
