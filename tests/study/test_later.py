"""What is made when it is first read: once, and then a tuple like any other."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from breakeven.study.later import Later


def noting(made: list[int]) -> Later[int]:
    def make() -> list[int]:
        made.append(1)
        return [3, 1, 2]

    return Later(make)


def test_nothing_is_made_before_it_is_read_and_then_once():
    made: list[int] = []
    later = noting(made)
    assert not made
    assert [*later] == [3, 1, 2]
    assert (len(later), later[0], later[:2]) == (3, 3, (3, 1))
    assert len(made) == 1


def test_it_equals_the_tuple_from_both_sides():
    later = noting([])
    assert later == (3, 1, 2)
    assert (3, 1, 2).__eq__(later) is NotImplemented  # so that Python asks the other side
    assert later == noting([])
    assert later != (1, 2, 3)


def test_it_is_pickled_as_the_tuple():
    assert pickle.loads(pickle.dumps(noting([]))) == (3, 1, 2)


def test_it_is_made_once_though_several_threads_read_it():
    made: list[int] = []

    def make() -> list[int]:
        made.append(1)
        sleep(0.02)
        return [3, 1, 2]

    later = Later(make)
    with ThreadPoolExecutor(8) as pool:
        assert {*pool.map(lambda _: (*later,), range(8))} == {(3, 1, 2)}
    assert len(made) == 1
