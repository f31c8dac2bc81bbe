"""Results that show themselves in a notebook: as HTML, as Vega-Lite, as pandas frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from breakeven.plan.plan import Plan
from breakeven.proof.judge.shadow import Judged
from breakeven.report.board.pictures import svg
from breakeven.report.charts.charts import charts
from breakeven.report.charts.parts import Chart
from breakeven.report.pages.parts.answer import headline, reason
from breakeven.report.pages.plan_page import says, target_of
from breakeven.study.designs.search import Search
from breakeven.study.questions.pictures import pictures
from breakeven.study.recomputing.point import PointAnswer
from breakeven.study.study import Study

VEGA_LITE = "application/vnd.vegalite.v5+json"
Row = Mapping[str, Any]


def frame_of(rows: Sequence[Row], index: str) -> Any:
    """Rows as a pandas frame; units stand in the names of the columns. polars.from_pandas takes it as it is."""
    frame = import_module("pandas").DataFrame(list(rows))  # only when a frame is asked for: it is slow to load
    return frame.set_index(index) if len(frame) else frame


def html_of(title: str, text: str, rows: Sequence[Row], index: str) -> str:
    """A heading, a sentence and a table; what others wrote is escaped."""
    table = frame_of(rows, index).to_html(float_format=lambda value: f"{value:,.2f}")
    return f"<h4>{escape(title)}</h4><p>{escape(text)}</p>{table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart: `spec` is Vega-Lite, with its data in it."""

    chart: Chart

    @property
    def spec(self) -> dict[str, Any]:
        """The specification, for altair.Chart.from_dict or vl-convert."""
        return self.chart.spec

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Vega-Lite, words for who cannot see it, and a drawing where the extra `report` is installed."""
        drawn = {"image/svg+xml": svg(self.chart)} if find_spec("vl_convert") else {}
        said = f"{self.chart.title}. {self.chart.alt}"
        found = {VEGA_LITE: self.spec, "text/plain": said, **drawn}
        return {
            kind: each for kind, each in found.items() if kind not in (exclude or ()) and kind in (include or found)
        }

    def _repr_html_(self) -> str:
        """The drawing, or its words."""
        return svg(self.chart) if find_spec("vl_convert") else f"<p>{escape(self.chart.alt)}</p>"


class ShownStudy(Study):
    """A study that shows itself; in everything else it is the study."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Equal to any study of the same content."""
        names = [each.name for each in fields(Study)]
        return isinstance(other, Study) and all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = Study.__hash__

    def rows(self) -> list[Row]:
        """The options, buying first. Money in the case's currency."""
        hosted: Row = {
            "option": self.basis.columns[0].name,
            "class": "",
            "monthly_cost": self.hosted_monthly_cost,
            "cost_per_mtok": self.hosted_cost_per_mtok,
            "net_present_value": 0.0,
            "one_time_cost": 0.0,
            "gpus": 0.0,
        }
        return [
            hosted,
            *(
                {
                    "option": option.name,
                    "class": option.verdict,
                    "monthly_cost": option.monthly_cost,
                    "cost_per_mtok": option.cost_per_mtok,
                    "net_present_value": option.expected_net_present_value,
                    "one_time_cost": option.one_time_cost,
                    "gpus": option.gpus,
                }
                for option in self.options
            ),
        ]

    def frame(self) -> Any:
        """The options as a pandas frame."""
        return frame_of(self.rows(), "option")

    def lines(self) -> Any:
        """The named month line by line, an option a column, as a pandas frame."""
        names = [each.name for each in self.basis.columns]
        rows = [
            {"line": row.label, "group": row.group, **dict(zip(names, row.values, strict=True))}
            for row in self.table
            if not row.of_which
        ]
        return frame_of(rows, "line")

    def pictures(self) -> tuple[Picture, ...]:
        """Every chart of the board pack."""
        return tuple(Picture(chart=each) for each in charts(self, pictures(self)))

    def _repr_html_(self) -> str:
        return html_of(headline(self), reason(self), self.rows(), "option")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPoint:
    """A point answer that shows itself."""

    answer: PointAnswer

    def rows(self) -> list[Row]:
        """The options with every input where it stands."""
        names = ("monthly_cost", "monthly_saving", "net_present_value", "one_time_cost", "gpus", "utilization")
        return [
            {"option": each.name, "class": each.verdict or "", **{name: getattr(each, name) for name in names}}
            for each in self.answer.options
        ]

    def frame(self) -> Any:
        """The options as a pandas frame."""
        return frame_of(self.rows(), "option")

    def _repr_html_(self) -> str:
        return html_of(self.answer.answer, self.answer.provisional, self.rows(), "option")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDesigns:
    """Designs that were found, the best first."""

    search: Search

    def rows(self) -> list[Row]:
        """The best way of each design."""
        return [
            {
                "design": str(examined.candidate.design),
                "option": examined.column,
                "monthly_cost": examined.monthly_cost,
                "net_present_value": examined.net_present_value,
                "to_test": examined.to_test,
                "replicas": examined.replicas,
                "gpus": examined.gpus,
                "speed_from": examined.kind,
            }
            for examined in self.search.best_of_each
        ]

    def frame(self) -> Any:
        """The designs as a pandas frame."""
        return frame_of(self.rows(), "design")

    def _repr_html_(self) -> str:
        title = str(self.search.winner.candidate.design)
        return html_of(title, f"the best of {self.search.looked_at:,} designs", self.rows(), "design")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlan:
    """A migration that shows itself."""

    plan: Plan

    def rows(self) -> list[Row]:
        """A row a workload; `month` counts from 1, and is absent where it stays."""
        starts = self.plan.scheduled.starts
        return [
            {
                "workload": workload.name,
                "goes_to": target_of(self.plan, workload.name),
                "month": starts[workload.name] + 1 if workload.name in starts else None,
            }
            for workload in self.plan.portfolio.workloads
        ]

    def frame(self) -> Any:
        """The workloads as a pandas frame."""
        return frame_of(self.rows(), "workload")

    def _repr_html_(self) -> str:
        first, *rest = says(self.plan)
        return html_of(first, " ".join(rest), self.rows(), "workload")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownJudgement:
    """The judgement of a shadow run that shows itself."""

    judged: Judged

    def rows(self) -> list[Row]:
        """A row a workload."""
        return [
            {"workload": each.workload, "verdict": each.verdict, "notices": "; ".join(each.notices)}
            for each in self.judged.results
        ]

    def frame(self) -> Any:
        """The workloads as a pandas frame."""
        return frame_of(self.rows(), "workload")

    def _repr_html_(self) -> str:
        return html_of(self.judged.verdict, " ".join(self.judged.notices), self.rows(), "workload")
