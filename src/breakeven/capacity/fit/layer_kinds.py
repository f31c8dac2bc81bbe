"""What each layer of a model is: how it mixes tokens, and what block follows. One entry a layer, from its config.json.

Mixers: full attention, attention that sees a window, layers with a fixed state (linear attention, state space, short
convolution), both beside each other, or none. Blocks: dense, experts, or none.
"""

from __future__ import annotations

from typing import TypeVar

from breakeven.capacity.fit.config_keys import Config
from breakeven.problems import Problem
from breakeven.written import short

FULL, WINDOW, LINEAR, STATE_SPACE, CONVOLUTION, BOTH, NONE = (
    "full", "window", "linear", "state space", "convolution", "both", "none",
)  # fmt: skip
DENSE, EXPERTS = "dense", "experts"
NAMED = {
    "full_attention": FULL, "attention": FULL, "global_attention": FULL, "deepseek_sparse_attention": FULL,
    "sparse_attention": FULL, "sliding_attention": WINDOW, "chunked_attention": WINDOW, "local_attention": WINDOW,
    "linear_attention": LINEAR, "mamba": STATE_SPACE, "mamba2": STATE_SPACE, "conv": CONVOLUTION, "hybrid": BOTH,
    "mlp": NONE, "moe": NONE,
}  # fmt: skip
OF_A_LETTER = {"M": (STATE_SPACE, NONE), "*": (FULL, NONE), "-": (NONE, DENSE), "E": (NONE, EXPERTS)}
ONLY_A_BLOCK = {"mlp": DENSE, "moe": EXPERTS}
EVERY_LAYER_WINDOWED = ("mistral", "mixtral", "phi3", "starcoder2")  # where a window is named, and no pattern
FULL_EVERY = {"gemma2": 2, "gemma3": 6, "gemma3_text": 6, "cohere2": 4, "gpt_oss": 2, "llama4": 4, "llama4_text": 4}
EXPERT_COUNTS = ("num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts")

EVERY = (
    "interleave_moe_layer_step",
    "decoder_sparse_step",
    "moe_layer_freq",
    "moe_layer_interval",
    "expert_layer_period",
)
Kind = TypeVar("Kind", str, bool)


def layer_count(config: Config) -> int:
    """Layers of the model; of one that spells them out, as many as it spells."""
    pattern = config.text("hybrid_override_pattern")
    return len(pattern) or len(config.listed("layers_block_type")) or config.count("num_hidden_layers")


def layer_kinds(config: Config) -> list[tuple[str, str]]:
    """Mixer and block of every layer. Raises `Problem` for a kind that is not known."""
    if pattern := config.text("hybrid_override_pattern"):
        if unknown := set(pattern) - OF_A_LETTER.keys():
            raise _unknown(config, "hybrid_override_pattern", min(unknown))
        return [OF_A_LETTER[letter] for letter in pattern]
    spelled = config.listed("layers_block_type")
    alone = bool({*map(str, spelled)} & ONLY_A_BLOCK.keys())
    mixers, routed = _mixers(config), _routed(config)
    blocks = [EXPERTS if is_routed else DENSE for is_routed in routed]
    if alone:
        blocks = [ONLY_A_BLOCK.get(str(block), NONE) for block in spelled]
    return list(zip(mixers, blocks, strict=True))


def _mixers(config: Config) -> list[str]:
    layers = layer_count(config)
    if kinds := config.listed("layer_types") or config.listed("layers_block_type"):
        if unknown := [each for each in kinds if not isinstance(each, str) or each not in NAMED]:
            raise _unknown(config, "layer_types" if config.has("layer_types") else "layers_block_type", unknown[0])
        return _as_many([NAMED[each] for each in kinds], layers, config, "layer_types")
    return _linear_ones(config, layers) or _state_space_ones(config, layers) or _windowed_ones(config, layers)


def _linear_ones(config: Config, layers: int) -> list[str]:
    """Layers of linear attention, by a list of them, a list of kinds, or an interval; none where there are none."""
    own = config.within("linear_attn_config")
    if listed := own.listed("full_attn_layers"):
        return [FULL if at in listed else LINEAR for at in range(1, layers + 1)]
    if kinds := config.listed("attn_type_list"):
        return _as_many([FULL if kind else LINEAR for kind in kinds], layers, config, "attn_type_list")
    if config.has("linear_num_value_heads"):
        every = max(config.count("full_attention_interval", 4), 1)
        return [LINEAR if (at + 1) % every else FULL for at in range(layers)]
    return []


