"""A model that we do not list, from its Hugging Face config.json: its shape, counted parameter by parameter.

Counted are what mixes tokens (`mixers`), feed-forward blocks (gated unless the activation says otherwise), routed and
shared experts, router, embeddings. Norms and biases are too small to matter. What we cannot count is refused: its
memory would come out wrong.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from breakeven.capacity.fit.config_keys import ALWAYS, NEEDED, WHOLE_FILE, Config
from breakeven.capacity.fit.layer_kinds import (
    BOTH,
    DENSE,
    EXPERT_COUNTS,
    EXPERTS,
    FULL,
    WINDOW,
    layer_kinds,
    window_tokens,
)
from breakeven.capacity.fit.mixers import heads_of, mixer
from breakeven.capacity.fit.sizes import kv_values_per_token
from breakeven.facts.precisions import PRECISIONS, precision_called
from breakeven.facts.records import Architecture, Attention, Experts, OpenModel
from breakeven.files import text_of
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem
from breakeven.written import json_of, short

EXPERTS_USED = (
    "num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_top_k", "moe_k", "top_k_experts",
    "experts_per_token", "num_selected_experts",
)  # fmt: skip
SHARED_COUNTS = ("n_shared_experts", "num_shared_experts", "moe_num_shared_experts")
SHARED_WIDTHS = (
    "moe_shared_expert_intermediate_size", "shared_expert_intermediate_size", "share_expert_dim",
    "shared_intermediate_size",
)  # fmt: skip
DENSE_WIDTHS = ("intermediate_size_mlp", "dense_intermediate_size", "intermediate_size", "block_ff_dim")
TEXT = ("text_config", "llm_config", "language_config", "thinker_config")  # where a model of several senses keeps it
LEFT_OUT = {  # what files of the maker leave to the defaults of its class
    "gemma3": {"vocab_size": 262208, "tie_word_embeddings": True},
    "gemma3_text": {"vocab_size": 262208, "tie_word_embeddings": True},
    "gemma2": {"vocab_size": 256000, "tie_word_embeddings": True},
}
OTHER_SHAPES = {  # keys of what is not modelled, and what they say
    "block_configs": "layers of different shape",
    "compress_ratios": "a KV cache that is compressed by layer",
}
UNGATED_TYPES = ("falcon", "gptj", "gpt_neox", "opt", "bloom", "mpt", "starcoder2")
QUARK = {"fp4": "mxfp4"}  # what Quark calls otherwise
MX_GROUP = 32  # weights that share a scale, of mxfp4; nvfp4: 16
PACKED = {"4-bit int": "int4", "8-bit int": "int8", "8-bit float": "fp8", "4-bit float": "nvfp4"}  # compressed-tensors
LATENT_WIDTHS = ("moe_latent_size", "routed_expert_hidden_size")
LARGEST_CONFIG = 16 * 2**20  # bytes: a quantised model lists every matrix that is left alone
BESIDE = "hf_quant_config.json"  # where ModelOpt writes the format that config.json leaves out
UNGATED_ACTIVATIONS = ("relu2", "relu", "gelu_new")


def read_config(path: Path, name: str = "") -> Architecture:
    """The architecture in a config.json, under the name given.

    Raises `Problem` when it cannot be read or lacks a key.
    """
    where = str(path)
    try:
        content = json_of(text_of(path, largest=LARGEST_CONFIG, fix="Give the model's config.json."))
    except json.JSONDecodeError as error:
        raise Problem(f"not JSON: {error.msg}", where=f"{where}:{error.lineno}", fix="Give a config.json.") from error
    if not isinstance(content, dict):
        raise Problem("not a model's configuration", where=where, fix="It is one JSON object.")
    shape = architecture(Config(keys=text_of_senses(content), where=where))
    return replace(shape, model=name) if name else shape


def text_of_senses(content: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of the part that writes text, over those of the whole, over what its maker leaves to defaults."""
    keys = dict(content)
    inner = next((content[each] for each in TEXT if isinstance(content.get(each), dict)), None)
    while inner is not None:
        keys |= inner
        inner = next((inner[each] for each in TEXT if isinstance(inner.get(each), dict)), None)
    return LEFT_OUT.get(str(keys.get("model_type")), {}) | {k: v for k, v in keys.items() if v is not None}


