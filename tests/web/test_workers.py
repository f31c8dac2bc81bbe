"""The two processes: one that does not end is ended, a fault shows no trace, and what nobody waits for is not begun."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from breakeven.problems import Problem
from breakeven.web.desk import workers
from breakeven.web.desk.workers import Busy, Fault, Left, Refused, TookTooLong, Worker, go_on


def answer(value: str) -> str:
    return value


def sleep(seconds: float) -> str:
    time.sleep(seconds)
    return "done"


def stumble() -> None:
    raise KeyError("secret of the inside")


def refuse() -> None:
    raise Problem("this is wrong", where="here", fix="Do that.")


def leave() -> None:
    raise SystemExit(3)


def long_one(parts: int) -> str:
    for _ in range(parts):
        time.sleep(0.2)
        go_on()
    return "done"


def known() -> Mapping[str, Callable[..., Any]]:
    return {each.__name__: each for each in (answer, sleep, stumble, refuse, leave, long_one)}


def asked(*tasks: tuple[Any, ...], seconds: float = 30.0) -> list[Any]:
    """What one process gives for each task, mistakes as they are."""

    async def all_of_them() -> list[Any]:
        worker = Worker(known)
        found = []
        try:
            for name, *given in tasks:
                try:
                    found.append(await worker.ask(name, *given, seconds=seconds))
                except Exception as error:  # noqa: BLE001 - what came of it is the answer
                    found.append(error)
        finally:
            worker.stop()
        return found

    return asyncio.run(all_of_them())


def test_a_task_that_takes_too_long_is_ended_and_the_next_one_is_answered() -> None:
    first, second = asked(("sleep", 60.0), ("answer", "here"), seconds=3.0)
    assert isinstance(first, TookTooLong)
    assert second == "here"


def test_a_mistake_of_the_person_comes_back_in_its_parts() -> None:
    (found,) = asked(("refuse",))
    assert isinstance(found, Refused)
    assert found.found == [{"what": "this is wrong", "where": "here", "fix": "Do that."}]


def test_a_fault_of_ours_and_a_process_that_ends_do_not_stop_the_others() -> None:
    fault, ended, after = asked(("stumble",), ("leave",), ("answer", "still here"))
    assert isinstance(fault, Fault)
    assert isinstance(ended, Fault)
    assert after == "still here"


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    async def gone() -> bool:
        return False

    async def ask() -> None:
        worker = Worker(known)
        try:
            with pytest.raises(Left):
                await worker.ask("answer", "x", seconds=1.0, wanted=gone)
        finally:
            worker.stop()

    asyncio.run(ask())


def test_what_is_under_way_is_given_up_between_its_parts_and_the_next_one_is_answered() -> None:
    looks = iter([True, True, False])

    async def leaving() -> bool:
        return next(looks, False)

    async def ask() -> str:
        worker = Worker(known)
        try:
            started = time.monotonic()
            with pytest.raises(Left):
                await worker.ask("long_one", 500, seconds=90.0, wanted=leaving)
            assert time.monotonic() - started < 60
            found: str = await worker.ask("answer", "next", seconds=30.0)
            return found
        finally:
            worker.stop()

    assert asyncio.run(ask()) == "next"


def test_more_than_can_wait_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_WAITING", 2)

    async def ask() -> list[Any]:
        worker = Worker(known)
        try:
            return await asyncio.gather(
                *(worker.ask("sleep", 0.2, seconds=30.0) for _ in range(4)), return_exceptions=True
            )
        finally:
            worker.stop()

    found = asyncio.run(ask())
    assert [isinstance(each, Busy) for each in found] == [False, False, True, True]


def test_an_ended_server_leaves_nothing_behind_and_says_nothing(tmp_path: Path) -> None:
    run = [sys.executable, "-c", "from breakeven.cli.app import main; main()", "serve", "--port", "0", "--no-open"]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as server:
        assert server.stdout is not None
        assert "http://127.0.0.1" in server.stdout.readline()
        server.terminate()
        _, said = server.communicate(timeout=60)
    assert said == ""
