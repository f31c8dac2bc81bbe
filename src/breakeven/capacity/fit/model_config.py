"""A model that we do not list, from its Hugging Face config.json: its shape, counted parameter by parameter.

Counted are attention (grouped, latent, biases left out), feed-forward blocks (gated unless the activation
says otherwise), routed and shared experts, router, embeddings. Norms are too small to matter. A model that
mixes in other kinds of layer (state space, linear attention) is refused: its memory would come out wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from breakeven.capacity.fit.precision import PRECISIONS
from breakeven.facts.records import Architecture, Attention, Experts, OpenModel
from breakeven.files import text_of
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem
from breakeven.written import json_of, short

NEEDED = {  # what each is, told when it is missing
    "num_hidden_layers": "the number of layers",
    "hidden_size": "the width of a token between layers",
    "num_attention_heads": "the number of query heads",
    "intermediate_size": "the width of a dense feed-forward block",
    "vocab_size": "the number of tokens it knows",
    "qk_rope_head_dim": "latent attention: values of a key that carry the position",
    "qk_nope_head_dim": "latent attention: values of a key that do not",
    "v_head_dim": "latent attention: values of a head's value",
    "num_experts_per_tok": "the experts that one token uses",
}
ALWAYS = tuple(NEEDED)[:5]
NEVER_ZERO = frozenset(
    (*ALWAYS, "num_key_value_heads", "head_dim", "v_head_dim", "intermediate_size_mlp", "moe_intermediate_size")
)
LARGEST = 10**12  # of anything counted in a model
EXPERTS_USED = ("num_experts_per_tok", "moe_topk", "experts_per_token", "num_selected_experts")
WHOLE_FILE = "Give the config.json of the model's own repository, whole."
EXPERT_COUNTS = ("num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts")
OTHER_LAYERS = ("mamba", "ssm_", "linear_num", "linear_attn_config", "hybrid_override_pattern", "recurrent")
UNGATED_TYPES = ("falcon", "gptj", "gpt_neox", "opt", "bloom", "mpt", "starcoder2")
PACKED = {"4-bit int": "int4", "8-bit int": "int8", "8-bit float": "fp8", "4-bit float": "nvfp4"}  # compressed-tensors
UNWINDOWED = "full_attention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The keys of a config.json, and where it is."""

    keys: Mapping[str, Any]
    where: str

    def count(self, name: str, default: int | None = None) -> int:
        """A whole number from 0 up. Raises `Problem` when it is missing without a default, or something else."""
        value = self.keys.get(name)
        value = default if value is None else value
        if value is None:
            what = f", {NEEDED[name]}" if name in NEEDED else ""
            raise Problem(f'"{name}" is missing{what}', where=self.where, fix=WHOLE_FILE)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
            raise Problem(f'"{name}" is {short(value)}', where=self.where, fix="Write a whole number.")
        if value == 0 and name in NEVER_ZERO:
            raise Problem(f'"{name}" is 0', where=self.where, fix="Write the model's own number.")
        return value

    def text(self, name: str) -> str:
        """A name; empty where the key is missing. Raises `Problem` when it is something else."""
        value = self.keys.get(name)
        if value is not None and not isinstance(value, str):
            raise Problem(f'"{name}" is {short(value)}', where=self.where, fix="Write it as text, as the model has it.")
        return value or ""

    def listed(self, name: str) -> list[Any]:
        """The entries of a list; none where the key is missing. Raises `Problem` when it is something else."""
        value = self.keys.get(name)
        if value is not None and not isinstance(value, list):
            raise Problem(f'"{name}" is {short(value)}', where=self.where, fix="Write a list.")
        return value or []

    def first(self, names: tuple[str, ...]) -> int:
        """The first of these keys that is there, else 0."""
        return next((self.count(name) for name in names if self.keys.get(name) is not None), 0)


def read_config(path: Path, name: str = "") -> Architecture:
    """The architecture in a config.json, under the name given.

    Raises `Problem` when it cannot be read or lacks a key.
    """
    where = str(path)
    try:
        content = json_of(text_of(path, fix="Give the model's config.json."))
    except json.JSONDecodeError as error:
        raise Problem(f"not JSON: {error.msg}", where=f"{where}:{error.lineno}", fix="Give a config.json.") from error
    if not isinstance(content, dict):
        raise Problem("not a model's configuration", where=where, fix="It is one JSON object.")
    text = content.get("text_config")
    found = architecture(Config(keys=content | (text if isinstance(text, dict) else {}), where=where))
    return replace(found, model=name) if name else found


