"""What can be explained, by the names that a page prints: labels of its rows and lines, rows of the costs, inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from breakeven.decision.readiness.gates import answer
from breakeven.numbers.explain import Explanation
from breakeven.problems import Problem, nearest
from breakeven.report.pages.parts.columns import called
from breakeven.report.pages.parts.evidence import asked_gates
from breakeven.report.pages.parts.rows import (
    CASH_IS_BACK,
    GPUS,
    HARDWARE,
    NOTHING,
    PAYS,
    POSSIBLE,
    QUANTILES,
    PageRow,
    page_rows,
    too_small,
)
from breakeven.report.pages.parts.rows import QUALITY_ROW as QUALITY
from breakeven.report.pages.parts.short import BASED, FLIPS, NOT_SAID, STRESS, four_lines
from breakeven.report.wording import label, money, sentence, words
from breakeven.study.judge.uses import judged_columns, uses_of
from breakeven.study.questions.explain import column, explain_line
from breakeven.study.register import full_model
from breakeven.study.resolve.buying.gates import formats_in
from breakeven.study.study import Study

GAIN = "net_present_value"
COMMANDS = {NOT_SAID: "decide CASE --full", FLIPS: "flips CASE", STRESS: "decide CASE --full",
            BASED: "decide CASE --full"}  # fmt: skip
SEVERAL = {**dict.fromkeys(GPUS, ("gpus", "gpus_billed")), HARDWARE: ("gpus_bought", "gpu_purchase_price")}  # no sums
MOST = 10_000  # characters of a line under the table: all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What stands behind a name: a sentence on the row, empty where the lines say it all, and the lines and inputs."""

    how: str
    lines: tuple[Explanation, ...]


