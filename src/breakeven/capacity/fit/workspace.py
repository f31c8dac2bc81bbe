"""What an engine keeps of a GPU's memory beside weights and KV cache: its own, and the activations of a step.

From vLLM's own start-up log, Llama 3 8B on 80 GiB (vllm-project/vllm pull request 10511, 2024-12-14): 1.79 GiB that
is not PyTorch's, 1.26 GiB of activations at 8,192 tokens a step, on one GPU and on each of two. Other logs show
0.2 to 3.6 GiB of the first, and since release 0.21 (2026) another 0.4 to 0.6 GiB of graphs is counted: assumed for
what they do not show, from `LEAST_ENGINE_BYTES` up to twice `ENGINE_BYTES`.
"""

from __future__ import annotations

from breakeven.facts.records import Gpu

USABLE_SHARE = 0.9  # share of GPU memory an engine may take; vLLM's default
MOST_SHARE = 0.95  # the same where memory is short: what vLLM's recipe for gpt-oss-120b on one H100 sets (2025)
ENGINE_BYTES = 2e9  # on each GPU: context, libraries, graphs, buffers for the other GPUs
LEAST_ENGINE_BYTES = 1e9  # without graphs, tuned for memory
ACTIVATION_BYTES = 40.0  # of a token of a step, per element of the hidden size: 1.26 GiB / 8,192 / 4,096

# What vLLM's server takes when not told (2026): GPUs of 70 GB and more, and smaller ones.
LARGE_MEMORY_BYTES = 70e9
LARGE, SMALL = (1024, 8192), (256, 2048)  # sequences at once, tokens of a step


def usual_limits(gpu: Gpu) -> tuple[int, int]:
    """Sequences at once and tokens of a step, as vLLM takes them on that GPU."""
    return LARGE if gpu.memory_bytes >= LARGE_MEMORY_BYTES else SMALL


def workspace_bytes(gpu: Gpu, hidden_size: int) -> float:
    """Bytes on each GPU that neither weights nor KV cache may take. Activations are whole on every GPU."""
    return ENGINE_BYTES + ACTIVATION_BYTES * hidden_size * usual_limits(gpu)[1]


def least_workspace_bytes(hidden_size: int) -> float:
    """The same of an engine told to spare memory: steps of 2,048 tokens, no graphs."""
    return LEAST_ENGINE_BYTES + ACTIVATION_BYTES * hidden_size * SMALL[1]


def room_bytes(gpu: Gpu, hidden_size: int, weights: float) -> float:
    """Bytes of a GPU left for the KV cache beside the weights that lie on it; zero or less: none.

    Where memory is short, the cache has what an engine told to spare memory leaves, up to as much as the usual one
    keeps more: published deployments do run that tight (a 70B model in fp8 on one 80 GiB GPU).
    """
    usual = gpu.memory_bytes * USABLE_SHARE - workspace_bytes(gpu, hidden_size)
    spared = gpu.memory_bytes * MOST_SHARE - least_workspace_bytes(hidden_size)
    return max(usual - weights, min(spared - weights, spared - usual))
