"""The files that a path, a folder or a pattern stands for; what cannot be read where it lies is read as a plain copy.

A ZIP file with files of one shape in it, UTF-16 text as spreadsheets and PowerShell write it, a file whose name tells
nothing: the copy lies in a private folder as long as it is read, and messages name the file that was given.
"""

from __future__ import annotations

import gzip
import shutil
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from filecmp import cmp
from glob import glob
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from breakeven.demand.log.format.headers import UTF_16, csv_headers, kind_of, suffixes
from breakeven.files import unreadable
from breakeven.problems import Problem
from breakeven.texts import name_shown

Paths = str | Path | Sequence[str | Path]
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CHUNK = 2**20
PACKED = ".zip"
END = 2**14  # bytes
UNPACK = "Unpack it, and name what is in it."
MOST_NAMED = 8


def listed(given: Paths) -> list[str | Path]:
    """What was given, as a list."""
    return [given] if isinstance(given, str | Path) else list(given)


def expanded(path: Path) -> list[Path]:
    """The files that one path stands for."""
    if path.is_dir():
        inside = sorted(file for file in path.iterdir() if kind_of(file) is not None or file.suffix.lower() == PACKED)
        if not inside:
            raise Problem("the folder holds no log file", where=str(path), fix=suffixes())
        return inside
    if path.exists():
        return [path]
    if matches := sorted(Path(match) for match in glob(str(path))):  # noqa: PTH207 - an absolute pattern
        return matches
    raise Problem("there is no such file", where=str(path), fix="Check the path; it is taken from where you are.")