def published_precision(path: Path) -> str:
    """The format below 16 bits in which a config.json says its weights are; empty where it names none we know."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    said: dict[str, Any] = content.get("quantization_config") or content.get("text_config", {}).get(
        "quantization_config", {}
    )
    groups: dict[str, Any] = said.get("config_groups") or {}
    weights = next((each.get("weights") or {} for each in groups.values()), {})
    packed = PACKED.get(f"{weights.get('num_bits')}-bit {weights.get('type')}")
    known = said.get("quant_algo") or packed or said.get("quant_method") or ""
    found = f"int{said.get('bits')}-gptq" if known == "gptq" else {"awq": "int4-awq"}.get(known, str(known).lower())
    return found if found in PRECISIONS else ""


def architecture(config: Config) -> Architecture:
    """The shape that a configuration describes."""
    _refuse_other_layers(config)
    _require_all(config)
    layers, hidden = config.count("num_hidden_layers"), config.count("hidden_size")
    vocabulary, attention = config.count("vocab_size"), _attention(config)
    experts = _experts(config)
    routed = experts.layers if experts else 0
    streamed = layers * _attention_parameters(config, attention) + (layers - routed) * _dense_block(config)
    return Architecture(
        model=config.text("_name_or_path") or config.text("model_type") or "config.json",
        hidden_size=hidden,
        layers=layers,
        feed_forward_width=config.count("intermediate_size"),
        vocabulary=vocabulary,
        tied_embeddings=bool(config.keys.get("tie_word_embeddings", False)),
        streamed_parameters=float(streamed + routed * _beside_experts(config) + vocabulary * hidden),
        attention=attention,
        experts=experts,
        source=Source(title=f"config.json given as {config.where}"),
    )


def _require_all(config: Config) -> None:
    """Raise `Problem` that names every key that is missing, where it is more than one."""
    missing = [name for name in ALWAYS if config.keys.get(name) is None]
    if len(missing) > 1:
        told = "; ".join(f'"{name}", {NEEDED[name]}' for name in missing)
        raise Problem(f"these keys are missing: {told}", where=config.where, fix=WHOLE_FILE)


def _refuse_other_layers(config: Config) -> None:
    other = [key for key in config.keys if key.startswith(OTHER_LAYERS)]
    if other:
        fix = "State the measured tokens per second of a replica instead."
        raise Problem(f'"{other[0]}": layers other than attention are not modelled', where=config.where, fix=fix)


def _attention(config: Config) -> Attention:
    heads, layers = config.count("num_attention_heads"), config.count("num_hidden_layers")
    rank = config.count("kv_lora_rank", 0)
    if rank:
        return Attention(heads=heads, kv_heads=1, head_size=rank + config.count("qk_rope_head_dim"), latent=True)
    window = config.count("sliding_window", 0) if config.keys.get("use_sliding_window", True) else 0
    kinds = config.listed("layer_types")
    windowed = sum(kind != UNWINDOWED for kind in kinds) if kinds else layers
    return Attention(
        heads=heads,
        kv_heads=config.count("num_key_value_heads", heads),
        head_size=config.count("head_dim", config.count("hidden_size") // heads),
        window_layers=windowed if window else 0,
        window_tokens=window,
    )


def _attention_parameters(config: Config, attention: Attention) -> int:
    hidden, heads = config.count("hidden_size"), attention.heads
    if not attention.latent:
        return hidden * attention.head_size * 2 * (heads + attention.kv_heads)
    plain, rope = config.count("qk_nope_head_dim"), config.count("qk_rope_head_dim")
    value, rank, query = config.count("v_head_dim"), config.count("kv_lora_rank"), config.count("q_lora_rank", 0)
    queries = query * (hidden + heads * (plain + rope)) if query else hidden * heads * (plain + rope)
    return queries + hidden * (rank + rope) + rank * heads * (plain + value) + heads * value * hidden


def _matrices(config: Config) -> int:
    return 2 if config.text("model_type") in UNGATED_TYPES else 3


def _dense_block(config: Config) -> int:
    width = config.count("intermediate_size_mlp", config.count("intermediate_size"))
    return _matrices(config) * config.count("hidden_size") * width


def _expert_width(config: Config) -> int:
    return config.count("moe_intermediate_size", config.count("intermediate_size"))


def _experts(config: Config) -> Experts | None:
    count = config.first(EXPERT_COUNTS)
    if count <= 1:
        return None
    width, layers = _expert_width(config), _expert_layers(config)
    used = config.first(EXPERTS_USED) or config.count("num_experts_per_tok")
    if not 0 < used <= count or not 0 <= layers <= config.count("num_hidden_layers"):
        told = f"{used} of {count} experts a token, in {layers} of {config.count('num_hidden_layers')} layers"
        raise Problem(f"it says {told}", where=config.where, fix="Write the model's own numbers.")
    return Experts(
        count=count,
        per_token=used,
        width=width,
        layers=layers,
        parameters=float(layers * count * _matrices(config) * config.count("hidden_size") * width),
    )


def _expert_layers(config: Config) -> int:
    layers = config.count("num_hidden_layers")
    if listed := config.listed("moe_layers"):
        return len(listed)
    every = config.count("interleave_moe_layer_step", config.count("decoder_sparse_step", 1))
    return (layers - config.count("first_k_dense_replace", 0)) // max(every, 1)


def _beside_experts(config: Config) -> int:
    """Parameters of a mixture's layer that every token passes: router and shared experts."""
    hidden, count = config.count("hidden_size"), config.first(EXPERT_COUNTS)
    shared = config.count("n_shared_experts", 1 if config.text("model_type").startswith("llama4") else 0)
    width = config.count("shared_expert_intermediate_size", shared * _expert_width(config))
    return hidden * count + _matrices(config) * hidden * width


def open_model(shape: Architecture, published: str = "") -> OpenModel:
    """The same model as the fit and cost stages know models. `published`: see `published_precision`."""
    experts, attention = shape.experts, shape.attention
    embedding = 0 if shape.tied_embeddings else shape.vocabulary * shape.hidden_size
    routed = experts.parameters if experts else 0.0
    used = routed * experts.per_token / experts.count if experts else 0.0
    per_layer = attention.head_size if attention.latent else 2 * attention.kv_heads * attention.head_size
    return OpenModel(
        key=shape.model,
        hugging_face_id=shape.model,
        total_parameters=shape.streamed_parameters + embedding + routed,
        active_parameters=shape.streamed_parameters + embedding + used,
        layers=shape.layers,
        hidden_size=shape.hidden_size,
        kv_bytes_per_token_16bit=2.0 * shape.layers * per_layer,
        sliding_window_layers=attention.window_layers,
        recalled=False,
        source=shape.source,
        architecture=shape,
        published_precision=published,
    )