def _state_space_ones(config: Config, layers: int) -> list[str]:
    if config.text("model_type") == "falcon_h1":
        return [BOTH] * layers
    if config.has("attn_layer_period"):
        period, offset = max(config.count("attn_layer_period"), 1), config.count("attn_layer_offset", 0)
        return [FULL if at % period == offset else STATE_SPACE for at in range(layers)]
    if config.has("attn_layer_indices"):
        attending = config.listed("attn_layer_indices")
        return [FULL if at in attending else STATE_SPACE for at in range(layers)]
    if any(key.startswith(("mamba_d_state", "ssm_state_size", "mamba_num_heads")) for key in config.keys):
        told = "it has layers of state space, and does not say which layers attend"
        raise Problem(told, where=config.where, fix="Write layer_types: one name a layer, as the model has them.")
    return []


def _windowed_ones(config: Config, layers: int) -> list[str]:
    if not window_tokens(config):
        return [FULL] * layers
    if kinds := config.listed("hybrid_layer_pattern"):
        return _as_many([WINDOW if kind else FULL for kind in kinds], layers, config, "hybrid_layer_pattern")
    if kinds := config.listed("no_rope_layers"):  # chunked where a position is rotated in
        return _as_many([WINDOW if kind else FULL for kind in kinds], layers, config, "no_rope_layers")
    pattern, model_type = config.keys.get("sliding_window_pattern"), config.text("model_type")
    if isinstance(pattern, str) and pattern:
        return [WINDOW if pattern[at % len(pattern)] == "L" else FULL for at in range(layers)]
    every = config.count("sliding_window_pattern", FULL_EVERY.get(model_type, 0))
    if every:
        return [WINDOW if (at + 1) % every else FULL for at in range(layers)]
    if config.has("max_window_layers"):
        first = config.count("max_window_layers")
        return [WINDOW if at >= first else FULL for at in range(layers)]
    return [WINDOW if model_type in EVERY_LAYER_WINDOWED else FULL] * layers


def window_tokens(config: Config) -> int:
    """Tokens that a windowed layer sees; 0: it names no window, or does not use it."""
    if config.keys.get("use_sliding_window") is False:
        return 0
    return config.first(("sliding_window", "sliding_window_size", "attention_chunk_size"))


def _routed(config: Config) -> list[bool]:
    """Which layers have experts."""
    layers = layer_count(config)
    if config.first(EXPERT_COUNTS) <= 1:
        return [False] * layers
    if kinds := config.listed("mlp_layer_types"):
        return _as_many([kind == "sparse" for kind in kinds], layers, config, "mlp_layer_types")
    if isinstance(config.keys.get("moe_layer_freq"), list):
        return _as_many([bool(entry) for entry in config.listed("moe_layer_freq")], layers, config, "moe_layer_freq")
    if listed := config.listed("moe_layers"):
        return [at in listed for at in range(layers)]
    if named := config.text("moe_layers_enum"):
        chosen = {int(part) for part in named.split(",") if part.strip().isdigit()}
        return [at in chosen for at in range(layers)]
    first = config.first(("first_k_dense_replace", "moe_layer_start_index", "num_dense_layers"))
    every = max(config.first(EVERY, 1), 1)
    offset = config.count("expert_layer_offset", every - 1)
    dense = config.listed("mlp_only_layers")
    if first:
        return [at >= first and (at - first) % every == 0 and at not in dense for at in range(layers)]
    return [at % every == offset % every and at not in dense for at in range(layers)]


def _as_many(kinds: list[Kind], layers: int, config: Config, name: str) -> list[Kind]:
    """A kind a layer. Raises `Problem` where some are missing."""
    if len(kinds) < layers:
        told = f'"{name}" names {len(kinds)} layers, and there are {layers}'
        raise Problem(told, where=config.where, fix="Give the model's own file, whole.")
    return kinds[:layers]  # what is beyond drafts tokens


def _unknown(config: Config, name: str, kind: object) -> Problem:
    fix = "State the measured tokens per second of a replica instead."
    return Problem(f'"{name}" has {short(kind)}: such a layer is not modelled', where=config.where, fix=fix)
