"""One guard around every command: how it ends, what is told then, and what the terminal can show of it."""

from __future__ import annotations

import errno
import io
import os
import platform
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from shutil import get_terminal_size
from types import FrameType

from breakeven.cli.ending import swept
from breakeven.files import refused
from breakeven.problems import Problem, Problems
from breakeven.texts import shown

WRONG, FAULT, INTERRUPTED, NOBODY_READS = 1, 70, 130, 141
DEBUG = "--debug"
NARROWEST, WIDEST = 40, 1000  # columns: narrower ones break words into letters, wider ones fill memory with blanks
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}  # of a file without a name: the answer
SIZES = ("COLUMNS", "LINES", "TERMINAL_WIDTH")  # what rich and typer read as numbers, without a check
SAID = """\
breakeven ran into a fault of its own: {error}
Nothing was sent anywhere. Please tell those who keep breakeven: this message, the command as you gave it and, if you
may show it, the file it read. It is breakeven {version} on Python {python}, {system}.
`{command}` shows the trace."""


def run() -> int:
    """Run the command in `sys.argv`; returns its exit code."""
    debug = _debug_asked()
    _fit_terminal()
    with swept(), _interrupts() as interrupted:
        try:
            code = _command()
        except KeyboardInterrupt:
            code = INTERRUPTED
        except BaseException as error:  # noqa: BLE001 - the last place where anything can be told
            code = INTERRUPTED if interrupted[0] else _ended(error, debug)
    return _flushed(code)


def _command() -> int:
    """What the command ends with. A reader that went away is known by what the exit came from."""
    from breakeven.cli.commands import app

    try:
        app()
    except SystemExit as end:
        if any(isinstance(origin, BrokenPipeError) for origin in _origins(end)):
            return NOBODY_READS
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return 0


def _ended(error: BaseException, debug: bool) -> int:
    """Tell an error; returns the exit code."""
    if debug:
        _say(shown("".join(traceback.format_exception(error)).rstrip()))
    if isinstance(error, BrokenPipeError):
        return NOBODY_READS
    told = error if isinstance(error, Problem | Problems) else _problem_of(error)
    if told is not None:
        _say(str(told))
        return WRONG
    _say(_fault(error))
    return FAULT


def _problem_of(error: BaseException) -> Problem | None:
    """What the system refused, as a problem of the person's; None where it is a fault of ours."""
    if isinstance(error, OSError) and error.strerror and error.filename is None and error.errno in NO_ROOM:
        return _unwritten(error)
    return refused(error)


def _unwritten(error: OSError) -> Problem:
    return Problem(f"the answer cannot be written: {error.strerror}", where="standard output", fix="Send it elsewhere.")


def _fault(error: BaseException) -> str:
    """Where in our own code, in which version, and what to do."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "breakeven" in Path(frame.filename).parts]
    place = f" ({Path(ours[-1].filename).stem}, line {ours[-1].lineno})" if ours else ""
    name = type(error).__name__
    sentence = SAID.format(
        error=f"{name}: {error}{place}" if str(error) else f"{name}{place}",
        version=version("breakeven"),
        python=platform.python_version(),
        system=platform.system(),
        command=" ".join(["breakeven", DEBUG, *sys.argv[1:]]),
    )
    return shown(sentence)


def _say(text: str) -> None:
    """On standard error, if that can still be written to."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _close_quietly(sys.stderr)


def _flushed(code: int) -> int:
    """The exit code, after what is left to write has been written or told."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = NOBODY_READS
    except OSError as error:
        if code != WRONG:
            _say(str(_unwritten(error)))
        code = code or WRONG
    else:
        return code
    _close_quietly(sys.stdout)
    return code


def _close_quietly(stream: object) -> None:
    """What could not be written is dropped, or Python would try again at its end and complain."""
    if not isinstance(stream, io.TextIOWrapper):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _origins(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _debug_asked() -> bool:
    """Whether `--debug` stands anywhere before a bare `--`; it is taken out there, for commands do not know it."""
    given = sys.argv[1:]
    mine = given[: given.index("--")] if "--" in given else given
    if DEBUG not in mine:
        return False
    sys.argv[1:] = [each for each in mine if each != DEBUG] + given[len(mine) :]
    return True


def _fit_terminal() -> None:
    """Replace letters the terminal cannot show, and take widths that a page can be set in."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    for name in SIZES:
        if name in os.environ and not (os.environ[name].isascii() and os.environ[name].isdigit()):
            del os.environ[name]
    columns = get_terminal_size().columns
    fitting = min(max(columns, NARROWEST), WIDEST)
    if fitting != columns or "COLUMNS" in os.environ:
        os.environ["COLUMNS"] = str(fitting)


@contextmanager
def _interrupts() -> Iterator[list[bool]]:
    """Whether Ctrl-C was pressed: a library may turn it into an error of its own on the way."""
    pressed, before = [False], signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        pressed[0] = True
        (before if callable(before) else signal.default_int_handler)(number, frame)

    try:
        signal.signal(signal.SIGINT, note)
    except ValueError:  # not the main thread: nobody presses it here
        yield pressed
        return
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
