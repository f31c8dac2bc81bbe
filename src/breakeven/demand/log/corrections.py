"""Tokens that a bill takes back: corrections below zero, taken off what the bill charged for.

A correction seldom stands in the hour or day that it corrects. It is taken off the entries of its workload and model in
proportion to their tokens, or of all entries where those are not enough: sums are exact, and no hour falls below zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

PARTS = ("fresh", "cached_input_tokens", "cache_write_tokens", "output_tokens")
KNOWN = "input_tokens_with_cache_known"
CALLED = {
    "fresh": "input", "cached_input_tokens": "cached input", "cache_write_tokens": "cache write",
    "output_tokens": "output",
}  # fmt: skip
Columns = dict[str, np.ndarray]


def taken_off(
    columns: Mapping[str, np.ndarray], workload: Sequence[str], model: Sequence[str]
) -> tuple[Columns, tuple[str, ...]]:
    """The columns without amounts below zero, and what is said of those."""
    parts = {name: columns[name] for name in PARTS if name in columns}
    parts["fresh"] = columns["input_tokens"] - columns["cached_input_tokens"] - columns["cache_write_tokens"]
    wrong = [name for name in PARTS if (parts[name] < 0).any()]
    if not any((columns[name] < 0).any() for name in ("input_tokens", *PARTS[1:])):
        return dict(columns), ()
    uses = _numbered(list(zip(workload, model, strict=True)))
    left = {name: _least_zero(_least_zero(parts[name], uses), np.zeros_like(uses)) for name in wrong}
    sentences = [text for name in wrong if (text := _said(name, parts[name], left[name]))]
    parts |= {name: np.maximum(amounts, 0) for name, amounts in left.items()}
    whole = parts["fresh"] + parts["cached_input_tokens"] + parts["cache_write_tokens"]
    known = np.where(columns[KNOWN] == columns["input_tokens"], whole, np.maximum(columns[KNOWN], 0))
    made = {name: parts[name] for name in PARTS[1:]} | {"input_tokens": whole, KNOWN: known}
    return dict(columns) | made, tuple(sentences)


def _numbered(names: Sequence[object]) -> np.ndarray:
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([places[name] for name in names], dtype=np.int64)


def _least_zero(amounts: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The amounts, what is below zero taken off the others of its group; what they do not cover stays on its entry."""
    found = amounts.copy()
    for each in np.unique(group[amounts < 0]):
        inside = np.flatnonzero(group == each)
        found[inside] = _spread(amounts[inside])
    return found


def _spread(amounts: np.ndarray) -> np.ndarray:
    """One group: whole numbers, by largest remainder."""
    above, below = np.maximum(amounts, 0), int(-amounts[amounts < 0].sum())
    total = int(above.sum())
    if below >= total:
        rest = np.zeros_like(amounts)
        rest[int(np.argmin(amounts))] = total - below
        return rest
    exact = [int(amount) * (total - below) for amount in above]
    kept = np.array([share // total for share in exact], dtype=np.int64)
    missing = total - below - int(kept.sum())
    most = sorted(range(len(exact)), key=lambda place: (-(exact[place] % total), place))[:missing]
    kept[most] += 1
    return kept


def _said(part: str, before: np.ndarray, after: np.ndarray) -> str:
    """What was taken off, and what is more than there was."""
    taken, beyond = -int(before[before < 0].sum()), -int(after[after < 0].sum())
    text = f"Corrections below zero take {taken:,} {CALLED[part]} tokens off."
    more = f" {beyond:,} of them are more than the bill charges for, and are left out: what they correct is not in it."
    return text + more * bool(beyond)
