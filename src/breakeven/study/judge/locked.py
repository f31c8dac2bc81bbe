"""A study that is judged again from its file: whether the file is as it was written, and the answer the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from breakeven.study.judge.basis import fingerprint_of, study_document
from breakeven.study.study import Study

SAME = 1e-6  # relative: another processor may add in another order
APART = ("format", "fingerprint", "basis")  # what the answers rest on
MOST_TOLD = 3
CHANGED = "changed since it was written"


def differences_from(document: Mapping[str, Any], study: Study, version: str) -> tuple[str, ...]:
    """What no longer holds of a study.json, in sentences; nothing where it is as it was written.

    `study` is what was judged again from it. Another version alone is no difference, another answer is.
    """
    sentences = list(_of_the_basis(document))
    answers = study_document(study)
    moved = [
        change
        for name in sorted({*answers, *document} - {*APART})
        for change in _moved(document.get(name), answers.get(name), name)
    ]
    if moved:
        more = f"; and {len(moved) - MOST_TOLD} more" if len(moved) > MOST_TOLD else ""
        sentences.append(f"the recomputed answer differs: {'; '.join(moved[:MOST_TOLD])}{more}")
        written = document["basis"]["versions"].get("breakeven")
        if written != version:
            sentences.append(f"it was written by breakeven {written}, this is {version}")
    return tuple(sentences)


def _of_the_basis(document: Mapping[str, Any]) -> Iterator[str]:
    """Whether what the study rests on is what was written."""
    if "fingerprint" not in document:
        yield "it has no fingerprint, so that nobody can tell whether it was changed"
    elif document["fingerprint"] != fingerprint_of(document["basis"]):
        yield f"what it rests on was {CHANGED}"


def _moved(before: Any, after: Any, where: str) -> Iterator[str]:
    """The places at which two documents differ, the first of a list of other length only once."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(each for each in after if each not in before)]:
            yield from _moved(before.get(name), after.get(name), f"{where}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True), start=1):
            yield from _moved(one, other, f"{where} {place}")
    elif not _same(before, after):
        yield f"{where} was {_short(before)}, now {_short(after)}"


def _same(before: Any, after: Any) -> bool:
    numbers = [each for each in (before, after) if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(numbers) == 2:
        return bool(abs(before - after) <= SAME * max(abs(before), abs(after), 1.0))
    return bool(before == after)


def _short(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, Mapping | list):
        return f"{len(value)} entries"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