def explainable(study: Study) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each label with the lines and inputs of the model that it stands for; none where a sentence explains it."""
    yield from ((row.label.strip(), lines_of(study, row)) for row in page_rows(study))
    yield from ((name, ()) for name, _ in four_lines(study, MOST))
    yield from ((each.label, (each.line,)) for each in study.table if any(each.values))
    for name, one in study.basis.inputs.items():
        if one.kind != "constant" and one.likely is not None:
            yield label(name), (name,)


def lines_of(study: Study, row: PageRow) -> tuple[str, ...]:
    """The lines of the model behind a row of the page."""
    if row.key:
        return (row.key,)
    if row.label in SEVERAL:
        return SEVERAL[row.label]
    name = row.label.strip()
    return tuple(
        each.line for each in study.table if each.group == name and not each.of_which and any(each.values)
    )  # fmt: skip


def lines_called(study: Study, asked: str) -> tuple[str, ...]:
    """The lines of a label, or the line or input of that name. Raises `Problem` for what is neither."""
    if asked in full_model().lines or asked in study.basis.inputs:
        return (asked,)
    return labelled(study, asked)[1]


def labelled(study: Study, asked: str) -> tuple[str, tuple[str, ...]]:
    """A label as the page prints it, and its lines. Raises `Problem` where nothing is called so."""
    known = dict(reversed([*explainable(study)]))  # of two with one label the first, which stands higher on the page
    found = {each.lower(): each for each in known}.get(" ".join(asked.lower().split()))
    if found is None:
        names = [*known, *full_model().lines, *study.basis.inputs]
        fix = f"{nearest(asked, names)} `breakeven explain CASE` lists what can be explained.".strip()
        raise Problem(f'nothing is called "{asked}"', fix=fix)
    return found, known[found]


def what_is_asked(study: Study, asked: str, option: str | None = None, month: int | None = None) -> Asked:
    """A number of the page, a line or an input, explained. Raises `Problem` for what is none of them."""
    if asked in full_model().lines or asked in study.basis.inputs:
        return Asked(how="", lines=(explain_line(study, asked, option, month),))
    name, lines = labelled(study, asked)
    row = next((row for row in page_rows(study) if row.label.strip() == name), None)
    at = _shown(study, row) if option is None else column(study, option)
    explained = tuple(explain_line(study, line, str(at), month) for line in lines)
    if row is None:
        line = dict(four_lines(study, MOST)).get(name)
        how = "" if line is None else words()["rows"]["line"].format(said=f"{sentence(line)}.", command=COMMANDS[name])
        return Asked(how=how, lines=explained)
    if len(lines) > 1 and row.label not in SEVERAL:
        return _group(study, explained, at, study.basis.header.month if month is None else month)
    return Asked(how=_how(study, row, at), lines=explained)


def _shown(study: Study, row: PageRow | None) -> int:
    """The option of the verdict; where the row has nothing for it, the first that has something in it."""
    best = study.verdict.best_option
    if row is None or row.values[best] != NOTHING:
        return best
    return next((at for at, value in enumerate(row.values) if at and value != NOTHING), best)


def _group(study: Study, explained: Sequence[Explanation], at: int, month: int) -> Asked:
    """A sum of lines: the sum and its parts first, the largest part leading; what is nothing here is left out."""
    currency, sayings, name = study.basis.header.currency, words()["rows"], called(study, at)
    parts = sorted((part for part in explained if any(part.values)), key=lambda part: -abs(part.values[0]))
    if not parts:
        return Asked(how=sayings["nothing"].format(month=month, option=name), lines=())
    labels = {row.line: row.label for row in study.table}
    told = ", ".join(f"{labels[part.name]} {money(part.values[0], currency)}" for part in parts)
    value = money(sum(part.values[0] for part in parts), currency)
    how = sayings["group"].format(value=value, month=month, option=name, parts=told)
    return Asked(how=how, lines=tuple(parts))


def _how(study: Study, row: PageRow, at: int) -> str:
    """What a row of the page is, beyond the lines behind it."""
    named = {"value": row.values[at], "option": called(study, at)}
    if row.key == GAIN or row.label in QUANTILES or row.label == PAYS:
        key = "mean" if row.key == GAIN else "chance" if row.label == PAYS else "quantile"
        return _drawn(study, key, at, named)
    sayings = words()["rows"]
    if row.label == CASH_IS_BACK:
        return str(sayings["payback"].format(**named))
    if row.label == QUALITY:
        gates = _evidence(study, at)
        return str(sayings["gates" if gates else "no_gates"].format(**named, gates=gates))
    if row.label == POSSIBLE:
        failed = ", ".join(judged_columns(study.basis)[at].failed)
        key = "fails" if failed else "too_small" if too_small(study, at) else "possible"
        return str(sayings[key].format(**named, gates=failed))
    if row.label in SEVERAL:
        header, key = study.basis.header, "hardware" if row.label == HARDWARE else "several"
        said = {"label": row.label, "month": header.month, "months": header.horizon_months}
        return str(sayings[key].format(**named, **said))
    return ""


def _evidence(study: Study, at: int) -> str:
    """The gates on quality that a column is asked, each with what is known of it."""
    model = {gate.name for gate in study.basis.gates if gate.side == "open model"}
    asked = [
        gate
        for gate in asked_gates(study)
        if (gate.name in model or formats_in(gate.name))
        and any(answer(gate, use, study.basis.gates) for use in uses_of(study.basis, at))
    ]
    return "; ".join(
        f"{gate.name}{f' of {gate.workload}' if gate.workload else ''}: {gate.verdict}"
        f"{f' ({gate.evidence})' if gate.evidence else ''}"
        for gate in asked
    )


def _drawn(study: Study, key: str, at: int, named: Mapping[str, str]) -> str:
    """What the draws say; of today's model nothing is drawn."""
    drawn, sayings = study.uncertainty, words()["rows"]
    if drawn is None or not at:
        return str(sayings["undrawn"]) if drawn is None else ""
    point = money(study.options[at - 1].horizon.net_present_value, study.basis.header.currency)
    counts = {"draws": f"{drawn.scenarios:,}", "inputs": f"{len(drawn.inputs):,}"}
    return str(sayings[key].format(**named, **counts, point=point))