def published_precision(path: Path, *, needed: bool = True) -> str:
    """The format below 16 bits in which a config.json, or the file of ModelOpt beside it, says its weights are; empty
    where neither says one.

    Raises `Problem` where it says one that we do not know and it is `needed`: nobody says another.
    """
    quantization = text_of_senses(json.loads(path.read_text(encoding="utf-8"))).get("quantization_config")
    quantization = _object(quantization) or _said_beside(path)
    if not quantization:
        return ""
    format_name = _format_of(quantization)
    if (precision := precision_called(format_name)) is None:
        if not needed:
            return ""
        named = short(format_name or quantization.get("quant_method"))
        told = f"its quantization_config names a format that is not known ({named})"
        raise Problem(told, where=str(path), fix=f"Say it with --precision, or as precision: {', '.join(PRECISIONS)}.")
    return precision.name


def _said_beside(path: Path) -> Mapping[str, Any]:
    """What the file of ModelOpt beside a config.json says of the weights; empty where there is none."""
    beside = path.with_name(path.name.replace("config.json", BESIDE))
    if not path.name.endswith("config.json") or not beside.is_file():
        return {}
    try:
        content = json_of(text_of(beside, largest=LARGEST_CONFIG))
    except json.JSONDecodeError as error:
        fix = "Download it again, or take it away and say --precision."
        raise Problem(f"not JSON: {error.msg}", where=f"{beside}:{error.lineno}", fix=fix) from error
    return _object(_object(content).get("quantization"))


def _object(value: object) -> Mapping[str, Any]:
    """An object of a file, empty where it is something else."""
    return value if isinstance(value, dict) else {}


def _format_of(quantization: Mapping[str, Any]) -> str:
    groups = _object(quantization.get("config_groups"))
    weights = next((_object(_object(group).get("weights")) for group in groups.values()), _object(None))
    packed = PACKED.get(f"{weights.get('num_bits')}-bit {weights.get('type')}")
    if packed == "nvfp4" and weights.get("group_size") == MX_GROUP:
        packed = "mxfp4"
    quark = str(_object(_object(quantization.get("global_quant_config")).get("weight")).get("dtype") or "")
    method = str(
        quantization.get("quant_algo") or packed or QUARK.get(quark, quark) or quantization.get("quant_method") or ""
    ).lower()
    if method in ("gptq", "auto-round"):
        return f"int{quantization.get('bits')}-gptq"
    if method == "bitsandbytes":
        return "int8" if quantization.get("load_in_8bit") else "int4"
    return method


def architecture(config: Config) -> Architecture:
    """The shape that a configuration describes."""
    _refuse_other_shapes(config)
    _require_all(config)
    kinds, hidden, vocabulary = layer_kinds(config), config.count("hidden_size"), config.count("vocab_size")
    mixed = Counter(kind for kind, _ in kinds)
    routed = sum(block == EXPERTS for _, block in kinds)
    dense = sum(block == DENSE for _, block in kinds)
    streamed = sum(count * mixer(config, kind).parameters for kind, count in mixed.items())
    streamed += routed * _beside_experts(config) if routed else 0
    streamed += dense * _dense_block(config) if dense else 0
    return Architecture(
        model=config.text("_name_or_path") or config.text("model_type") or "config.json",
        hidden_size=hidden,
        layers=len(kinds),
        feed_forward_width=_dense_width(config) if dense or config.has("intermediate_size") else _expert_width(config),
        vocabulary=vocabulary,
        tied_embeddings=bool(config.keys.get("tie_word_embeddings", False)),
        streamed_parameters=float(streamed + vocabulary * hidden),
        attention=_attention(config, mixed),
        experts=_experts(config, routed) if routed else None,
        source=Source(title=f"config.json given as {config.where}"),
    )


def _require_all(config: Config) -> None:
    """Raise `Problem` that names every key that is missing, where it is more than one."""
    missing = [name for name in ALWAYS if not config.has(name)]
    missing = [name for name in missing if name != "num_hidden_layers" or not config.has("hybrid_override_pattern")]
    if len(missing) > 1:
        told = "; ".join(f'"{name}", {NEEDED[name]}' for name in missing)
        raise Problem(f"these keys are missing: {told}", where=config.where, fix=WHOLE_FILE)


