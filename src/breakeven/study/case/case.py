"""The case: what a person says, read from a file, checked, and every mistake told at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from breakeven.facts.model_names import precision_in
from breakeven.numbers.inputs import Source
from breakeven.problems import Notice, Place, Problem, Problems
from breakeven.study.case.checks.case import contradictions
from breakeven.study.case.checks.migration import plan_problems
from breakeven.study.case.checks.readiness_answers import readiness_problems
from breakeven.study.case.missing import gap_problems
from breakeven.study.case.mistakes import shown, validated
from breakeven.study.case.places import Document, parse_document, read_document
from breakeven.study.case.schema import CaseFile
from breakeven.study.case.sections import section_problems
from breakeven.texts import cleaned


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A checked case: what the file says, and where it says it.

    `as_of` is the day it is judged for; `as_of_from_clock` says that nobody named one. `path` is the file,
    or only a name when the case was made from Python data; paths in the case are relative to `folder`.
    """

    file: CaseFile
    path: Path
    folder: Path
    as_of: date
    as_of_from_clock: bool
    document: Document

    @classmethod
    def load(cls, path: str | Path, *, as_of: date | None = None) -> Case:
        """The case in a YAML file. The file's own `as_of` counts first, then the argument, then today."""
        document = read_document(Path(path))
        return _case(document, Path(path), Path(path).parent, as_of)

    @classmethod
    def parse(cls, text: str, *, name: str = "case.yaml", folder: str | Path = ".", as_of: date | None = None) -> Case:
        """The case in YAML text; `name` is what messages call it."""
        return _case(parse_document(text, file=name), Path(name), Path(folder), as_of)

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], *, name: str = "case", folder: str | Path = ".", as_of: date | None = None
    ) -> Case:
        """The case as Python data, with the keys of the file."""
        document = Document(file=name, data=_without_nothing(cleaned(data)))
        return _case(document, Path(name), Path(folder), as_of)

    def place(self, *keys: str | int) -> Place:
        """Where a value stands: place("workloads", 0, "hosted_model"); else its nearest parent."""
        return self.document.value(*keys)

    @contextmanager
    def telling(self, *keys: str | int) -> Iterator[None]:
        """Say of a problem that it is with this value of the case."""
        try:
            yield
        except Problem as problem:
            raise Problem(problem.what, where=self.place(*keys), fix=problem.fix) from None

    def source(self, *keys: str | int) -> Source:
        """The line of the case as the source of a number: "case.yaml:14"."""
        line = self.place(*keys).line
        return Source(title=f"{self.path.name}{f':{line}' if line else ''}", date=self.as_of.isoformat())

    def given(self, *keys: str | int) -> bool:
        """Whether the case says this itself, or it was looked for or takes the default."""
        if keys in self.document.found:
            return False
        data = self.document.data
        for key in keys:
            try:
                data = data[key]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    @property
    def format_said(self) -> str | None:
        """The number format of the weights that the person names, by itself or in the name of the model."""
        if self.given("self_hosting", "precision"):
            return self.file.self_hosting.precision
        data = self.document.data
        name = (data.get("self_hosting") or {}).get("model") or data.get("open_model")
        return precision_in(str(name or ""))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the person should know of how the case was read."""
        if not self.as_of_from_clock:
            return ()
        what = f"The case names no day, so it is judged for today, {self.as_of}."
        fix = f"Write as_of: {self.as_of} to get the same answer later."
        return (Notice(what=what, where=self.document.file, fix=fix),)


def _case(document: Document, path: Path, folder: Path, as_of: date | None) -> Case:
    today = as_of or date.today()  # noqa: DTZ011, TID251  the one place where the clock is read
    file = _checked(document, folder, today)
    return Case(
        file=file,
        path=path,
        folder=folder,
        as_of=file.as_of or today,
        as_of_from_clock=file.as_of is None and as_of is None,
        document=document,
    )


def _checked(document: Document, folder: Path, today: date) -> CaseFile:
    """What the document says, or every mistake in it, in the order of its lines."""
    if document.data is None:
        raise Problem("the case is empty", where=document.file, fix="`breakeven new` writes a draft case.")
    if not isinstance(document.data, dict):
        what = f"expected keys with values, found {shown(document.data)}"
        raise Problem(what, where=document.file, fix="`breakeven new` writes a draft case.")
    file, problems = validated(document)
    problems += gap_problems(document)
    if file is not None:
        problems += section_problems(file, document)
        problems += contradictions(file, document, folder)
        problems += plan_problems(file, document)
        problems += readiness_problems(file, document, folder, file.as_of or today)
    if problems:
        raise Problems(sorted(problems, key=_line_and_column))
    assert file is not None
    return file


def _line_and_column(problem: Problem) -> tuple[int, int]:
    where = problem.where
    return (where.line, where.column) if isinstance(where, Place) else (0, 0)


def _without_nothing(data: Any) -> Any:
    """Plain dicts and lists; a key whose value is None counts as not given."""
    if isinstance(data, Mapping):
        return {str(key): _without_nothing(value) for key, value in data.items() if value is not None}
    return [_without_nothing(each) for each in data] if isinstance(data, list | tuple) else data
