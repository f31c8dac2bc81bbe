"""The precision that a command takes: what was said, else the usual one of the model on the GPU."""

from __future__ import annotations

from pathlib import Path

from breakeven.capacity.fit.model_config import open_model, published_precision, read_config
from breakeven.capacity.fit.precision import usual_precision
from breakeven.facts import catalog
from breakeven.facts.model_names import precision_in
from breakeven.facts.precisions import precision_named


def precision_asked(said: str | None, *, gpu: str, model: str | None, config: Path | None = None) -> str:
    """Its name; the name of the model may say it. `config` is the config.json of a model that is not listed.

    Raises `Problem` for what is not known.
    """
    if said or (said := precision_in(model or "")):
        return precision_named(said).name
    if config is not None:
        return usual_precision(open_model(read_config(config), published_precision(config)), catalog.gpu(gpu))[0]
    return usual_precision(catalog.open_model(model or ""), catalog.gpu(gpu))[0]
