"""Files as people have them: packed, in another encoding, with a name that tells nothing."""

import gzip
import json
import zipfile
from collections.abc import Callable
from filecmp import cmp
from pathlib import Path

import pytest
from request_logs import read_minutes

from breakeven.demand.log.table import given_files
from breakeven.demand.usage.read_log import read_log, read_requests
from breakeven.problems import Problem

ROWS = [
    {"timestamp": f"2026-03-01T10:0{i}:00Z", "model": "ä", "input_tokens": 100, "output_tokens": 5} for i in range(3)
]
TABLE = "\n".join([",".join(ROWS[0]), *(",".join(map(str, each.values())) for each in ROWS)]) + "\n"
LINES = "".join(json.dumps(each) + "\n" for each in ROWS)


def zipped(path: Path, **inside: str) -> Path:
    """A ZIP file; an underscore at the end of a name stands for the suffix .csv."""
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("__MACOSX/._usage.csv", "x")
        for name, text in inside.items():
            packed.writestr(name.replace("__", "/").replace("_csv", ".csv"), text)
    return path


MADE: dict[str, Callable[[Path], object]] = {
    "excel.txt": lambda path: path.write_text(TABLE.replace(",", "\t"), encoding="utf-16"),
    "no-mark.csv": lambda path: path.write_text(TABLE, encoding="utf-16-le"),
    "powershell.jsonl": lambda path: path.write_text(LINES, encoding="utf-16"),
    "marked.json": lambda path: path.write_text(json.dumps(ROWS), encoding="utf-8-sig"),
    "marked.jsonl": lambda path: path.write_text(LINES, encoding="utf-8-sig"),
    "usage.zip": lambda path: zipped(path, folder__usage_csv=TABLE),
    "usage.csv": lambda path: zipped(path, usage_csv=TABLE),
    "usage.gz": lambda path: path.write_bytes(gzip.compress(TABLE.encode())),
    "lines.gz": lambda path: path.write_bytes(gzip.compress(LINES.encode())),
    "gateway.log": lambda path: path.write_text(LINES),
}


@pytest.mark.parametrize("name", list(MADE))
def test_a_file_as_people_have_it_is_read(tmp_path: Path, name: str) -> None:
    MADE[name](tmp_path / name)
    reading = read_log(tmp_path / name)
    assert (reading.table["input_tokens"].sum(), set(reading.table.model)) == (300, {"ä"})
    assert reading.where.startswith(str(tmp_path / name))


def test_what_a_folder_holds_is_read_once(tmp_path: Path) -> None:
    zipped(tmp_path / "all.zip", usage_csv=TABLE)
    (tmp_path / "more.csv").write_text(TABLE.replace("T10", "T11"))
    (tmp_path / "usage.csv").write_text(TABLE)
    assert read_minutes(tmp_path)["input_tokens"].sum() == 600
    found = read_requests(tmp_path / "all.zip")
    assert found is not None
    assert found.input_tokens.tolist() == [100, 100, 100]


def test_a_zip_file_of_several_days_is_read_as_their_folder(tmp_path: Path) -> None:
    """The files may have one name in folders of their own; a copy and what is no log by its name are left out."""
    days = [TABLE.replace("03-01", f"03-0{day}") for day in (1, 2, 3)]
    named = {f"d{day}__usage_csv": text for day, text in enumerate(days)}
    table = read_minutes(zipped(tmp_path / "days.zip", **named, again_csv=days[0], readme="see the folders"))
    assert (table["input_tokens"].sum(), table.rows_read) == (900, 9)
    assert any("is a copy of" in each for each in table.notices)
    broken = zipped(tmp_path / "broken.zip", a_csv=TABLE, b_csv=TABLE + "2026-03-01T10:09:00Z,m,many,5\n")
    (aside,) = read_minutes(broken).set_aside
    assert aside.rows == 1


def test_what_cannot_be_read_so_is_told_with_its_name(tmp_path: Path) -> None:
    two = zipped(tmp_path / "two.zip", a_csv=TABLE, b_csv="day,usd\n2026-03-01,3\n")
    none = zipped(tmp_path / "none.zip", a="x", b="y")
    bad = zipped(tmp_path / "bad.zip", usage_csv="who,what\n1,2\n")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04rest")
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04rest")
    said = {
        two: ("holds files of several shapes (a.csv, b.csv)", str(two)),
        none: ("holds 2 files (a, b), none of them a log", str(none)),
        bad: ("no column for timestamp", f"{bad}/usage.csv"),
        tmp_path / "broken.zip": ("ZIP file is damaged", "broken.zip"),
        tmp_path / "book.xlsx": ("kind is not known", "book.xlsx"),
    }
    for path, (what, where) in said.items():
        with pytest.raises(Problem) as found:
            read_log(path)
        assert what in found.value.what
        assert str(found.value.where).endswith(where)
        assert found.value.fix


def test_files_of_one_size_are_not_compared_each_with_each(tmp_path, monkeypatch):
    """Hourly files often have one size to the byte: a thousand of them once took thirteen seconds to be told apart."""
    compared = []
    monkeypatch.setattr(given_files, "cmp", lambda one, other, **_: compared.append((one, other)) or cmp(one, other))
    paths = [tmp_path / f"{i}.csv" for i in range(50)]
    for i, path in enumerate(paths):
        path.write_text(f"{i % 49:02d}")  # the last is a copy of the first
    once, notices = given_files.without_copies(paths)
    assert once == paths[:49]
    assert notices == ["49.csv is a copy of 0.csv, and is not read again."]
    assert compared == [(paths[0], paths[49])]
