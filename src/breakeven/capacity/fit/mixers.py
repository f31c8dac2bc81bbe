"""How a layer mixes tokens: its parameters, what it keeps of each token, and the state it keeps of a whole sequence.

Attention keeps keys and values of every token; linear attention, state space and short convolutions keep a state that
does not grow: the recurrent part at 32 bits unless the file says otherwise, the convolution's at 16.
"""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.capacity.fit.config_keys import Config
from breakeven.capacity.fit.layer_kinds import BOTH, CONVOLUTION, FULL, LINEAR, NONE, STATE_SPACE, WINDOW

STATE_BYTES = 4.0  # per value of a recurrent state, as most engines keep it
CONVOLUTION_BYTES = 2.0
GATED = ("qwen3_next",)  # their queries carry a gate for what comes out
HALF_PRECISION = ("bfloat16", "float16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixer:
    """One layer's. `values`: of a token in the KV cache; `state_bytes`: of a sequence, however long."""

    parameters: float
    values: float = 0.0
    state_bytes: float = 0.0

    def __add__(self, other: Mixer) -> Mixer:
        """Two beside each other in one layer."""
        return Mixer(
            parameters=self.parameters + other.parameters,
            values=self.values + other.values,
            state_bytes=self.state_bytes + other.state_bytes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Query heads, heads of keys and values, the size of a key and of a value."""

    query: int
    kv: int
    key: int
    value: int


def heads_of(config: Config, kind: str = FULL) -> Heads:
    """The heads of full attention, or of the attention that sees a window, where the file tells them apart."""
    query = config.count("num_attention_heads")
    size = config.first(("head_dim", "attention_head_dim"), max(config.count("hidden_size") // query, 1))
    kv = config.count("num_key_value_heads", query)
    if kind == WINDOW:
        query, kv = config.count("swa_num_attention_heads", query), config.count("swa_num_key_value_heads", kv)
        key = config.count("swa_head_dim", size)
        return Heads(query=query, kv=kv, key=key, value=config.count("swa_v_head_dim", _value(config, key)))
    key = config.count("global_head_dim", size)
    kv = config.count("num_global_key_value_heads", kv)
    return Heads(query=query, kv=kv, key=key, value=_value(config, key))


def _value(config: Config, key: int) -> int:
    """The size of a head's value; that of its key unless it says another."""
    return config.count("v_head_dim", key)


def mixer(config: Config, kind: str) -> Mixer:
    """The mixer of a layer of that kind."""
    if kind in (FULL, WINDOW):
        return _latent(config) if config.count("kv_lora_rank", 0) else _attention(config, kind)
    if kind == NONE:
        return Mixer(parameters=0.0)
    if kind == BOTH:
        return _attention(config, FULL) + _state_space(config)
    return {LINEAR: _linear, STATE_SPACE: _state_space, CONVOLUTION: _convolution}[kind](config)


def _attention(config: Config, kind: str) -> Mixer:
    hidden, its = config.count("hidden_size"), heads_of(config, kind)
    gated = config.keys.get("attn_output_gate") is True or config.text("model_type").startswith(GATED)
    queries = its.query * its.key * (2 if gated else 1)
    values = its.kv * (its.key + its.value)
    return Mixer(parameters=hidden * (queries + values + its.query * its.value), values=values)


def _latent(config: Config) -> Mixer:
    hidden, heads = config.count("hidden_size"), config.count("num_attention_heads")
    plain, rope = config.count("qk_nope_head_dim"), config.count("qk_rope_head_dim")
    value, rank, query = config.count("v_head_dim"), config.count("kv_lora_rank"), config.count("q_lora_rank", 0)
    queries = query * (hidden + heads * (plain + rope)) if query else hidden * heads * (plain + rope)
    rest = hidden * (rank + rope) + rank * heads * (plain + value) + heads * value * hidden
    return Mixer(parameters=queries + rest, values=rank + rope)


def _linear(config: Config) -> Mixer:
    """Gated delta rule, Kimi's delta attention, or lightning attention: a matrix of key by value a head."""
    hidden, own = config.count("hidden_size"), config.within("linear_attn_config")
    if own.has("num_heads"):
        heads, size = own.count("num_heads"), own.count("head_dim")
        kernel, wide = own.count("short_conv_kernel_size", 4), heads * size
        parameters = 4 * hidden * wide + 2 * size * (hidden + wide) + hidden * heads + 3 * wide * kernel
        return Mixer(parameters=parameters, state_bytes=_state(config, heads * size * size, 3 * wide * (kernel - 1)))
    if not config.has("linear_num_value_heads"):
        heads = config.count("num_attention_heads")
        size = config.count("head_dim", hidden // heads)
        return Mixer(parameters=5 * hidden * heads * size, state_bytes=_state(config, heads * size * size, 0))
    value_heads, key_size = config.count("linear_num_value_heads"), config.count("linear_key_head_dim")
    keys, values = config.count("linear_num_key_heads") * key_size, value_heads * config.count("linear_value_head_dim")
    kernel, mixed = config.count("linear_conv_kernel_dim", 4), 2 * keys + values
    parameters = hidden * (2 * keys + 3 * values + 2 * value_heads) + mixed * kernel
    return Mixer(parameters=parameters, state_bytes=_state(config, key_size * values, mixed * (kernel - 1)))


def _state_space(config: Config) -> Mixer:
    """Mamba, of one state a channel or of one a head."""
    hidden = config.count("hidden_size")
    size = config.first(("ssm_state_size", "mamba_d_state", "mamba_state_dim", "state_size"), None)
    kernel = config.first(("conv_kernel", "mamba_d_conv"), 4)
    heads = config.first(("mamba_num_heads", "mamba_n_heads"))
    wide = config.first(("mamba_d_ssm",), config.first(("mamba_expand", "expand"), 2) * hidden)
    if not heads:
        rank = config.count("mamba_dt_rank", max(hidden // 16, 1))
        parameters = 3 * hidden * wide + wide * (2 * rank + 3 * size + kernel)
        return Mixer(parameters=parameters, state_bytes=_state(config, wide * size, wide * (kernel - 1)))
    if isinstance(config.keys.get("mamba_head_dim") or config.keys.get("mamba_d_head"), int):
        wide = heads * config.first(("mamba_head_dim", "mamba_d_head"))
    mixed = wide + 2 * config.first(("n_groups", "mamba_n_groups", "mamba_num_groups"), 1) * size
    parameters = hidden * (2 * wide + mixed - wide + heads) + mixed * kernel + wide * hidden
    return Mixer(parameters=parameters, state_bytes=_state(config, wide * size, mixed * (kernel - 1)))


def _convolution(config: Config) -> Mixer:
    hidden, kernel = config.count("hidden_size"), config.count("conv_L_cache", 3)
    return Mixer(parameters=hidden * (4 * hidden + kernel), state_bytes=hidden * (kernel - 1) * CONVOLUTION_BYTES)


def _state(config: Config, recurrent: int, convolution: int) -> float:
    said = config.text("mamba_ssm_dtype") or config.text("mamba_ssm_cache_dtype")
    per_value = 2.0 if said in HALF_PRECISION else STATE_BYTES
    return recurrent * per_value + convolution * CONVOLUTION_BYTES
