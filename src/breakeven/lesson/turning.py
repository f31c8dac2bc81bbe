"""The third part: where it breaks even, and what flips it."""

from __future__ import annotations

from dataclasses import replace

from breakeven.lesson.cost import Demo, demo
from breakeven.lesson.material import Material
from breakeven.lesson.parts import LessonTable, Part, part
from breakeven.quick.ask import quick
from breakeven.report.pages.parts.sentences import flip_words, utilization, volumes
from breakeven.report.wording import volume

MOST_FLIPS = 8
TIMES = (0.5, 2.0)


def break_even(it: Material) -> Part:
    """Volume, GPU cost, team, utilization; and the costs that flip it."""
    study, option = it.study, it.option
    its = demo(it)
    return part(
        "break_even",
        {
            "quick_break_even": from_volume(its),
            "option": it.called,
            "windows": volumes(study, option),
            "utilization": utilization(option),
        },
        (_drivers(its), _flips(it)),
    )


def from_volume(its: Demo) -> str:
    """From which volume on the demo's sum pays."""
    found = quick(
        tokens=its.monthly_tokens_millions,
        hosted_price=str(its.hosted_price_per_m),
        gpu_monthly=its.gpu_monthly,
        gpus=its.gpus,
        eng_monthly=its.eng_monthly,
    ).break_even_mtok
    return f"{volume(found[0])} a month" if found else "no volume"


def _drivers(its: Demo) -> LessonTable:
    """Each driver at half and at twice its value. GPUs that are half as busy are twice as many for the same tokens."""
    moved = {
        "what the API costs": [replace(its, hosted_price_per_m=its.hosted_price_per_m * times) for times in TIMES],
        "what a GPU costs": [replace(its, gpu_monthly=round(its.gpu_monthly * times)) for times in TIMES],
        "the team": [replace(its, eng_monthly=round(its.eng_monthly * times)) for times in TIMES],
        "how busy the GPUs are": [replace(its, gpus=max(round(its.gpus / times), 1)) for times in TIMES],
    }
    rows = tuple((name, *(from_volume(each) for each in sides)) for name, sides in moved.items())
    header = ("driver", "at half of it", "at twice of it")
    return LessonTable(title="The volume from which the demo's sum pays", header=header, rows=rows, after=1)


def _flips(it: Material) -> LessonTable:
    turning = sorted((each for each in it.option.flips if each.at is not None), key=lambda each: each.size)
    rows = tuple((flip_words(it.study, each), each.plausible) for each in turning[:MOST_FLIPS])
    none = (("nothing that was looked at turns it alone", ""),)
    return LessonTable(
        title=f"What turns {it.called}, one thing at a time",
        header=("the smallest change that turns it", "is that plausible?"),
        rows=rows or none,
        after=3,
    )
