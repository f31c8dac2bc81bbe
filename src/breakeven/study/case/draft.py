"""A first case file, written from a few answers, with everything else in it as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from string import Template

from breakeven.demand.demand import WorkloadDemand
from breakeven.shipped import shipped_text
from breakeven.study.case.sections import ASSUMPTIONS, own_key, sections
from breakeven.study.register import register

GUESS = "; a guess, replace it"
PLAIN = re.compile(r"[A-Za-z][\w./+-]*( [\w./+-]+)*")
NOT_TEXT = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAnswer:
    """A usage log: its path from the case, the workloads in it, what its columns are called, and the models that it
    says were bought: most of all, and by workload; None where it names none that is known.
    """

    path: str
    workloads: tuple[WorkloadDemand, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    hosted_model: str | None = None
    hosted_models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person says before the first draft. `guessed` names the answers that nobody gave."""

    name: str
    as_of: date
    hosted_model: str
    open_model: str
    gpu: str | None = None  # None: the best is looked for
    gpu_price: float | None = None
    team: float = 1.0
    volume: tuple[str, float] | None = None  # the key and its value; None when there is a log
    log: LogAnswer | None = None
    guessed: frozenset[str] = frozenset()


def draft(answers: Answers) -> str:
    """The text of a case file that loads as it is."""
    template = Template(shipped_text("study/draft.template"))
    guesses = {f"guess_{guess}": _guess(guess, answers) for guess in ("open_model", "gpu", "team")}
    return template.substitute(
        guesses,
        name=quoted(answers.name),
        as_of=answers.as_of.isoformat(),
        usage="\n".join(_usage(answers)),
        open_model=quoted(answers.open_model),
        gpu_offer=_offer(answers),
        team=_number(answers.team),
        sections="\n\n".join("\n".join(_section(section)) for section in sections() if section != ASSUMPTIONS),
    )


def _offer(answers: Answers) -> str:
    """The GPU that was offered; left out, the case is searched for the best."""
    if answers.gpu is None:
        return "# gpu_offer: {gpu: h100, price_per_gpu_hour: 2.69}  # left out, so the best design is looked for; "
    offer = quoted(answers.gpu)
    if answers.gpu_price is not None:
        offer = f"{{gpu: {offer}, price_per_gpu_hour: {_number(answers.gpu_price)}}}"
    return f"gpu_offer: {offer}  # "


def _guess(name: str, answers: Answers) -> str:
    return GUESS if name in answers.guessed else ""


def _usage(answers: Answers) -> Iterator[str]:
    """The volume and what it is bought from."""
    if answers.volume is not None:
        key, value = answers.volume
        yield f"{key}: {_number(value)}  # or a usage log: log: usage.csv{_guess('spend', answers)}"
    in_log = answers.log is not None and answers.log.hosted_model == answers.hosted_model
    listed = "most tokens of the log" if in_log else '"breakeven facts prices" lists them'
    yield f"hosted_model: {quoted(answers.hosted_model)}  # {listed}{_guess('hosted_model', answers)}"
    if answers.log is not None:
        yield "log:"
        yield f"  path: {quoted(answers.log.path)}"
        if answers.log.columns:
            yield "  columns:"
            yield from (f"    {quoted(name)}: {quoted(column)}" for name, column in answers.log.columns.items())
        yield "  load_profile_if_short: conversation  # used when the log covers less than a day"
        yield "workloads:  # as the log names them; each may have its own hosted_model, or stays_on_api: true"
        yield from (line for workload in answers.log.workloads for line in _workload(workload, answers))


def _workload(found: WorkloadDemand, answers: Answers) -> Iterator[str]:
    """A workload of the log, with its own model where that is another."""
    volume = f"{found.input_mtok_per_month:,.4g} M tokens in, {found.output_mtok_per_month:,.4g} M out a month"
    yield f"  - name: {quoted(found.name)}  # {volume}"
    own = answers.log.hosted_models.get(found.name) if answers.log else None
    if own and own != answers.hosted_model:
        yield f"    hosted_model: {quoted(own)}  # as the log has it"


def _section(section: str) -> Iterator[str]:
    """The inputs of a section with their defaults, commented out."""
    yield f"# {section}:"
    for name in sections()[section]:
        known = register()[name]
        if isinstance(known.likely, int | float) and not own_key(name):
            unit = "" if known.unit == "1" else known.unit
            span = "" if known.low is None or known.high is None else f"{known.low:g} to {known.high:g}"
            said = "; ".join(part for part in (known.meaning, unit, span) if part)
            yield f"#   {name}: {_number(float(known.likely))}{f'  # {said}' if said else ''}"


def _number(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() else repr(value)


def quoted(text: str) -> str:
    """Text as YAML reads it back: quoted unless it can only be text."""
    plain = PLAIN.fullmatch(text) and text.lower() not in NOT_TEXT
    return text if plain else json.dumps(text, ensure_ascii=False)
