"""The user's measurements of one deployment: from benchmark results, to and from a small YAML that a case names."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from breakeven.capacity.benchmarks.measurement import UNKNOWN_DATE, Measurement
from breakeven.capacity.fit.replica import layout_of
from breakeven.capacity.fit.setup import Bench, Layout, Setup
from breakeven.capacity.speed.own_points import Point
from breakeven.facts import catalog
from breakeven.facts.precisions import Precision, precision_named, same_family
from breakeven.facts.records import Architecture
from breakeven.files import text_of
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem
from breakeven.texts import cleaned
from breakeven.written import LARGEST, short, yaml_of

FORMAT = "breakeven measured 1"
CLOSED_LOOP = "closed_loop"
HEAD = (
    "# Written by `breakeven throughput calibrate`. Name it in a case: self_hosting: {measured: …}\n"
    "# Delete a measurement to see what the others say; write none by hand.\n"
)
AT_LEAST_ONE = 1.0  # request in flight: below it the GPU waits, and what it can do is what it does for one
NUMBERS = ("concurrency", "completed", "mean_input_tokens", "mean_output_tokens", "output_tokens_per_second")
FIX = "Write it again with `breakeven throughput calibrate`."


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRun:
    """One run: requests in flight on average, mean tokens, output tokens/s of all GPUs, s per output token and to the
    first one.
    """

    file: str
    date: str
    tool: str
    counted_by: str
    concurrency: float
    completed: float
    mean_input_tokens: float
    mean_output_tokens: float
    output_tokens_per_second: float
    tpot_seconds: float | None = None
    ttft_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMeasurements:
    """What was measured of one deployment: a model on GPUs, in a precision, by an engine."""

    model: str
    gpu: str
    gpus: int
    precision: str
    engine: str
    runs: tuple[OwnRun, ...]
    layout: Layout | None = None  # where the GPUs did not share every layer

    @property
    def source(self) -> Source:
        """The files, and the day of the latest."""
        names = ", ".join(dict.fromkeys(f"{each.file} ({each.tool})" for each in self.runs))
        days = [each.date for each in self.runs if each.date != UNKNOWN_DATE]
        return Source(title=f"own benchmark: {names}", date=max(days, default=UNKNOWN_DATE))

    def cover(self, model: str, gpu: str, gpus: int, precision: Precision) -> bool:
        """Whether they are of this deployment; any engine."""
        same = (self.model, self.gpu, self.gpus) == (model, gpu, gpus)
        return same and same_family(precision, self.precision)

    def __str__(self) -> str:
        return f"{self.model} in {self.precision} on {self.gpus} × {self.gpu}"

    def setup(
        self,
        shape: Architecture,
        mean_input_tokens: float,
        mean_output_tokens: float,
        *,
        load: str = CLOSED_LOOP,
        concurrency: float = 0.0,
    ) -> Setup:
        """The same deployment at other lengths and another load."""
        return Setup(
            architecture=shape,
            gpu=catalog.gpu(self.gpu),
            precision=precision_named(self.precision),
            kv_bytes_per_value=0.0,
            layout=self.layout or layout_of(self.gpus),
            bench=Bench(engine=self.engine, load=load, concurrency=concurrency),
            mean_input_tokens=mean_input_tokens,
            mean_output_tokens=mean_output_tokens,
        )

    def points(self, shape: Architecture) -> list[Point]:
        """The runs as the step model is asked about them: a fixed number of requests in flight.

        A run with less than one request in flight on average measured how fast one request is served.
        """
        return [self._point(each, shape) for each in self.runs]

    def _point(self, run: OwnRun, shape: Architecture) -> Point:
        at_least_one = max(run.concurrency, AT_LEAST_ONE)
        return Point(
            setup=self.setup(shape, run.mean_input_tokens, run.mean_output_tokens, concurrency=at_least_one),
            output_tokens_per_second=run.output_tokens_per_second * at_least_one / run.concurrency,
            tpot_seconds=run.tpot_seconds,
        )


def require_same(own: OwnMeasurements, setup: Setup, path: Path | None) -> None:
    """Raise `Problem` where the benchmarks are of another deployment."""
    model = setup.architecture.model
    if own.cover(model, setup.gpu.key, setup.layout.gpus, setup.precision):
        return
    asked = f"{model} in {setup.precision.name} on {setup.layout.gpus} × {setup.gpu.key}"
    raise Problem(
        f"the benchmarks are of {own}, not of {asked}",
        where=str(path),
        fix="Measure the one that is asked for, or leave out what the benchmarks say themselves.",
    )


def own_measurements(measurements: Sequence[Measurement]) -> OwnMeasurements:
    """Measurements of one deployment. Raises `Problem` where they are of several."""
    first = measurements[0]
    for name in ("model", "gpu", "gpus", "precision", "engine"):
        values = {getattr(run, name): run.file for run in measurements}
        if len(values) > 1:
            sentence = " and ".join(f"{value} ({file})" for value, file in values.items())
            told = f"the benchmarks are of several deployments: {name} is {sentence}"
            raise Problem(told, fix=f"Calibrate one deployment at a time, or say --{name}.")
    return OwnMeasurements(
        model=first.model,
        gpu=first.gpu,
        gpus=first.gpus,
        precision=first.precision,
        engine=first.engine,
        runs=tuple(_run(run) for run in measurements),
    )


def _run(one: Measurement) -> OwnRun:
    return OwnRun(
        file=one.file,
        date=one.date,
        tool=one.format,
        counted_by=one.counted_by,
        concurrency=one.concurrency,
        completed=one.completed,
        mean_input_tokens=one.mean_input_tokens,
        mean_output_tokens=one.mean_output_tokens,
        output_tokens_per_second=one.output_tokens_per_second,
        tpot_seconds=one.tpot.middle,
        ttft_seconds=one.ttft.middle or None,
    )


def to_yaml(own: OwnMeasurements) -> str:
    """The text of a measured.yaml."""
    content = {
        "format": FORMAT,
        "model": own.model,
        "gpu": own.gpu,
        "gpus_per_replica": own.gpus,
        "precision": own.precision,
        "engine": own.engine,
        "measurements": [_written(run) for run in own.runs],
    }
    text, yaml = io.StringIO(), YAML(typ="safe")
    yaml.default_flow_style, yaml.width, yaml.sort_base_mapping_type_on_output = False, 110, False  # type: ignore[assignment]
    yaml.dump(content, text)
    return HEAD + text.getvalue()


def _written(run: OwnRun) -> dict[str, Any]:
    cells = {name: getattr(run, name) for name in OwnRun.__dataclass_fields__}
    rounded = {name: float(f"{value:.6g}") if isinstance(value, float) else value for name, value in cells.items()}
    return {name: value for name, value in rounded.items() if value is not None}


def read_own(path: Path) -> OwnMeasurements:
    """A measured.yaml. Raises `Problem` when it is not one, or names what is not known."""
    where = str(path)
    text = text_of(path, fix=FIX)
    try:
        content = cleaned(yaml_of(text))
    except YAMLError as error:
        raise Problem(f"not YAML: {str(error).splitlines()[0]}", where=where, fix=FIX) from error
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise Problem(f'this is not a file of measurements: it must say "format: {FORMAT}"', where=where, fix=FIX)
    try:
        return _read(content, where)
    except (KeyError, TypeError, ValueError) as error:
        raise Problem(f"the measurements are damaged: {error}", where=where, fix=FIX) from error


def _read(content: Mapping[str, Any], where: str) -> OwnMeasurements:
    runs = tuple(_one_run(run) for run in content["measurements"])
    if not runs:
        raise Problem("the file holds no measurement", where=where, fix=FIX)
    return OwnMeasurements(
        model=str(content["model"]),
        gpu=catalog.gpu(str(content["gpu"])).key,
        gpus=int(_positive("gpus_per_replica", content["gpus_per_replica"], whole=True)),
        precision=precision_named(str(content["precision"])).name,
        engine=str(content["engine"]),
        runs=runs,
    )


def _one_run(cells: Mapping[str, Any]) -> OwnRun:
    """A measurement. Raises `ValueError` for a cell that is none."""
    told = {name: str(cells[name]) for name in ("file", "date", "tool", "counted_by")}
    numbers = {name: _positive(name, cells[name]) for name in NUMBERS}
    known = {name: cells[name] for name in ("tpot_seconds", "ttft_seconds") if cells.get(name) is not None}
    numbers |= {name: _positive(name, value) for name, value in known.items()}
    if unknown := sorted(str(each) for each in cells.keys() - OwnRun.__dataclass_fields__.keys()):
        raise ValueError(f"{told['file']}: nothing is known of {', '.join(unknown)}")
    read: dict[str, Any] = {**told, **numbers}
    return OwnRun(**read)


def _positive(name: str, value: object, *, whole: bool = False) -> float:
    """A number above 0, as it is written. Raises `ValueError` when it is something else."""
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not 0 < value <= LARGEST:
        raise ValueError(f"{name} is {short(value)}, not a {'whole ' if whole else ''}number above 0")
    return value
