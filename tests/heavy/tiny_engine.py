"""A real llama.cpp server on random weights: `weights FILE.gguf` makes them, `serve FILE.gguf PORT` serves them.

Runs in the environment of requirements-engine.lock (xllamacpp, gguf, numpy): no download, 2 MB, half a second.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np

HIDDEN, LAYERS, HEADS, CONTEXT = 128, 2, 4, 4096
KEYS, FORWARD = HEADS // 2, HIDDEN * 3
SPECIAL = ["<s>", "</s>", "<unk>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def letters() -> list[str]:
    """The 256 bytes, as GPT-2's tokenizer writes them."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    written = {byte: chr(byte) for byte in plain} | {byte: chr(256 + at) for at, byte in enumerate(others)}
    return [written[byte] for byte in range(256)]


def weights(path: str) -> None:
    from gguf import GGUFWriter, TokenType

    pairs = [(a, b) for a in "etaoinsrhl" for b in "etaoinsrhl"]
    tokens = [*SPECIAL, *letters(), *(a + b for a, b in pairs)]
    kinds = [TokenType.CONTROL, TokenType.CONTROL, TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL]
    said = {
        "name": "tiny-random", "context_length": CONTEXT, "embedding_length": HIDDEN, "block_count": LAYERS,
        "feed_forward_length": FORWARD, "head_count": HEADS, "head_count_kv": KEYS, "layer_norm_rms_eps": 1e-5,
        "rope_dimension_count": HIDDEN // HEADS, "vocab_size": len(tokens), "file_type": 0,
        "tokenizer_model": "gpt2", "tokenizer_pre": "gpt-2", "token_list": tokens,
        "token_types": [*kinds, *[TokenType.NORMAL] * (len(tokens) - len(kinds))],
        "token_merges": [f"{a} {b}" for a, b in pairs], "bos_token_id": 0, "eos_token_id": 1, "unk_token_id": 2,
        "add_bos_token": True, "chat_template": TEMPLATE,
    }  # fmt: skip
    writer = GGUFWriter(path, "llama")
    for name, value in said.items():
        getattr(writer, f"add_{name}")(value)
    for name, tensor in tensors(len(tokens)):
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tensors(vocabulary: int) -> Iterator[tuple[str, np.ndarray]]:
    draw = np.random.default_rng(0)
    small = HIDDEN // HEADS * KEYS
    shapes = {
        "attn_q": (HIDDEN, HIDDEN), "attn_k": (small, HIDDEN), "attn_v": (small, HIDDEN),
        "attn_output": (HIDDEN, HIDDEN), "ffn_gate": (FORWARD, HIDDEN), "ffn_up": (FORWARD, HIDDEN),
        "ffn_down": (HIDDEN, FORWARD),
    }  # fmt: skip
    ones = np.ones(HIDDEN, np.float32)
    yield "token_embd.weight", random_matrix(draw, (vocabulary, HIDDEN))
    yield "output_norm.weight", ones
    yield "output.weight", random_matrix(draw, (vocabulary, HIDDEN))
    for layer in range(LAYERS):
        yield f"blk.{layer}.attn_norm.weight", ones
        yield f"blk.{layer}.ffn_norm.weight", ones
        for name, shape in shapes.items():
            yield f"blk.{layer}.{name}.weight", random_matrix(draw, shape)


def random_matrix(draw: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return (draw.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)


def serve(path: str, port: int) -> None:
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = path
    wanted.hostnames = ["127.0.0.1"]
    wanted.port = port
    wanted.n_ctx, wanted.n_parallel, wanted.cpuparams.n_threads = 8192, 4, 1
    wanted.warmup, wanted.endpoint_metrics = False, True
    server = xllamacpp.Server(wanted)
    print("listening", server.listening_address, flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    if sys.argv[1] == "weights":
        weights(sys.argv[2])
    else:
        serve(sys.argv[2], int(sys.argv[3]))