def _refuse_other_shapes(config: Config) -> None:
    found = next((key for key in OTHER_SHAPES if config.has(key)), None)
    if found:
        fix = "Use --model where we list it (`breakeven facts models`), or state the measured speed of a replica."
        raise Problem(f"{OTHER_SHAPES[found]} ({found}): not modelled", where=config.where, fix=fix)


def _attention(config: Config, mixed: Counter[str]) -> Attention:
    """What is kept of a sequence; what every layer does alike is not said twice."""
    heads, windowed = heads_of(config), mixed[WINDOW]
    rank = config.count("kv_lora_rank", 0)
    full, window = mixer(config, FULL).values, mixer(config, WINDOW).values
    usual = full if rank else 2 * heads.kv * heads.key
    keeping, layers = mixed[FULL] + mixed[BOTH] + windowed, mixed.total()
    return Attention(
        heads=heads.query,
        kv_heads=1 if rank else heads.kv,
        head_size=int(full) if rank else heads.key,
        latent=bool(rank),
        window_layers=windowed,
        window_tokens=window_tokens(config),
        kv_layers=None if keeping == layers else keeping,
        values=None if full == usual else full,
        window_values=None if window == full or not windowed else window,
        state_bytes=float(sum(count * mixer(config, kind).state_bytes for kind, count in mixed.items())),
    )


def _matrices(config: Config) -> int:
    activation = config.text("mlp_hidden_act")
    ungated = config.text("model_type") in UNGATED_TYPES or activation in UNGATED_ACTIVATIONS
    return 2 if ungated else 3


def _dense_width(config: Config) -> int:
    return config.first(DENSE_WIDTHS) or config.count("intermediate_size")


def _dense_block(config: Config) -> int:
    return _matrices(config) * config.count("hidden_size") * _dense_width(config)


def _expert_width(config: Config) -> int:
    return config.first(("moe_intermediate_size", "moe_ffn_hidden_size"), 0) or config.count("intermediate_size")


def _latent_width(config: Config) -> int:
    """Width of the tokens that experts see: of the model, unless they are narrowed before."""
    return config.first(LATENT_WIDTHS) or config.count("hidden_size")


def _experts(config: Config, layers: int) -> Experts:
    count, width = config.first(EXPERT_COUNTS), _expert_width(config)
    used = config.first(EXPERTS_USED) or config.count("num_experts_per_tok")
    if not 0 < used <= count:
        told = f"{used} of {count} experts a token"
        raise Problem(f"it says {told}", where=config.where, fix="Write the model's own numbers.")
    return Experts(
        count=count,
        per_token=used,
        width=width,
        layers=layers,
        parameters=float(layers * count * _matrices(config) * _latent_width(config) * width),
    )


def _beside_experts(config: Config) -> int:
    """Parameters of a mixture's layer that every token passes: router, shared experts, a dense block beside them."""
    hidden, latent = config.count("hidden_size"), _latent_width(config)
    shared = config.first(SHARED_COUNTS, 1 if config.text("model_type").startswith("llama4") else 0)
    width = config.first(SHARED_WIDTHS) or shared * _expert_width(config)
    width += _dense_width(config) if config.keys.get("enable_moe_block") is True else 0
    narrowed = 0 if latent == hidden else 2 * hidden * latent
    return hidden * config.first(EXPERT_COUNTS) + _matrices(config) * hidden * width + narrowed


def open_model(shape: Architecture, published: str = "") -> OpenModel:
    """The same model as the fit and cost stages know models. `published`: see `published_precision`."""
    experts, attention = shape.experts, shape.attention
    embedding = 0 if shape.tied_embeddings else shape.vocabulary * shape.hidden_size
    routed = experts.parameters if experts else 0.0
    used = routed * experts.per_token / experts.count if experts else 0.0
    return OpenModel(
        key=shape.model,
        hugging_face_id=shape.model,
        total_parameters=shape.streamed_parameters + embedding + routed,
        active_parameters=shape.streamed_parameters + embedding + used,
        layers=shape.layers,
        hidden_size=shape.hidden_size,
        kv_bytes_per_token_16bit=2.0 * kv_values_per_token(shape),
        sliding_window_layers=attention.window_layers,
        recalled=False,
        source=shape.source,
        architecture=shape,
        published_precision=published,
    )
