"""What few readers of a study ask for: made when it is first read, so that nobody waits for it who does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import RLock
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Later(Sequence[T], Generic[T]):
    """A tuple that is made when it is first read, once however many threads do. It equals that tuple, and is pickled as
    it.
    """

    __slots__ = ("_lock", "_made", "_make")

    def __init__(self, make: Callable[[], Sequence[T]]) -> None:
        self._make: Callable[[], Sequence[T]] | None = make
        self._made: tuple[T, ...] = ()
        self._lock = RLock()

    def _whole(self) -> tuple[T, ...]:
        with self._lock:
            if self._make is not None:
                self._made = tuple(self._make())
                self._make = None  # with all that it was to be made of
            return self._made

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        return self._whole()[place]

    def __len__(self) -> int:
        return len(self._whole())

    def __iter__(self) -> Iterator[T]:
        return iter(self._whole())

    def __eq__(self, other: object) -> bool:
        return self._whole() == (other._whole() if isinstance(other, Later) else other)

    def __hash__(self) -> int:
        return hash(self._whole())

    def __repr__(self) -> str:
        return repr(self._whole())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._whole(),)
