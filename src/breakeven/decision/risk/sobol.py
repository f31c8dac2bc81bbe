"""Sobol's points, scrambled many times over: the points of `scipy.stats.qmc.Sobol`, bit for bit.

That library makes one scramble at a time and takes half a second of importing; a study needs 64 and nothing else of it.
Direction numbers: S. Joe and F. Y. Kuo (2008), "Constructing Sobol sequences with better two-dimensional projections",
https://web.maths.unsw.edu.au/~fkuo/sobol/new-joe-kuo-6.21201, the first 256 inputs. Scramble: J. Matoušek (1998), a
random lower triangular matrix and a digital shift.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from breakeven.problems import Problem
from breakeven.shipped import shipped_text

Bits = NDArray[np.uint32]
DEPTH = 30  # bits of a scramble, as many as that library draws


def scrambled(many: int, count: int, generators: Sequence[np.random.Generator]) -> NDArray[np.float64]:
    """`many` points (a power of two) of `count` inputs, one scramble a generator: (generators, many, count).

    Of each input one point lies in each of `many` equal intervals, anywhere within it: the library's scramble gives all
    points the same place within their interval, which would bias the tails.
    """
    deep = many.bit_length() - 1
    corners = np.array(
        [_scramble(count, deep, generator.spawn(1)[0]) for generator in generators]
    )  # of the intervals, counted from 0
    return np.array(
        [(corner + one.random(corner.shape)) / many for corner, one in zip(corners, generators, strict=True)]
    )


def _scramble(count: int, deep: int, generator: np.random.Generator) -> Bits:
    """The first bits of all points, as whole numbers (points, inputs)."""
    shift = generator.integers(2, size=(count, DEPTH), dtype=np.uint32)[:, DEPTH - deep :][:, ::-1]
    lower = np.tril(generator.integers(2, size=(count, DEPTH, DEPTH), dtype=np.uint32))[:, :deep, :deep]
    lower[:, range(deep), range(deep)] = 1
    weights = 2 ** np.arange(deep, dtype=np.uint32)[::-1]
    steps = np.einsum("irk,ijk->ijr", lower, directions(count, deep)) % 2 @ weights  # (inputs, steps)
    moves = np.concatenate([(shift @ weights)[None], steps.T[_turning_bits(deep)]]).astype(np.uint32)
    return np.asarray(np.bitwise_xor.accumulate(moves, axis=0))


def _turning_bits(deep: int) -> NDArray[np.intp]:
    """The bit that turns from each point to the next, in the order of a Gray code."""
    after = np.arange(1, 2**deep)
    return np.log2(after & -after).astype(np.intp)


@cache
def directions(count: int, deep: int) -> Bits:
    """The direction numbers of each input, as bits from the highest on: (inputs, numbers, bits)."""
    rows = [[int(each) for each in line.split()] for line in shipped_text("decision/risk/joe_kuo.txt").splitlines()[1:]]
    if count > len(rows) + 1:
        raise Problem(f"{count} uncertain inputs", fix=f"Draw {len(rows) + 1} at most.")
    whole = [[1] * deep, *(_numbers(row[1], row[2], row[3:], deep) for row in rows[: count - 1])]
    highest = np.arange(deep)
    values = np.array(whole[:count], dtype=np.int64) << (deep - 1 - highest)  # number k is m_k / 2^k
    return np.asarray(values[..., None] >> highest[::-1] & 1, dtype=np.uint32)


def _numbers(degree: int, coefficients: int, first: Sequence[int], deep: int) -> list[int]:
    """Joe and Kuo's recurrence: m_k = 2 a_1 m_(k-1) ⊕ … ⊕ 2^s m_(k-s) ⊕ m_(k-s)."""
    numbers = list(first[:deep])
    while len(numbers) < deep:
        last = numbers[-degree]
        value = last ^ last << degree
        for back in range(1, degree):
            if coefficients >> (degree - 1 - back) & 1:
                value ^= numbers[-back] << back
        numbers.append(value)
    return numbers