def without_copies(paths: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """The files, each content once, as when a download is made twice; and what is said of the copies."""
    sizes = [(path, path.stat().st_size if path.is_file() else -1) for path in paths]
    of_size = Counter(size for _, size in sizes)
    kept: dict[tuple[int, bytes], list[Path]] = {}
    once, notices = [], []
    for path, size in sizes:
        if size < 0 or of_size[size] == 1:
            once.append(path)
            continue
        alike = kept.setdefault((size, _ends(path, size)), [])
        same = next((earlier for earlier in alike if cmp(earlier, path, shallow=False)), None)
        if same is None:
            alike.append(path)
            once.append(path)
        else:
            notices.append(f"{name_shown(path.name)} is a copy of {name_shown(same.name)}, and is not read again.")
    return once, notices


def _ends(path: Path, size: int) -> bytes:
    """The first and last bytes of a file: of many files of one size, only those that begin and end alike are compared
    as a whole.
    """
    with suppress(OSError), path.open("rb") as file:
        first = file.read(END)
        file.seek(max(size - END, 0))
        return sha256(first + file.read(END)).digest()
    return str(path).encode()  # what keeps it from being read is told where it is read


class Copies(dict[str, str]):
    """Copy -> the file that was given."""

    def named(self, text: str) -> str:
        """A text of the person's, the copies in it called as what they are of."""
        for copy, name in self.items():
            text = text.replace(copy, name)
        return text


@contextmanager
def plain_copies(given: Paths) -> Iterator[tuple[Paths, Copies]]:
    """The paths, those that need it as copies; the same as given where none does."""
    files = [file for one in listed(given) for file in expanded(Path(one))]
    if not any(_needs(file) for file in files):
        yield given, Copies()
        return
    copies = Copies()
    with TemporaryDirectory(prefix="breakeven-") as folder:
        paths: list[Path] = []
        for place, file in enumerate(files):
            plain = _plain_of(file, Path(folder) / str(place))
            copies |= {str(copy): name for copy, name in plain.items() if copy != file}
            paths += plain
        try:
            yield paths, copies
        except Problem as problem:
            where = copies.named(problem.where) if isinstance(problem.where, str) else problem.where
            raise Problem(copies.named(problem.what), where=where, fix=problem.fix) from problem


def _start(path: Path) -> bytes:
    """The first bytes, unpacked; none where they cannot be had, which is told where the file is read."""
    with suppress(OSError, EOFError, zlib.error):
        if path.is_file():
            with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
                return bytes(file.read(64))
    return b""


def _needs(path: Path) -> bool:
    """Whether a file is read as a copy."""
    if path.suffix.lower() == PACKED or (path.is_file() and zipfile.is_zipfile(path) and path.suffix != ".xlsx"):
        return True
    start, kind = _start(path), kind_of(path)
    if kind == "parquet" or not start:
        return False
    return (kind is None and _kind_within(path, start) != "") or _encoding(start, kind) != ""


def _encoding(start: bytes, kind: str | None) -> str:
    """The encoding of a text that is none of those that are read as they are, else ""."""
    if start.startswith(UTF_16):
        return "utf-16"
    if len(start) > 3 and start[1::2].strip(b"\0") == b"" and b"\0" not in start[::2]:
        return "utf-16-le"
    return "utf-8-sig" if kind in ("json", "jsonl") and start.startswith(BYTE_ORDER_MARK) else ""


def _kind_within(path: Path, start: bytes) -> str:
    """The kind of a text whose name tells none: JSON, or a table where it was packed; else ""."""
    text = start.decode(_encoding(start, "json") or "utf-8", "ignore").strip()
    if text.startswith(("{", "[")):
        return ".json"
    return ".csv" if path.suffix.lower() == ".gz" and text and "\0" not in text else ""


def _plain_of(path: Path, folder: Path) -> dict[Path, str]:
    """What is read in place of a file, and what each is called: itself, its copy, or the files of a ZIP file."""
    if not (_needs(path) and zipfile.is_zipfile(path)):
        return {_plain(path, folder): str(path)}
    folder.mkdir()
    packed = path.suffix.lower() == PACKED
    inside = {
        _plain(copy, copy.parent / "text"): str(path / name) if packed else str(path)
        for copy, name in _unpacked(path, folder).items()
    }
    if len({_shape(each) for each in inside}) > 1:
        what = f"the ZIP file holds files of several shapes ({_few([Path(each).name for each in inside.values()])})"
        raise Problem(what, where=str(path), fix="Unpack it, and name those that belong together.")
    return inside


def _shape(path: Path) -> tuple[str | None, tuple[str, ...]]:
    """The kind of a file, and of a table its columns."""
    kind = kind_of(path)
    names: Sequence[str] = next(csv_headers(path)).names if kind == "csv" else ()
    return kind, tuple(sorted(names))


def _few(names: Sequence[str]) -> str:
    return ", ".join(map(name_shown, names[:MOST_NAMED])) + (" …" if len(names) > MOST_NAMED else "")


def _plain(path: Path, folder: Path) -> Path:
    """The file, or its copy in a folder of its own."""
    if not _needs(path):
        return path
    folder.mkdir()
    if path.suffix.lower() == PACKED:
        raise Problem("the ZIP file is damaged", where=str(path), fix="Download it again.")
    start = _start(path)
    packed = path.suffix.lower() == ".gz"
    name = path.name.removesuffix(path.suffix) if packed else path.name
    copy = folder / (name if kind_of(path) else f"{name}{_kind_within(path, start)}")
    encoding = _encoding(start, kind_of(copy)) or "utf-8"
    try:
        opener: Any = gzip.open if packed else open
        with (
            opener(path, "rt", encoding=encoding, newline="") as file,
            copy.open("w", encoding="utf-8", newline="") as plain,
        ):
            shutil.copyfileobj(file, plain, CHUNK)
    except UnicodeError:
        what = "the file does not hold the text that it begins as"
        raise Problem(what, where=str(path), fix="Export it again.") from None
    except (EOFError, zlib.error):
        raise Problem("the compressed file is damaged", where=str(path), fix="Download it again.") from None
    except OSError as error:
        raise unreadable(path, error) from None
    return copy


def _unpacked(path: Path, folder: Path) -> dict[Path, str]:
    """Copies of the logs in a ZIP file, each in a folder of its own, and what they are called in it."""
    copies: dict[Path, str] = {}
    try:
        with zipfile.ZipFile(path) as packed:
            inside = _logs_in(packed, path)
            if sum(member.file_size for member in inside) > shutil.disk_usage(folder).free:
                fix = "Free space in the temporary folder (TMPDIR names another)."
                raise Problem("what the ZIP file holds is larger than the room for it", where=str(path), fix=fix)
            for place, member in enumerate(inside):
                copy = folder / str(place) / Path(member.filename.replace("\\", "/")).name
                copy.parent.mkdir()
                with packed.open(member) as file, copy.open("wb") as plain:
                    shutil.copyfileobj(file, plain, CHUNK)
                copies[copy] = member.filename
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise Problem("the ZIP file is damaged", where=str(path), fix="Download it again.") from None
    except (RuntimeError, NotImplementedError):
        raise Problem("the ZIP file asks for a password, or is packed unusually", where=str(path), fix=UNPACK) from None
    except OSError as error:
        raise unreadable(path, error) from None
    for copy in copies:
        if kind_of(copy) is None and _kind_within(copy, _start(copy)) == "":
            what = f"the ZIP file holds {name_shown(copy.name)}, which is no log by its name"
            raise Problem(what, where=str(path), fix=suffixes())
    return copies


def _logs_in(packed: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    """The members that are logs by their names, in the order of these; else the one member that there is."""
    inside = [each for each in packed.infolist() if not each.is_dir() and not _is_of_the_packer(each.filename)]
    logs = sorted((each for each in inside if kind_of(Path(each.filename))), key=lambda each: each.filename)
    if not logs and len(inside) != 1:
        named = _few([each.filename for each in inside]) or "nothing"
        what = f"the ZIP file holds {len(inside)} files ({named}), none of them a log by its name"
        raise Problem(what, where=str(path), fix=suffixes())
    return logs or inside


def _is_of_the_packer(name: str) -> bool:
    return name.startswith("__MACOSX/") or Path(name).name.startswith(".")
