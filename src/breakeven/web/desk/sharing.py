"""The page that is sent: the state as it stands, and sliders over answers that are computed here, none in between."""

from __future__ import annotations

from itertools import product

from breakeven.problems import Problem
from breakeven.report.pages.parts.evidence import best
from breakeven.study.questions.pictures import pictures
from breakeven.study.recomputing.changes import checked
from breakeven.study.recomputing.point import point
from breakeven.study.recomputing.prepared import Prepared
from breakeven.study.study import Study
from breakeven.web.faces import point as at_point
from breakeven.web.faces.controls import words
from breakeven.web.faces.share import Slider, page
from breakeven.web.state import State

MOST_SLIDERS = 3
WAYS = (-0.5, 0.0, 0.5, 0.95, 1.05, 1.5)  # of the way from where an input stands to where it turns the answer


def shared(prepared: Prepared, study: Study, state: State) -> str:
    """The whole page as HTML."""
    sliders = sliders_of(prepared, study, state)
    answers = {}
    for stops in product(*(range(len(slider.stops)) for slider in sliders)):
        if any(stop != slider.stands for stop, slider in zip(stops, sliders, strict=True)):
            moved = {slider.name: slider.stops[stop][0] for stop, slider in zip(stops, sliders, strict=True)
                     if stop != slider.stands}  # fmt: skip
            answer = point(prepared, {**state.numbers, **moved})
            answers[",".join(map(str, stops))] = at_point.verdict(at_point.known(prepared.basis, answer))
    return page(study, pictures(study), changed(prepared, state), sliders, answers)


def changed(prepared: Prepared, state: State) -> list[tuple[str, str]]:
    """The inputs that were changed, each with its value in words."""
    return [(name, words(prepared.basis, name, value)) for name, value in state.numbers.items()]


def sliders_of(prepared: Prepared, study: Study, state: State) -> list[Slider]:
    """A slider for each of the inputs that turn the answer soonest, with the stops that the engine takes."""
    made = list[Slider]()
    for flip in best(study).flips:
        if flip.at is not None and flip.name in prepared.changeable and len(made) < MOST_SLIDERS:
            start = state.numbers.get(flip.name, prepared.changeable[flip.name].stands)
            values = [start + way * (flip.at - start) for way in WAYS]
            stops = [
                (value, words(prepared.basis, flip.name, value)) for value in values if _may(prepared, flip.name, value)
            ]
            stands = [value for value, _ in stops].index(start)
            if len(stops) > 1:
                made.append(Slider(name=flip.name, stops=tuple(stops), stands=stands))
    return made


def _may(prepared: Prepared, name: str, value: float) -> bool:
    """Whether an input may take this value."""
    try:
        checked(prepared, {name: value})
    except Problem:
        return False
    return True
