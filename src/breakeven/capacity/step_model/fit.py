"""The constants of the step model and their effects by group, fitted together to published rows.

Least squares on the logarithm, robust against outliers; every constant and every group's effect is held
near what was likely before (`step_constants`), so a group with few rows stays near its family.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.capacity.step_model.columns import Columns, Floats
from breakeven.capacity.step_model.constants import CONSTANTS, EFFECTS, NAMES
from breakeven.capacity.step_model.levels import columns_of
from breakeven.capacity.step_model.step import log_tokens_per_second

ROW_NOISE = 0.10  # log: how far one measurement is off where the model is right
GROUP_ROWS = 10.0  # rows of one group count no more than so many together
STEP = 1e-4  # of the logarithm, for the derivatives
ROUNDS, TRIES = 40, 8
LONGEST_MOVE = 1.0  # of a logarithm, in one round
ENOUGH = 5e-5  # of the cost: a round that gains less is the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Logarithms of the constants, then of the effects by (constant, factor, level); their deviations."""

    constants: dict[str, float]
    effects: dict[tuple[str, str, str], float]
    deviations: dict[str, float]  # standard deviation of each constant's logarithm


def values_of(fitted: Fitted, levels: Sequence[Mapping[str, str]]) -> dict[str, Floats]:
    """Each constant for each row: the common value, moved by the effects of the row's groups."""
    logs = {name: np.full(len(levels), fitted.constants[name]) for name in NAMES}
    for each in EFFECTS:
        moved = [fitted.effects.get((each.constant, each.factor, row[each.factor]), 0.0) for row in levels]
        logs[each.constant] = logs[each.constant] + np.array(moved)
    return {name: np.exp(found) for name, found in logs.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Design:
    """Which constant each unknown moves (`constant`), in which rows (`member`), and what was likely."""

    names: list[tuple[str, str, str]]
    constant: Floats
    member: Floats
    usual: Floats
    doubt: Floats

    def start(self, fitted: Fitted | None) -> Floats:
        """Where to begin: at an earlier fit, or at what is usual."""
        if fitted is None:
            return self.usual.copy()
        known = {(name, "", ""): value for name, value in fitted.constants.items()} | fitted.effects
        return np.array([known.get(name, 0.0) for name in self.names])

    def logs(self, unknowns: Floats) -> Floats:
        """The logarithm of every constant in every row."""
        of_constant = (self.constant[:, None] == np.arange(len(NAMES))) * unknowns[:, None]
        return np.asarray((self.member @ of_constant).T)


def _design(levels: Sequence[dict[str, str]]) -> _Design:
    names, constant, member = [], [], []
    for at, of_constant in enumerate(CONSTANTS):
        names.append((of_constant.name, "", ""))
        constant.append(at)
        member.append(np.ones(len(levels)))
    for effect in EFFECTS:
        factors = np.array(columns_of(levels, effect.factor))
        for level in sorted(set(factors.tolist())):
            names.append((effect.constant, effect.factor, level))
            constant.append(NAMES.index(effect.constant))
            member.append((factors == level).astype(float))
    spread = {(of_effect.constant, of_effect.factor): of_effect.doubt for of_effect in EFFECTS}
    more = [spread[constant_name, factor] for constant_name, factor, _ in names[len(CONSTANTS) :]]
    return _Design(
        names=names,
        constant=np.array(constant),
        member=np.stack(member, axis=1),
        usual=np.array([np.log(of_constant.usual) for of_constant in CONSTANTS] + [0.0] * len(more)),
        doubt=np.array([of_constant.doubt for of_constant in CONSTANTS] + more),
    )


def _predicted(logs: Floats, cells: Columns) -> Floats:
    return log_tokens_per_second(cells, {name: np.exp(logs[at]) for at, name in enumerate(NAMES)})


def _slopes(design: _Design, logs: Floats, cells: Columns, now: Floats) -> Floats:
    """The derivative of every row by every unknown; an effect moves its rows as its constant does."""
    by_constant = np.empty((len(now), len(NAMES)))
    for at in range(len(NAMES)):
        moved = logs.copy()
        moved[at] += STEP
        by_constant[:, at] = (_predicted(moved, cells) - now) / STEP
    return np.asarray(by_constant[:, design.constant.astype(int)] * design.member)


def row_weights(groups: Sequence[str]) -> Floats:
    """Rows of a large group count less, so that a few large groups do not decide alone."""
    count = Counter(groups)
    return np.array([1 / max(count[each] / GROUP_ROWS, 1.0) for each in groups])


class _Search:
    """Levenberg-Marquardt with the weights of a robust loss."""

    def __init__(self, design: _Design, cells: Columns, measured: Floats, weights: Floats) -> None:
        self.design, self.cells, self.measured, self.weights = design, cells, measured, weights

    def look(self, unknowns: Floats) -> tuple[float, Floats, Floats]:
        """Cost, the constants' logarithms, the prediction."""
        logs = self.design.logs(unknowns)
        predicted = _predicted(logs, self.cells)
        error = (predicted - self.measured) / ROW_NOISE
        far = (unknowns - self.design.usual) / self.design.doubt
        return float((self.weights * 2 * (np.sqrt(1 + error**2) - 1)).sum() + (far**2).sum()), logs, predicted

    def curvature(self, unknowns: Floats, logs: Floats, predicted: Floats) -> tuple[Floats, Floats]:
        """The normal equations: matrix and right-hand side."""
        slopes = _slopes(self.design, logs, self.cells, predicted)
        error = predicted - self.measured
        weights = self.weights / np.sqrt(1 + (error / ROW_NOISE) ** 2) / ROW_NOISE**2
        weighted = slopes * weights[:, None]
        matrix = weighted.T @ slopes + np.diag(self.design.doubt**-2.0)
        return matrix, -weighted.T @ error - (unknowns - self.design.usual) / self.design.doubt**2

    def run(self, start: Floats) -> tuple[Floats, Floats]:
        """The best unknowns and the matrix there."""
        unknowns, damping = start, 1e-2
        cost, logs, predicted = self.look(unknowns)
        for _ in range(ROUNDS):
            matrix, right = self.curvature(unknowns, logs, predicted)
            before = cost
            for _ in range(TRIES):
                move = np.linalg.solve(matrix + damping * np.diag(np.diag(matrix)), right)
                tried = unknowns + np.clip(move, -LONGEST_MOVE, LONGEST_MOVE)
                looked = self.look(tried)
                if looked[0] < cost:
                    unknowns, (cost, logs, predicted), damping = tried, looked, max(damping / 5, 1e-7)
                    break
                damping *= 4
            if before - cost < ENOUGH * max(1.0, cost):
                break
        return unknowns, matrix


def fit(
    cells: Columns,
    levels: Sequence[dict[str, str]],
    measured: Floats,
    groups: Sequence[str],
    start: Fitted | None = None,
) -> Fitted:
    """The constants and effects that explain `measured`, logarithms of output tokens per second.

    `start`: where to begin looking, to be there sooner.
    """
    design = _design(levels)
    unknowns, matrix = _Search(design, cells, measured, row_weights(groups)).run(design.start(start))
    count = len(CONSTANTS)
    deviations = np.sqrt(np.diag(np.linalg.inv(matrix)))[:count]
    values = [float(unknown) for unknown in unknowns]
    return Fitted(
        constants=dict(zip(NAMES, values[:count], strict=True)),
        effects=dict(zip(design.names[count:], values[count:], strict=True)),
        deviations=dict(zip(NAMES, (float(deviation) for deviation in deviations), strict=True)),
    )
