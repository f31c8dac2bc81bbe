"""A look at a file before it is read: its columns or keys, and below which lines a table begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from breakeven.demand.log.format.cells import keys_of_texts, paths_in_cells
from breakeven.demand.log.format.columns import map_columns, refuse_two_of_one_name
from breakeven.demand.log.format.formats import GENERIC, detected, forced
from breakeven.demand.log.format.headers import ASK_A_RANGE, Header, Kind, csv_headers, kind_of, parquet_foot, suffixes
from breakeven.demand.log.format.json_rows import Parts, json_shape
from breakeven.files import ordinary
from breakeven.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a file shows. `keys`: of JSON, the name of each key and its steps. `header`: of CSV, its place.

    `cells`: paths into columns of CSV that hold JSON. `texts`: keys whose value is JSON written as text.
    """

    kind: Kind
    names: tuple[str, ...]
    header: Header | None = None
    cells: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    form: str = "lines"
    keys: Mapping[str, Parts] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    rows: int | None = None


def look(path: Path, columns: Mapping[str, str] | None, format_name: str | None) -> Look:
    """The look at a file; `columns` and `format_name` are what the person says of it."""
    kind = kind_of(path)
    if kind is None:
        fix = next((told for kinds, told in OTHER_KINDS.items() if path.suffix.lower() in kinds), suffixes())
        raise Problem("the file's kind is not known by its name", where=str(path), fix=fix)
    if ordinary(path) == 0:
        raise Problem("the file is empty", where=str(path), fix="Export the log again.")
    if kind == "csv":
        header = _header(path, columns, format_name)
        refuse_two_of_one_name(path, header, columns or {})
        return Look(kind=kind, names=tuple(header.names), header=header, cells=tuple(paths_in_cells(path, header)))
    if kind == "parquet":
        foot = parquet_foot(path)
        return Look(kind=kind, names=foot.names, types=foot.types, rows=foot.rows)
    form, leaves = json_shape(path, lines=kind == "jsonl")
    keys = {".".join(leaf): leaf for leaf in leaves}
    return Look(kind=kind, names=tuple(keys), form=form, keys=keys, texts=keys_of_texts(path))


OTHER_KINDS = {
    (".7z", ".tar", ".tgz", ".bz2", ".xz", ".zst"): "Unpack it, and name what is in it.",
    (".xlsx", ".xls", ".xlsm", ".ods"): "Save the sheet with the log as CSV UTF-8.",
    (".prom", ".metrics"): ASK_A_RANGE,
}


def _header(path: Path, columns: Mapping[str, str] | None, format_name: str | None) -> Header:
    """The first line that names the columns of a log; the first of the file where none does, to be told so."""
    headers = csv_headers(path)
    first = next(headers)
    return next((each for each in chain((first,), headers) if _names_a_log(each, path, columns, format_name)), first)


def _names_a_log(header: Header, path: Path, columns: Mapping[str, str] | None, format_name: str | None) -> bool:
    try:
        one = forced(format_name, header.names, "csv", path) if format_name else detected(header.names, "csv", where="")
        if one.name == GENERIC:
            _mapped(header, path, columns)
    except Problem as problem:
        return "can be read as" in problem.what or "sums many requests" in problem.what
    return True


def _mapped(header: Header, path: Path, columns: Mapping[str, str] | None) -> None:
    """Raises `Problem` where neither the columns nor what lies in their cells holds what is required."""
    try:
        map_columns(header.names, columns, where="")
    except Problem as problem:
        cells = paths_in_cells(path, header) if "no column for" in problem.what or columns else []
        if not cells:
            raise
        map_columns([*header.names, *cells], columns, where="")
