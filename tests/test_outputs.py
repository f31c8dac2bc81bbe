"""What is written is whole or not there: on a full disk, when killed, with two writers; and nothing of ours stays."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from breakeven import outputs
from breakeven.problems import Problem

WRITE = "from pathlib import Path; from breakeven.outputs import replacing\n"
HALF = (
    WRITE
    + """
with replacing(Path("out.txt")) as part:
    part.write_text("half")
    print("begun", flush=True)
    import time; time.sleep(60)
"""
)
LIMITED = (
    WRITE
    + """
import resource, sys
from breakeven.outputs import write
from breakeven.problems import Problem
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write(Path("out.txt"), "x" * 100_000)
except Problem as problem:
    sys.exit(str(problem))
"""
)


def test_the_old_one_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    outputs.write(out, "old")
    with outputs.replacing(out) as part:
        part.write_text("new")
        assert out.read_text() == "old"
        assert part.parent == out.parent
    assert out.read_text() == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"]


def test_what_fails_halfway_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    outputs.write(out, "old")
    with pytest.raises(UnicodeEncodeError), outputs.replacing(out) as part:
        part.write_text("half \udc80", "utf-8")
    assert out.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"]


def test_text_is_utf_8_and_its_line_ends_stay(tmp_path: Path) -> None:
    outputs.write(tmp_path / "out.txt", "ä\r\n€\n")
    assert (tmp_path / "out.txt").read_bytes() == "ä\r\n€\n".encode()


def test_rights_are_kept_and_new_ones_are_the_usual(tmp_path: Path) -> None:
    old = tmp_path / "old.txt"
    old.write_text("")
    old.chmod(0o640)
    usual = tmp_path / "usual.txt"
    usual.write_text("")
    outputs.write(old, "x")
    outputs.write(tmp_path / "new.txt", "x")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert (tmp_path / "new.txt").stat().st_mode == usual.stat().st_mode


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "real" / "out.txt")
    outputs.write(link, "x")
    assert link.is_symlink()
    assert (tmp_path / "real" / "out.txt").read_text() == "x"


def test_fresh_never_overwrites(tmp_path: Path) -> None:
    outputs.write(tmp_path / "out.txt", "first", fresh=True)
    with pytest.raises(Problem, match="already there"):
        outputs.write(tmp_path / "out.txt", "second", fresh=True)
    assert (tmp_path / "out.txt").read_text() == "first"
    assert len(list(tmp_path.iterdir())) == 1


def test_fresh_where_a_file_has_one_name_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    test_fresh_never_overwrites(tmp_path)


def test_the_longest_name_that_a_folder_takes(tmp_path: Path) -> None:
    outputs.write(tmp_path / ("n" * 255), "x")
    with pytest.raises(Problem, match="cannot be written"):
        outputs.write(tmp_path / ("n" * 256), "x")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("no/out.txt", "no: there is no such folder"),
        ("file/out.txt", "file/out.txt: cannot be written: Not a directory"),
        (".", "is a folder"),
        ("circle", "cannot be written"),
    ],
)
def test_targets_are_tried_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    Path("circle").symlink_to("circle")
    with pytest.raises(Problem) as found:
        outputs.tried(Path(place))
    assert said in str(found.value)


def test_trying_leaves_nothing_and_changes_nothing(tmp_path: Path) -> None:
    outputs.tried(tmp_path / "out.txt")
    assert not list(tmp_path.iterdir())
    (tmp_path / "out.txt").write_text("old")
    outputs.tried(tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text() == "old"


def test_what_is_read_is_not_overwritten(tmp_path: Path) -> None:
    log = tmp_path / "log.parquet"
    log.write_text("rows")
    with pytest.raises(Problem, match="is read, and would be overwritten"):
        outputs.tried(tmp_path / "." / "log.parquet", sources=["nothing", log])


def test_a_device_is_written_to_and_stays_one() -> None:
    with pytest.raises(Problem, match="No space left on device"):
        outputs.write(Path("/dev/full"), "x" * 100_000)
    outputs.write(Path("/dev/null"), "x")
    assert Path("/dev/full").is_char_device()
    assert Path("/dev/null").is_char_device()


def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("old")
    done = subprocess.run([sys.executable, "-c", LIMITED], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr.startswith("out.txt: cannot be written: File too large")
    assert (tmp_path / "out.txt").read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_killed_halfway(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "out.txt").write_text("old")
    as_in_a_terminal = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # `&` turns it off
    program = f"{as_in_a_terminal}\nfrom breakeven.cli.ending import swept\nwith swept():\n exec({HALF!r})"
    with subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"begun\n"
        running.send_signal(number)
        code = running.wait(10)
    assert code == (-9 if number is signal.SIGKILL else 128 + number)
    assert (tmp_path / "out.txt").read_text() == "old"
    left = {each.name for each in tmp_path.iterdir()} - {"out.txt"}
    assert len(left) == (number is signal.SIGKILL)  # nobody can clear away after that


def test_two_at_once_and_each_time_the_file_is_one_of_theirs(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    program = WRITE + "import sys\nfrom breakeven.outputs import write\nfor _ in range(200): write(Path('out.txt'), "
    program += "sys.argv[1] * 50_000)"
    outputs.write(out, "a" * 50_000)
    writers = [subprocess.Popen([sys.executable, "-c", program, each], cwd=tmp_path) for each in "ab"]
    seen = set()
    while any(each.poll() is None for each in writers):
        text = out.read_text()
        assert len(text) == 50_000
        seen |= set(text)
        assert len(set(text)) == 1
    assert [each.returncode for each in writers] == [0, 0]
    assert seen == {"a", "b"}
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"]


def test_only_one_of_two_that_write_anew(tmp_path: Path) -> None:
    program = WRITE + "import sys\nfrom breakeven.outputs import write\nwrite(Path('out.txt'), sys.argv[1], fresh=True)"
    writers = [
        subprocess.Popen([sys.executable, "-c", program, each], cwd=tmp_path, stderr=subprocess.DEVNULL)
        for each in "abcd"
    ]
    assert sorted(each.wait() for each in writers) == [0, 1, 1, 1]
    assert (tmp_path / "out.txt").read_text() in "abcd"


def test_a_private_folder_goes_with_all_that_is_in_it() -> None:
    with outputs.private_folder() as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text("x")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_no_place_for_a_private_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(Problem, match=r"the temporary folder cannot be written(.|\n)*TMPDIR"), outputs.private_folder():
        pass


def test_sweeping_tells_whether_there_was_any(tmp_path: Path) -> None:
    assert not outputs.sweep()
    with outputs.private_folder() as folder:
        assert outputs.sweep()
        assert not folder.exists()


def test_a_read_only_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.txt"
    out.write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == out and mode == os.W_OK))  # root may all
    with pytest.raises(Problem, match="read-only"):
        outputs.tried(out)
    with pytest.raises(Problem, match="read-only"):
        outputs.write(out, "new")
    assert out.read_text() == "old"


def test_what_a_killed_process_left_is_removed_by_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of this machine and of a process that is no more; what may be another's stays."""
    running = subprocess.Popen([sys.executable, "-c", HALF], cwd=tmp_path, stdout=subprocess.PIPE)
    assert running.stdout is not None
    running.stdout.readline()
    (left,) = tmp_path.iterdir()
    outputs.write(tmp_path / "other.txt", "while it still runs")
    assert left.exists()
    running.kill()
    running.wait()
    elsewhere = tmp_path / left.name.replace(outputs._machine(), "0" * 8)
    others = [elsewhere, tmp_path / ".breakeven-notes.part", tmp_path / ".breakeven-x-y-z.part"]
    for each in others:
        each.touch()
    outputs.write(tmp_path / "other.txt", "the next one")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "other.txt", *others])


def test_a_private_folder_of_a_killed_process_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f"breakeven-{outputs._machine()}-{ended.pid}-x"
    (left / "rows").mkdir(parents=True)
    with outputs.private_folder() as folder:
        assert not left.exists()
        assert folder.parent == tmp_path
