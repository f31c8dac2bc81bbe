"""Pictures of what turns the answer: half the utilization, costs added one by one, the nearest changes."""

from __future__ import annotations

from breakeven.decision.answers.flips import RATES, Flip
from breakeven.report.charts.parts import SERIES, Chart, chart, signed_bars
from breakeven.report.pages.parts.sentences import shown_value, top_flips
from breakeven.report.wording import label, money, percent
from breakeven.study.study import OptionStudy, Study

MOST_FLIPS = 10
MOST_CHANGE = 3.0  # longer bars are cut here, and their label says the change
LETTER = 6.5  # pixels of one letter of a label


def halves(study: Study, it: OptionStudy) -> Chart:
    """Net present value as planned, and at half the utilization both ways."""
    currency = study.basis.header.currency
    tests = [
        ("every input at its mean", it.horizon.net_present_value),
        *((t.name, t.net_present_value) for t in it.half_tests),
    ]
    rows = [{"test": name, "value": value, "said": money(value, currency)} for name, value in tests]
    said = "; ".join(f"{row['test']}: {row['said']}" for row in rows)
    return chart("half", "At half the utilization", said, rows, signed_bars("test", tests, currency) | {"height": 90})


def ladder(study: Study, option: OptionStudy) -> Chart:
    """The monthly saving as costs are added one by one."""
    currency = study.basis.header.currency
    hidden_costs = option.depth.hidden_costs
    steps = [(rung.label, rung.saving_so_far) for rung in hidden_costs.rungs]
    rows = [{"rung": name, "value": value, "said": money(value, currency)} for name, value in steps]
    turn = (
        "it never turns"
        if hidden_costs.turns_at is None
        else f"it turns with {hidden_costs.rungs[hidden_costs.turns_at].label}"
    )
    sentence = f"saved a month counting {steps[0][0]}: {rows[0]['said']}; with everything {rows[-1]['said']}; {turn}"
    body = signed_bars("rung", steps, f"saved a month, {currency}")
    return chart(
        "hidden-costs",
        "The costs that are forgotten, added one by one",
        sentence,
        rows,
        body | {"height": 24 * len(rows)},
    )


def turned(study: Study, flip: Flip) -> str:
    """How far an input moves: by a share of itself, or to a value where it starts at nothing."""
    if not flip.absolute:
        return percent(flip.change or 0.0, signed=True)
    at = flip.at or 0.0
    return f"{percent(at, signed=True)} a month" if flip.name in RATES else f"to {shown_value(study, flip.name, at)}"


def flips(study: Study, option: OptionStudy) -> Chart:
    """The smallest change of each input that turns the verdict."""
    nearest = [top_flip for top_flip in top_flips(option, MOST_FLIPS) if top_flip.change is not None]
    tests = [(label(flip.name), max(-MOST_CHANGE, min(MOST_CHANGE, flip.change or 0.0))) for flip in nearest]
    rows = [
        {
            "input": name,
            "value": cut,
            "said": turned(study, flip),
        }
        for (name, cut), flip in zip(tests, nearest, strict=True)
    ]
    sentence = "; ".join(f"{row['input']} {row['said']}" for row in rows[:5])
    room = LETTER * max(len(str(row["said"])) for row in rows)
    body = signed_bars("input", tests, "change that turns the verdict", room)
    for layer in body["layer"]:
        layer["encoding"]["x"]["axis"] = {"format": "+.0%"}
    body["layer"][0]["encoding"]["color"] = {"value": SERIES[0]}
    return chart("flips", "What turns the verdict", sentence, rows, body | {"height": 24 * len(rows)})
