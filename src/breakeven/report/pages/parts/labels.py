"""What can be explained, by the names that a page prints: labels of its rows, rows of the costs, inputs."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.problems import Problem, nearest
from breakeven.report.pages.parts.rows import page_rows
from breakeven.report.wording import label
from breakeven.study.register import full_model
from breakeven.study.study import Study


def explainable(study: Study) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each label with the lines and inputs of the model that it stands for."""
    for row in page_rows(study):
        lines = (
            (row.key,)
            if row.key
            else tuple(
                each.line
                for each in study.table
                if each.group == row.label.strip() and not each.of_which and any(each.values)
            )
        )
        if lines:
            yield row.label.strip(), lines
    if any(each.mode == "owned" for each in study.basis.columns):
        yield "Hardware to buy", ("gpus_bought", "gpu_purchase_price")
    yield from ((each.label, (each.line,)) for each in study.table if any(each.values))
    for name, one in study.basis.inputs.items():
        if one.kind != "constant" and one.likely is not None:
            yield label(name), (name,)


def lines_called(study: Study, asked: str) -> tuple[str, ...]:
    """The lines of a label, or the line or input of that name. Raises `Problem` for what is neither."""
    if asked in full_model().lines or asked in study.basis.inputs:
        return (asked,)
    known = dict(reversed([*explainable(study)]))  # of two with one label the first, which stands higher on the page
    found = {each.lower(): lines for each, lines in known.items()}.get(" ".join(asked.lower().split()))
    if found is None:
        names = [*known, *full_model().lines, *study.basis.inputs]
        fix = f"{nearest(asked, names)} `breakeven explain CASE` lists what can be explained.".strip()
        raise Problem(f'nothing is called "{asked}"', fix=fix)
    return found
