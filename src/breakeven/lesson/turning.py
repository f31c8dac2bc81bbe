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


def break_even(material: Material) -> Part:
    """Volume, GPU cost, team, utilization; and the costs that flip it."""
    study, option = material.study, material.option
    demo_numbers = demo(material)
    return part(
        "break_even",
        {
            "quick_break_even": from_volume(demo_numbers),
            "option": material.called,
            "windows": volumes(study, option),
            "utilization": utilization(option),
        },
        (_drivers(demo_numbers), _flips(material)),
    )


def from_volume(demo_numbers: Demo) -> str:
    """From which volume on the demo's sum pays."""
    found = quick(
        tokens=demo_numbers.monthly_tokens_millions,
        hosted_price=str(demo_numbers.hosted_price_per_m),
        gpu_monthly=demo_numbers.gpu_monthly,
        gpus=demo_numbers.gpus,
        eng_monthly=demo_numbers.eng_monthly,
    ).break_even_mtok
    return f"{volume(found[0])} a month" if found else "no volume"


def _drivers(demo_numbers: Demo) -> LessonTable:
    """Each driver at half and at twice its value. GPUs that are half as busy are twice as many for the same tokens."""
    moved = {
        "what the API costs": [
            replace(demo_numbers, hosted_price_per_m=demo_numbers.hosted_price_per_m * times) for times in TIMES
        ],
        "what a GPU costs": [
            replace(demo_numbers, gpu_monthly=round(demo_numbers.gpu_monthly * times)) for times in TIMES
        ],
        "the team": [replace(demo_numbers, eng_monthly=round(demo_numbers.eng_monthly * times)) for times in TIMES],
        "how busy the GPUs are": [
            replace(demo_numbers, gpus=max(round(demo_numbers.gpus / times), 1)) for times in TIMES
        ],
    }
    rows = tuple((name, *(from_volume(side) for side in sides)) for name, sides in moved.items())
    header = ("driver", "at half of it", "at twice of it")
    return LessonTable(title="The volume from which the demo's sum pays", header=header, rows=rows, after=1)


def _flips(material: Material) -> LessonTable:
    turning = sorted((flip for flip in material.option.flips if flip.at is not None), key=lambda flip: flip.size)
    rows = tuple((flip_words(material.study, flip), flip.plausible) for flip in turning[:MOST_FLIPS])
    none = (("nothing that was looked at turns it alone", ""),)
    return LessonTable(
        title=f"What turns {material.called}, one thing at a time",
        header=("the smallest change that turns it", "is that plausible?"),
        rows=rows or none,
        after=3,
    )
