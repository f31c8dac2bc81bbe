"""Writes the board pack into a folder, part by part: one that fails names itself, and the others are still written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from breakeven.outputs import write
from breakeven.problems import Problem, nearest
from breakeven.report.board.blocks import Memo
from breakeven.report.board.content import memo
from breakeven.report.board.html import html
from breakeven.report.board.markdown import markdown
from breakeven.report.board.pdf import pdf
from breakeven.report.board.pictures import png, svg
from breakeven.report.charts.charts import charts
from breakeven.report.workbook import workbook_of
from breakeven.study.judge.basis import study_text
from breakeven.study.questions.board_extras import Beside
from breakeven.study.questions.pictures import Pictures, pictures
from breakeven.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One part: its files, or why there are none."""

    part: str
    files: tuple[Path, ...] = ()
    failed: str = ""


class Pack:
    """A study and what several parts need of it, computed once."""

    def __init__(self, study: Study, beside: Beside | None) -> None:
        self.study = study
        self.beside = beside

    @cached_property
    def numbers(self) -> Pictures:
        return pictures(self.study)

    @cached_property
    def memo(self) -> Memo:
        return memo(self.study, self.numbers, self.beside)


Writer = Callable[[Pack, Path], tuple[Path, ...]]


def _xlsx(pack: Pack, folder: Path) -> tuple[Path, ...]:
    return (_written(folder / "model.xlsx", workbook_of(pack.study)),)


def _pdf(pack: Pack, folder: Path) -> tuple[Path, ...]:
    return (_written(folder / "memo.pdf", pdf(pack.memo)),)


def _html(pack: Pack, folder: Path) -> tuple[Path, ...]:
    return (_written(folder / "memo.html", html(pack.memo)),)


def _md(pack: Pack, folder: Path) -> tuple[Path, ...]:
    return (_written(folder / "memo.md", markdown(pack.memo)),)


def _json(pack: Pack, folder: Path) -> tuple[Path, ...]:
    return (_written(folder / "study.json", study_text(pack.study) + "\n"),)


def _charts(pack: Pack, folder: Path) -> tuple[Path, ...]:
    place = folder / "charts"
    drawn = [(each.key, svg(each), png(each)) for each in charts(pack.study, pack.numbers)]
    place.mkdir(exist_ok=True)
    return tuple(each for key, lines, dots in drawn for each in _two(place / key, lines, dots))


def _two(stem: Path, lines: str, dots: bytes) -> Iterator[Path]:
    yield _written(stem.with_suffix(".svg"), lines)
    yield _written(stem.with_suffix(".png"), dots)


PARTS: Mapping[str, Writer] = {
    "xlsx": _xlsx,
    "pdf": _pdf,
    "html": _html,
    "md": _md,
    "json": _json,
    "charts": _charts,
}


def parts_named(only: str | None) -> tuple[str, ...]:
    """The parts that a comma-separated list names; all of them where it is None. Raises `Problem` for others."""
    if only is None:
        return tuple(PARTS)
    named = dict.fromkeys(part.strip().lower() for part in only.split(",") if part.strip())
    for name in named:
        if name not in PARTS:
            raise Problem(
                f'"{name}" is no part of the report', fix=f"{nearest(name, PARTS)} Parts: {', '.join(PARTS)}."
            )
    if not named:
        raise Problem("--only names no part", fix=f"Parts: {', '.join(PARTS)}.")
    return tuple(named)


def write_report(
    study: Study, folder: Path, parts: tuple[str, ...] = tuple(PARTS), beside: Beside | None = None
) -> Iterator[Written]:
    """Write the parts into an existing folder, telling of each as soon as it is done."""
    pack = Pack(study, beside)
    for part in parts:
        try:
            yield Written(part=part, files=PARTS[part](pack, folder))
        except Problem as problem:
            yield Written(part=part, failed=str(problem))
        except OSError as error:
            yield Written(part=part, failed=f"cannot be written: {error.strerror or error}")
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one part must not cost the others
            yield Written(part=part, failed=f"{type(error).__name__}: {error}")


def _written(path: Path, content: str | bytes) -> Path:
    write(path, content)
    return path
