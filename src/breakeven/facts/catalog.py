"""The facts breakeven ships, read on first use: GPUs, open models, prices, published throughput.

Each function answers from tables in facts/data (hosted prices also from the genai-prices wheel). A fact
without unit or source does not load; an unknown name is a Problem with the nearest known one.
"""

from __future__ import annotations

import datetime
from functools import cache
from hashlib import sha256

from breakeven.facts import hosted, model_names, reading
from breakeven.facts.age import age_in_days, first_day, stale_notice
from breakeven.facts.records import (
    Architecture,
    Gpu,
    GpuOffer,
    HostedPrice,
    Licence,
    Measurement,
    OpenModel,
    PurchaseMode,
    PurchasePrice,
)
from breakeven.facts.tables import Row, read_sources, rows
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem, nearest
from breakeven.shipped import shipped_text

__all__ = [
    "age_in_days",
    "architecture",
    "gpu",
    "gpu_offers",
    "gpus",
    "hosted_hosts",
    "hosted_models",
    "hosted_price",
    "licences",
    "open_model",
    "open_models",
    "published_hash",
    "published_rows",
    "published_throughput",
    "purchase_prices",
    "stale_notice",
]
_FOLDER = "src/breakeven/facts/data"


def _table(name: str) -> tuple[str, str]:
    return shipped_text(f"facts/data/{name}"), f"{_FOLDER}/{name}"


@cache
def _sources() -> dict[str, Source]:
    return read_sources(*_table("sources.csv"))


@cache
def gpus() -> dict[str, Gpu]:
    """Every GPU by key."""
    return reading.read_gpus(*_table("gpus.csv"), _sources())


@cache
def _gpu_names() -> dict[str, str]:
    """Keys and aliases in lower case to the key."""
    return reading.read_aliases(*_table("gpus.csv")) | {key.lower(): key for key in gpus()}


def gpu(name: str) -> Gpu:
    """The GPU of this key or alias ("h100"); case does not matter, and a blank is a hyphen."""
    if (key := _gpu_names().get(name.strip().lower().replace(" ", "-"))) is None:
        raise _unknown(name, "GPUs", nearest(name, gpus()), "gpus")
    return gpus()[key]


def gpus_called(name: str) -> list[Gpu]:
    """The GPU of that name, else all whose name begins with it: "mi300" is the MI300X."""
    begins = name.strip().upper().replace(" ", "-")
    several = [card for key, card in gpus().items() if key.upper().startswith(begins)]
    if several and name.strip().lower().replace(" ", "-") not in _gpu_names():
        return several
    return [gpu(name)]


@cache
def open_models() -> dict[str, OpenModel]:
    """Every open model by key."""
    return reading.read_models(*_table("models.csv"), _sources())


@cache
def licences() -> dict[str, Licence]:
    """What is known of the licences of open models, by key."""
    return reading.read_licences(*_table("licences.csv"), _sources(), open_models())


@cache
def _model_names() -> dict[str, str]:
    """Keys and Hugging Face ids in lower case to the key."""
    ids = {each.hugging_face_id.lower(): key for key, each in open_models().items()}
    return ids | {key.lower(): key for key in open_models()}


@cache
def _plain_names() -> dict[str, str]:
    """Plain names to the key; the first of the table where two models share one."""
    ids = {model_names.plain(each.hugging_face_id): key for key, each in reversed(open_models().items())}
    return ids | {model_names.plain(key): key for key in reversed(open_models())}


def open_model(name: str) -> OpenModel:
    """The open model of this key or Hugging Face id; case, precision, release, tuning and path do not matter."""
    key = _model_names().get(name.strip().lower()) or _plain_names().get(model_names.plain(name))
    if key is None:
        known = [*open_models(), *(each.hugging_face_id for each in open_models().values())]
        raise _unknown(name, "open models", model_names.hint(name, known), "models")
    return open_models()[key]


@cache
def _architectures() -> dict[str, Architecture]:
    return reading.read_architectures(*_table("architectures.csv"), _sources(), open_models())


def architecture(model_key: str) -> Architecture | None:
    """The shape of an open model, or None where no source gives it."""
    return _architectures().get(model_key)


@cache
def published_rows() -> tuple[Row, ...]:
    """The table of published throughput as it stands, with every column; see `published_throughput`."""
    return tuple(rows(*_table("published_throughput.csv")))


@cache
def published_hash() -> str:
    """The SHA-256 of the table of published throughput: what a calibration says it was fitted to."""
    return sha256(_table("published_throughput.csv")[0].encode("utf-8")).hexdigest()


def _gpu_key(name: str | None) -> str | None:
    return name and gpu(name).key


def _known_on(source: Source, on: datetime.date | None) -> bool:
    """Whether a fact of this source was known on a day; an undated one always is."""
    return on is None or (first_day(source.date) or on) <= on


def _unknown(name: str, things: str, hint: str, command: str) -> Problem:
    count = len(gpus() if command == "gpus" else open_models())
    fix = f"{hint}{' ' if hint else ''}`breakeven facts {command}` lists all {count}."
    return Problem(f'"{name}" is not in the catalog of {things}.', fix=fix)


@cache
def _offers() -> tuple[GpuOffer, ...]:
    return reading.read_offers(*_table("gpu_prices.csv"), _sources())


def gpu_offers(
    gpu_key: str | None = None, mode: PurchaseMode | None = None, *, on: datetime.date | None = None
) -> tuple[GpuOffer, ...]:
    """Rental offers, of one GPU or all, in one purchase mode or all; `on` leaves out what is dated later."""
    key = _gpu_key(gpu_key)
    return tuple(
        each
        for each in _offers()
        if key in (None, each.gpu) and mode in (None, each.mode) and _known_on(each.source, on)
    )


@cache
def _purchases() -> tuple[PurchasePrice, ...]:
    return reading.read_purchases(*_table("purchase_prices.csv"), _sources())


def purchase_prices(gpu_key: str | None = None, *, on: datetime.date | None = None) -> tuple[PurchasePrice, ...]:
    """What GPUs and servers cost to buy, of one GPU or all; `on` leaves out what is dated later."""
    key = _gpu_key(gpu_key)
    return tuple(each for each in _purchases() if key in (None, each.gpu) and _known_on(each.source, on))


@cache
def _own_hosted() -> tuple[HostedPrice, ...]:
    return reading.read_hosted(*_table("hosted_prices.csv"), _sources())


@cache
def hosted_price(host_and_model: str, *, on: datetime.date) -> HostedPrice:
    """The price of "host/model" on a day, USD per million tokens; the id must be exact."""
    return hosted.price(host_and_model, _own_hosted(), on)


def hosted_hosts() -> tuple[str, ...]:
    """Every host that has a price."""
    return hosted.hosts(_own_hosted())


def hosted_models(host: str | None = None) -> tuple[str, ...]:
    """Every hosted model as "host/model", of one host or all."""
    return hosted.all_models(_own_hosted(), [host] if host else hosted_hosts())


@cache
def _measurements() -> tuple[Measurement, ...]:
    return reading.read_measurements(*_table("published_throughput.csv"), _sources())


def published_throughput(model: str | None = None, gpu: str | None = None) -> tuple[Measurement, ...]:
    """Published serving measurements, of one open model or all, on one GPU or all."""
    model_key, key = model and open_model(model).key, _gpu_key(gpu)
    return tuple(each for each in _measurements() if model_key in (None, each.model) and key in (None, each.gpu))
