"""The columns of the short page: which options stand side by side, and what each is called over its numbers."""

from __future__ import annotations

import re

from breakeven.study.modes import BOUGHT
from breakeven.study.study import Basis, OptionStudy, Study

BASELINE = 0
MOST_MODEL = 16  # characters of a name that stands over a column
WAYS = {
    "rented": "self-host, rented",
    "owned": "self-host, owned",
    "serverless": "self-host, serverless",
}


def option_of(study: Study, column: int) -> OptionStudy:
    """The study of a column that is not the baseline."""
    return study.options[column - 1]


def is_bought(study: Study, column: int) -> bool:
    """Whether somebody else runs the model there."""
    return study.basis.columns[column].mode in BOUGHT


def worth(study: Study, column: int) -> tuple[bool, float]:
    """How good a column is: what cannot be taken last, then by what it is worth."""
    it = option_of(study, column)
    return it.verdict != "INFEASIBLE", it.expected_net_present_value


def in_order(study: Study) -> list[int]:
    """Columns as they are kept where a page is narrow: today, the one the verdict is on, its best rival, the rest.

    The rival is the best of the other side, bought or our own, so that build stands beside buy; else the next best.
    """
    winner = study.verdict.best_option
    today = [BASELINE, *(i for i, column in enumerate(study.basis.columns) if i and column.mode == "hosted")]
    rest = [i for i in range(1, len(study.basis.columns)) if i != winner and i not in today]
    rest.sort(key=lambda i: worth(study, i), reverse=True)
    rest.sort(key=lambda i: is_bought(study, i) == is_bought(study, winner))
    rival, others = rest[:1], sorted(rest[1:], key=lambda i: worth(study, i), reverse=True)
    return [*today, winner, *rival, *others]


def always(study: Study) -> int:
    """How many of them stand at any width."""
    hosted = sum(each.mode == "hosted" for each in study.basis.columns)
    return min(hosted + 2, len(study.basis.columns))


def called(study: Study, column: int) -> str:
    """An option in a few words; its own name where another would be called the same."""
    return called_all(study.basis)[column]


def called_all(basis: Basis) -> list[str]:
    """The same of every column of a basis."""
    short = [_short(basis, i) for i in range(len(basis.columns))]
    return [one.name if short.count(its) > 1 else its for one, its in zip(basis.columns, short, strict=True)]


def _short(basis: Basis, column: int) -> str:
    one = basis.columns[column]
    if column == BASELINE:
        recontracted = any(other.mode == "hosted" for other in basis.columns[1:])
        if recontracted:
            return "better contract"
        model = model_today(basis)
        return f"today ({model})" if len(model) <= MOST_MODEL else "today"
    if one.mode in ("endpoint", "dedicated") and one.host:
        return f"{'dedicated at' if one.mode == 'dedicated' else 'buy from'} {one.host}"
    if one.mode == "hosted":
        return "today's contract"
    gpu = basis.serving.gpu
    if one.mode not in WAYS or gpu not in one.name:  # the case gave it a name of its own
        return one.name
    rest = re.sub(rf"^\w+ {re.escape(gpu)}(, [\d to]+ replicas?)?", "", one.name).strip(", ")
    return f"{WAYS[one.mode]}{f' {rest}' if rest.startswith('+') else f', {rest}' if rest else ''}"


def model_today(basis: Basis) -> str:
    """The model that is bought today, or how many there are."""
    models = [*dict.fromkeys(each.hosted_model for each in basis.demand.workloads if each.hosted_model)]
    if len(models) == 1:
        return models[0].rpartition("/")[2]
    return f"{len(models)} models" if models else "API"


def heading(text: str, width: int) -> list[str]:
    """A name over its column: lines of whole words, or of parts of words that are too long for any."""
    parts = [part for word in text.split() for part in _cut(word, width)]
    lines: list[str] = []
    for part, glued in parts:
        space = "" if glued else " "
        if lines and len(lines[-1]) + len(space) + len(part) <= width:
            lines[-1] += space + part
        else:
            lines.append(part)
    return lines


def _cut(word: str, width: int) -> list[tuple[str, bool]]:
    """A word, in parts at its own signs and then wherever it must be; whether a part goes on from the one before."""
    if len(word) <= width:
        return [(word, False)]
    pieces = [piece for piece in re.split(r"(?<=[-_/.])", word) if piece]
    cut = [piece[i : i + width] for piece in pieces for i in range(0, len(piece), width)]
    return [(piece, i > 0) for i, piece in enumerate(cut)]


def way(study: Study, column: int) -> str:
    """How we would serve it ourselves: 'rented + API'."""
    return called(study, column).removeprefix("self-host, ")


def side_in_a_sentence(study: Study, column: int) -> str:
    """'buying from nebius', 'self-hosting, rented': what it is to choose a column."""
    said = called(study, column)
    return said.replace("buy from", "buying from", 1).replace("self-host", "self-hosting", 1)
