"""What the commands share: load a study from a case or a study.json, print it, write it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import typer
from rich.console import Console

from breakeven.cli.answer import print_text
from breakeven.decision.answers.verdict import Class
from breakeven.files import LARGEST_MADE, text_of
from breakeven.outputs import write
from breakeven.problems import Problem, Problems, nearest
from breakeven.report.pages.full_page import FullPage
from breakeven.report.pages.page import Page
from breakeven.study.case.case import Case
from breakeven.study.case.changed import ChangedKey, changed_keys, with_changes
from breakeven.study.designs.settle import settled
from breakeven.study.judge.assess import judged_case, judged_on
from breakeven.study.judge.basis import basis_from_json, study_text
from breakeven.study.judge.chance import Chance
from breakeven.study.judge.locked import differences_from
from breakeven.study.resolve.resolve import Resolved
from breakeven.study.study import Study
from breakeven.texts import cleaned
from breakeven.written import json_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A study, the draws that it stands on, and its case as it was resolved; None where a study.json was read."""

    study: Study
    chance: Chance
    resolved: Resolved | None


def load_study(
    case: Path | None,
    locked: Path | None = None,
    as_of: date | None = None,
    out: Path | None = None,
    *,
    allow_changed: bool = False,
    changes: Sequence[str] = (),
    choices: bool = True,
) -> Study:
    """The study of a case file, or again of what a study.json rests on. Unusable rows of its log go to `out`.

    A study.json that was changed, or whose answer is another one now, is refused unless `allow_changed`. `choices`:
    with what the case left open that is no input, for those who show it.
    """
    return load_all(case, locked, as_of, out, allow_changed=allow_changed, changes=changes, choices=choices).study


def load_all(
    case: Path | None,
    locked: Path | None = None,
    as_of: date | None = None,
    out: Path | None = None,
    *,
    allow_changed: bool = False,
    changes: Sequence[str] = (),
    choices: bool = True,
) -> Loaded:
    """The study of `load_study`, with what more than its answer is made of."""
    if (case is None) == (locked is None):
        raise typer.BadParameter("give a case file, or --locked study.json")
    written = locked or (case if case is not None and case.suffix == ".json" else None)
    if written is not None and changes:
        raise typer.BadParameter("--set changes a case; a study.json rests on what it holds")
    if written is not None:
        return judged_again(written, allow_changed=allow_changed)
    assert case is not None
    kept = None if out is None else out / "set_aside.csv"
    resolved = settled(with_changes(Case.load(case, as_of=as_of), changes), kept)
    study, chance = judged_case(resolved, choices=choices)
    if kept is not None and not study.basis.demand.rows_set_aside:
        kept.unlink(missing_ok=True)
    return Loaded(study=study, chance=chance, resolved=resolved)


def judged_again(path: Path, *, allow_changed: bool = False) -> Loaded:
    """The study that follows from what a study.json rests on. What no longer holds of the file is told, or refused."""
    document = read_json(path)
    try:
        study, chance = judged_on(basis_from_json(document))
        changed = differences_from(document, study, version("breakeven"))
    except Problem as problem:
        raise Problem(problem.what, where=problem.where or str(path), fix=problem.fix) from None
    except (ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
        fix = "Write it again with `breakeven decide -o`."
        raise Problem(f"the study is damaged: {error}", where=str(path), fix=fix) from None
    if changed and not allow_changed:
        fix = "If that is meant, `breakeven decide --locked FILE --allow-changed -o FOLDER` judges and writes it anew."
        raise Problems([Problem(change, where=str(path), fix=fix) for change in changed])
    for difference in changed:
        typer.echo(f"{path}: {difference}", err=True)
    return Loaded(study=study, chance=chance, resolved=None)


def keys_between(first: Path, second: Path) -> tuple[ChangedKey, ...]:
    """The keys that two case files say differently; none where one is a study.json, which has inputs instead."""
    if ".json" in (first.suffix, second.suffix):
        return ()
    return changed_keys(Case.load(first), Case.load(second))


def read_json(path: Path) -> dict[str, object]:
    """The object in a JSON file. Raises `Problem` when there is none."""
    text = text_of(path, largest=LARGEST_MADE)
    try:
        found = json_of(text)
    except ValueError as error:
        raise Problem(f"is not JSON: {error}", where=str(path), fix="Write it with `breakeven decide -o`.") from None
    if not isinstance(found, dict):
        raise Problem("holds no study", where=str(path), fix="Write it with `breakeven decide -o`.")
    return {str(key): value for key, value in cleaned(found).items()}


def print_study(study: Study, *, as_json: bool, full: bool = False, typed: Path | None = None) -> None:
    """The page, everything behind it too, or the whole study as JSON. `typed`: its file, as the commands name it."""
    if as_json:
        print_text(study_text(study))
    else:
        named = study if typed is None else named_as(study, typed)
        Console().print(FullPage(named) if full else Page(named))


def named_as(study: Study, typed: Path) -> Study:
    """The same study under the way to its file: what is printed can be typed again from the same place."""
    basis = study.basis
    return replace(study, basis=replace(basis, header=replace(basis.header, file=str(typed))))


def told_apart(first: Path, second: Path) -> tuple[Path, Path]:
    """Two files by their names, with as much of the way to them as tells them apart."""
    for parts in range(1, max(len(first.parts), len(second.parts)) + 1):
        short = (Path(*first.parts[-parts:]), Path(*second.parts[-parts:]))
        if short[0] != short[1]:
            return short
    return first, second


def write_study(study: Study, folder: Path) -> None:
    """Write study.json into the folder."""
    write(folder / "study.json", study_text(study) + "\n")


def refuse_unknown_classes(fail_on: str | None) -> frozenset[str]:
    """The classes named, checked."""
    known = get_args(Class)
    named = frozenset(part.strip().upper() for part in (fail_on or "").split(",") if part.strip())
    for each in sorted(named - set(known)):
        raise typer.BadParameter(f'"{each}" is no class. {nearest(each, known)} Classes: {", ".join(known)}.')
    return named
