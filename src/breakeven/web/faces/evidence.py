"""What stands behind the verdict: pictures with their sentences, what turns it, gates and readiness, notes."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from breakeven.decision.readiness.gates import Gate
from breakeven.report.board.blocks import sentence
from breakeven.report.charts.flips import MOST_CHANGE, turned
from breakeven.report.pages.parts.behind import answers
from breakeven.report.pages.parts.columns import called, called_all
from breakeven.report.pages.parts.evidence import asked_gates, best, gates, hidden_costs, owned_bases, readiness
from breakeven.report.pages.parts.sentences import flip_words, margin, over_time, top_flips, utilization, volumes
from breakeven.report.wording import counted, label, money, percent
from breakeven.study.judge.assess import comparison_of
from breakeven.study.questions.pictures import LoadPicture, Pictures, load_picture
from breakeven.study.study import OptionStudy, Study
from breakeven.web.faces import alike
from breakeven.web.markup import Html, el, join, said
from breakeven.web.pictures.bars import Bar, signed
from breakeven.web.pictures.break_even import break_even
from breakeven.web.pictures.over_time import fan, load
from breakeven.web.state import LONGEST_TEXT

MOST_FLIPS = 10
SAYS = {"pass": "passes", "fail": "fails", "unknown": "is unknown"}
SHOWN_ELSEWHERE = ("Break-even", "What turns it", "Gates", "Hidden costs", "Over time")


def costs(study: Study) -> Html:
    """A month of every option by group of cost."""
    whole = (study.hosted_monthly_cost, *(option.monthly_cost for option in study.options))
    return alike.costs(study.basis, study.table, whole)


def halves(study: Study) -> Html:
    """As planned, and at half the utilization both ways."""
    option = best(study)
    return alike.halves(option.horizon.net_present_value, option.half_tests, study.basis.header.currency)


def chances(study: Study) -> Html:
    """Every option that was drawn."""
    uncertainty = study.uncertainty
    if uncertainty is None:
        return el("p", "Nothing was drawn.")
    names = called_all(study.basis)[1:]
    drawn = [(name, one.depth.chance) for name, one in zip(names, study.options, strict=True)]
    caption = f"Net present value over {uncertainty.scenarios:,} draws of {len(uncertainty.inputs)} inputs"
    return alike.chances(caption, [(name, one) for name, one in drawn if one], study.basis.header.currency)


def where_it_pays(study: Study, numbers: Pictures) -> Html:
    """Value against volume, with every crossing."""
    option, currency, names = best(study), study.basis.header.currency, called_all(study.basis)[1:]
    words = sentence(f"{called(study, study.verdict.best_option)} {volumes(study, option)}; {margin(option)}")
    jumps = [each.break_evens.jumps_mtok for each in study.options]
    return join([el("p", said(words)), break_even(numbers.volume, names, jumps, currency, words)])


def over_months(study: Study, numbers: Pictures) -> Html:
    """Savings month by month with the band of the draws."""
    words = sentence(over_time(study, best(study)))
    key = "The band holds eight draws in ten; solid: every input at its mean; dashed: the median of the draws."
    return join([el("p", words), fan(numbers.fan, study.basis.header.currency, words), el("p", key, class_="faint")])


def owned(study: Study, numbers: Pictures, *, drags: bool = True) -> Html:
    """The load of the month and what the fleet takes of it; `drags`: the fleet may be changed there."""
    at, picture = study.verdict.best_option, numbers.load
    if picture is None:
        at = study.verdict.steps.own or 0
        picture = load_picture(study, comparison_of(study.basis), at) if at else None
    if picture is None:
        return el("p", "No option holds GPUs, so none stand idle.")
    option = study.options[at - 1]
    beside = "" if at == study.verdict.best_option else f"Were it {called(study, at)}: "
    words = sentence(f"{beside}{utilization(option)}")
    bases = owned_bases(study, option)
    return join(
        [
            el("p", words),
            load(picture, words),
            *(_fleet(picture) if drags else ()),
            el("p", sentence(bases)) if bases else None,
        ]
    )


def _fleet(picture: LoadPicture) -> Iterator[Html]:
    """The slider of the replicas that are held: each stop a fleet, with what it takes of the load."""
    counts = [count for count, _ in picture.sizes]
    stands = counts.index(ceil(picture.replicas))
    yield el("label", "Replicas that are held", for_="held")
    yield el(
        "span",
        el("input", type="range", id="held", min=0, max=len(counts) - 1, step=1, value=stands,
           data_counts=" ".join(map(str, counts)), aria_valuetext=counted(counts[stands], "replica")),
        el("output", str(counts[stands]), for_="held"),
        el("button", "as the load asks", type="button", id="held-back"),
        class_="held",
    )  # fmt: skip
    yield el(
        "p",
        "Drag the line, or the slider: what lies above it is bought by the token, unless a gate forbids.",
        class_="faint",
    )


def turning(study: Study) -> Html:
    """The nearest changes that turn the verdict, each with a button that makes it."""
    option = best(study)
    flips = [flip for flip in top_flips(option, MOST_FLIPS) if flip.change is not None]
    if not flips:
        return el("p", "No single input turns it, from nothing to tenfold.")
    bars = [
        Bar(
            name=label(flip.name),
            value=max(-MOST_CHANGE, min(MOST_CHANGE, flip.change or 0.0)),
            said=turned(study, flip),
        )
        for flip in flips
    ]
    listed = (
        el("li", el("span", flip_words(study, flip)), " ", el("span", flip.plausible, class_="kind"), " ",
           el("button", "show me", type="button", class_="show", data_input=flip.name, data_value=flip.at,
              aria_label=f"Show me: {flip_words(study, flip)}"))
        for flip in flips
    )  # fmt: skip
    words = "; ".join(f"{bar.name} {bar.said}" for bar in bars)
    return join([signed("What turns the verdict", words, bars, tone=False), el("ul", listed, class_="flips")])


def forgotten(study: Study) -> Html:
    """The monthly saving as costs are added one by one."""
    option, currency = best(study), study.basis.header.currency
    words = hidden_costs(study, option)
    if words is None:
        return el("p", "Somebody else runs it: these costs are in the price of a token.")
    rungs = option.depth.hidden_costs.rungs
    bars = [Bar(name=rung.label, value=rung.saving_so_far, said=money(rung.saving_so_far, currency))
            for rung in rungs]  # fmt: skip
    called = "Saved a month, as costs are added one by one"
    return join([el("p", sentence(words)), signed(called, words, bars)])


def reasons(study: Study) -> Html:
    """Gates as a heat map: each with its colour and its word; unknown is not a pass."""
    words = el("p", sentence(gates(study, best(study))))
    shown = asked_gates(study)
    cells = (
        el(
            "li",
            el("span", gate.verdict, class_=f"level {gate.verdict}"),
            el("span", gate.name, class_="gate"),
            el("span", f"{gate.host or gate.side}; {gate.workload or 'all workloads'}", class_="faint"),
            el("span", gate.evidence or "no evidence given", class_="faint"),
            _ask(gate),
        )
        for gate in shown
    )
    return join([words, el("ul", cells, class_="heat") if shown else None, *_ready(study)])


def _ask(gate: Gate) -> Html:
    """What would follow if the gate said otherwise."""
    others = [verdict for verdict in ("pass", "fail", "unknown") if verdict != gate.verdict]
    return el(
        "span",
        (el("button", f"if it {SAYS[verdict]}", type="button", data_gate=gate.name, data_verdict=verdict,
            aria_label=f"{gate.name}: if it {SAYS[verdict]}") for verdict in others),
        el("input", type="text", placeholder="what it rests on", maxlength=LONGEST_TEXT,
           data_evidence=gate.name, aria_label=f"{gate.name}: what it rests on", autocomplete="off"),
        class_="gate-ask",
    )  # fmt: skip


def _ready(study: Study) -> Iterator[Html]:
    examined = study.basis.readiness
    words = readiness(study)
    if examined is None or words is None:
        yield el("p", "Readiness is not examined: answer its questions in the case, under readiness.")
        return
    yield el("p", sentence(words))
    levels = (("red", examined.red), ("yellow", examined.yellow))
    cells = [
        el("li", el("span", level, class_=f"level {level}"), el("span", name, class_="gate"))
        for level, names in levels
        for name in names
    ]
    if cells:
        yield el("ul", cells, class_="heat")


def behind(study: Study, option: OptionStudy) -> Html:
    """The other sentences of the page, a label each."""
    shown = [(name, text) for name, text in answers(study, option) if name not in SHOWN_ELSEWHERE]
    return el("dl", (el("div", el("dt", name), el("dd", said(sentence(text)))) for name, text in shown), class_="told")


def notes(study: Study) -> Html:
    """What must be said beside the answer."""
    left = [
        f"{each.what} are not in the model: {percent(each.share_of_bill)} of the bill" for each in study.not_covered
    ]
    return el("ul", (el("li", said(sentence(each))) for each in [*left, *study.basis.notices]))
