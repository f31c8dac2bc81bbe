"""A progress bar for long reads, with rate and time left, on a terminal only and never in the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from breakeven.files import bytes_read

EVERY_SECONDS = 0.2


@contextmanager
def progress() -> Iterator[Callable[[str, int], None]]:
    """Tell what begins and how many bytes it reads (0: not known); the bar goes when the block ends."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    with _bar(console) as bar:
        task, done = bar.add_task("reading", total=None), Event()
        started_at = [bytes_read()]

        def stage(name: str, size: int) -> None:
            started_at[0] = bytes_read()
            bar.reset(task, total=size or None, description=f"reading {name}")

        watcher = Thread(target=_watch, args=(bar, task, started_at, done), daemon=True)
        watcher.start()
        try:
            yield stage
        finally:
            done.set()
            watcher.join()


def _bar(console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True)


def _watch(bar: Progress, task: object, started_at: list[int], done: Event) -> None:
    while not done.wait(EVERY_SECONDS):
        bar.update(task, completed=bytes_read() - started_at[0])  # type: ignore[arg-type]
