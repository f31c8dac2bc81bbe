"""The mix of GPU types on a page."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from breakeven.report.wording import percent, plain, price
from breakeven.study.questions.gpu_mix_of_case import CaseMix

BELOW = ", {} below the best single type"


def gpu_mix_page(case_mix: CaseMix) -> Group:
    """The answer, each type, each group of requests."""
    mix, currency = case_mix.mix, case_mix.currency
    used = [f"{count} replica{'s' if count > 1 else ''} of {name}" for name, count in mix.replicas.items() if count]
    saving = mix.saving
    beats = "" if saving is None else ", which no mix beats" if saving < 5e-4 else BELOW.format(percent(saving))
    head = f"{case_mix.model}: {' + '.join(used)} for {price(mix.cost_per_hour, currency)} an hour{beats}."
    types = Table(box=None, pad_edge=False)
    for heading in ("replica of", "price an hour", "in the mix", "everything on it alone"):
        types.add_column(heading, justify="left" if heading == "replica of" else "right")
    for kind in case_mix.types:
        alone = mix.alone[kind.name]
        types.add_row(
            kind.name,
            price(kind.price_per_hour, currency),
            str(mix.replicas[kind.name]),
            "does not serve all" if alone is None else f"{price(alone, currency)} an hour",
        )
    groups = Table(box=None, pad_edge=False)
    taken = [gpu.name for gpu in case_mix.types if mix.replicas[gpu.name]]
    for heading in ("tokens in", "tokens out", "requests/s at p99", *taken):
        groups.add_column(heading, justify="right")
    for i, group in enumerate(case_mix.groups):
        shares = [percent(mix.shares[name][i]) if mix.shares[name][i] else "·" for name in taken]
        groups.add_row(plain(group.input_tokens), plain(group.output_tokens), plain(group.requests_per_second), *shares)
    notes = [Text(notice, style="dim") for notice in case_mix.notices]
    speeds = "Speeds are those of each size alone, measured, published or modelled as in a study; prices are rents."
    return Group(Text(head, style="bold"), Text(), types, Text(), groups, Text(), Text(speeds, style="dim"), *notes)
