"""What the person says of a benchmark beside its file: model, GPU, how many, precision, engine, date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from breakeven.facts import catalog, model_names
from breakeven.facts.precisions import PRECISIONS, precision_named
from breakeven.problems import Problem

ENGINES = ("vLLM", "SGLang", "TensorRT-LLM", "llama.cpp", "LMDeploy TurboMind", "ATOM")
BACKENDS = {  # as load generators call the servers that they speak to, before what they add, such as -chat
    "vllm": "vLLM", "sglang": "SGLang", "tensorrt-llm": "TensorRT-LLM", "trt": "TensorRT-LLM", "trtllm": "TensorRT-LLM",
    "llama.cpp": "llama.cpp", "lmdeploy": "LMDeploy TurboMind", "atom": "ATOM",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The deployment behind one measurement, and what is doubtful about it."""

    model: str
    gpu: str
    gpus: int
    engine: str
    precision: str
    notices: tuple[str, ...] = ()

    def named(self) -> dict[str, Any]:
        """The deployment's fields by name, notices aside."""
        return {name: getattr(self, name) for name in ("model", "gpu", "gpus", "engine", "precision")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Said by the person; None or "": take it from the file. `configured`: the model is not in our catalog."""

    model: str | None = None
    gpu: str | None = None
    gpus: int | None = None
    precision: str | None = None
    engine: str | None = None
    date: str | None = None
    configured: bool = False

    def with_file(self, value: Callable[[str], Any], where: str) -> Served:
        """Together with what the file says. Raises `Problem` where neither does, or where they contradict."""
        written = str(value("model") or "").strip()
        model = self._model(written, where)
        told = () if self.configured else _other_name(written, model)
        return Served(
            model=model,
            gpu=self._gpu(str(value("gpu") or ""), where),
            gpus=self.gpus or _count(value("gpus"), where) or 1,
            engine=engine_named(self.engine or _backend(str(value("engine") or "")) or "vLLM"),
            precision=self._precision(str(value("precision") or model_names.precision_in(written) or ""), where),
            notices=told,
        )

    def _model(self, written: str, where: str) -> str:
        if self.configured and self.model:
            return self.model
        known = _known_model(written)
        if self.model is None:
            if known is None:
                unknown = f'the benchmark is of "{written}", which is not in the catalog'
                told = unknown if written else "the benchmark names no model"
                raise Problem(told, where=where, fix="Say which with --model, or give its --config config.json.")
            return known
        asked = catalog.open_model(self.model).key
        _refuse_other(written, known, asked, where)
        return asked

    def _gpu(self, written: str, where: str) -> str:
        if not (name := self.gpu or written):
            raise Problem("the benchmark does not say on which GPU", where=where, fix="Say it with --gpu, as h100.")
        return catalog.gpu(name).key

    def _precision(self, written: str, where: str) -> str:
        if not (name := self.precision or written):
            fix = f"Say it with --precision: {', '.join(PRECISIONS)}."
            raise Problem("the benchmark does not say in which precision the weights were", where=where, fix=fix)
        return precision_named(name).name


def engine_named(name: str) -> str:
    """The engine as our tables write it, whatever its case; another one as it is."""
    return next((each for each in ENGINES if each.lower() == name.strip().lower()), name.strip())


def _backend(name: str) -> str:
    """The engine that a file names, or nothing where it only names a protocol that many speak, such as openai."""
    low = name.strip().lower()
    if low.partition("-")[0] in ("", "openai"):
        return ""
    return next((each for start, each in BACKENDS.items() if low == start or low.startswith(f"{start}-")), name)


def _known_model(name: str) -> str | None:
    try:
        return catalog.open_model(name).key if name else None
    except Problem:
        return None


def _refuse_other(written: str, known: str | None, asked: str, where: str) -> None:
    """Raise `Problem` where the file is of another model: by its name, or by the size in its name."""
    sizes, wanted = model_names.sizes(written), model_names.sizes(asked)
    other_size = known is None and sizes and wanted and not sizes & wanted
    if (known is not None and known != asked) or other_size:
        fix = f"Give a benchmark of {asked}, or say --model {known or written}."
        raise Problem(f'the benchmark is of "{written}", not of {asked}', where=where, fix=fix)


def _other_name(written: str, model: str) -> tuple[str, ...]:
    if not written or _known_model(written) == model:
        return ()
    names = [*catalog.open_models(), *(each.hugging_face_id for each in catalog.open_models().values())]
    hint = model_names.hint(written, names)
    return (f'The file calls the model "{written}"; it is taken as {model}. {hint}'.strip(),)


def _count(value: Any, where: str) -> int | None:
    try:
        return int(value) if value else None
    except (TypeError, ValueError) as error:
        raise Problem(f"the number of GPUs is {value!r}", where=where, fix="Say it with --gpus.") from error
