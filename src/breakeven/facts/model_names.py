"""Names of models as people and files write them: organisation, precision, release or path around the model's own.

What stays is the name the weights' shape goes by: "Qwen/Qwen3-30B-A3B-Instruct-2507-FP8" is qwen3-30b-a3b, in fp8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from breakeven.facts.precisions import NAMES
from breakeven.problems import nearest

CACHED = re.compile(r"(?:^|/)models--([^/]+?)(?:/snapshots/[^/]*)?(?:/|$)")  # the folder of a Hugging Face cache
DIGITS = re.compile(r"(?<=\d)_(?=\d)")  # Llama-3_3
SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)b(?![a-z0-9])", re.IGNORECASE)  # "70B" in a model's name
RELEASE = re.compile(r"\d{4}|v0\.\d+|v1(\.\d+)?")  # 2507, 0528, v0.1; a v3 is another model
TUNED = {"instruct", "chat", "it", "base", "pt", "hf", "thinking", "exp"}  # the same shape, taught something else
MAKERS = {"meta", "nvidia"}  # before the name of the model
FORMATS = {called: name for called, name in NAMES.items() if called.isalnum()}  # as one part of a name
OF_A_FORMAT = {"dynamic", "block", "quantized", "bnb", "marlin", "g128", "kv"}  # how it was made


def plain(name: str) -> str:
    """The name without organisation, path, precision, release and tuning, in lower case."""
    kept = [each for each in _parts(name) if each not in TUNED | FORMATS.keys() | OF_A_FORMAT and not _released(each)]
    return "-".join(kept[1:] if len(kept) > 1 and kept[0] in MAKERS else kept)


def precision_in(name: str) -> str | None:
    """The precision that the name says its weights have; None where it says none, or several."""
    found = {FORMATS[each] for each in _parts(name) if each in FORMATS}
    kinds = {each.partition("-")[0] for each in found}
    return max(found, key=len) if len(kinds) == 1 else None


def sizes(name: str) -> set[str]:
    """The sizes in billions of parameters that the name says."""
    return set(SIZE.findall(name.lower()))


def hint(name: str, known: Iterable[str]) -> str:
    """'Did you mean "…"?' for the closest name of the same size, where the name says a size; else the closest."""
    names, wanted = list(known), sizes(name)
    same = [each for each in names if sizes(each) == wanted] if wanted else names
    return nearest(_last(name), same)


def _parts(name: str) -> list[str]:
    return [each for each in re.split(r"[-_ ]|\.(?=[a-z])", DIGITS.sub(".", _last(name).lower())) if each]


def _last(name: str) -> str:
    """The last part of a path or of organisation/model."""
    if cached := CACHED.search(name):
        return cached[1].rpartition("--")[2]
    return name.strip().rstrip("/").rpartition("/")[2]


def _released(part: str) -> bool:
    return RELEASE.fullmatch(part) is not None
