"""Number formats of weights: the one list of them, with the names that others give them."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.problems import Problem, nearest

BITS_PER_BYTE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """One weight format. `compute` is the unit in `Gpu.flops_per_second`; `family` groups equal formats.

    `also`: what names of models, config files and engines call it. Embeddings and heads often stay at 16 bit: that is
    counted where the architecture is known.
    """

    name: str
    bytes_per_parameter: float
    compute: str
    family: str
    meaning: str
    also: tuple[str, ...] = ()


def _format(name: str, bits: float, compute: str, family: str, meaning: str, *also: str) -> Precision:
    return Precision(
        name=name, bytes_per_parameter=bits / BITS_PER_BYTE, compute=compute, family=family, meaning=meaning, also=also
    )


# Bits per parameter with the block scales, from each format's definition.
PRECISIONS: dict[str, Precision] = {
    each.name: each
    for each in (
        _format("bf16", 16, "bf16", "16-bit", "16-bit brain float", "bfloat16"),
        _format("fp16", 16, "bf16", "16-bit", "16-bit float", "float16", "half"),
        _format("fp8", 8, "fp8", "fp8", "8-bit float", "float8", "fp8_e4m3", "w8a8_fp8", "fbgemm_fp8", "fp8_pb_wo"),
        _format("int8", 8, "int8", "int8", "8-bit integer, weights and activations", "w8a8"),
        _format("int8-gptq", 8.25, "bf16", "int8-weights", "8-bit integer weights, 16-bit arithmetic", "w8a16"),
        _format("nvfp4", 4.5, "fp4", "fp4", "4-bit float, an 8-bit scale per 16 weights", "fp4"),
        _format("mxfp4", 4.25, "fp4", "mxfp4", "4-bit float, an 8-bit scale per 32 weights"),
        _format("int4", 4.25, "bf16", "int4", "4-bit integers, groups of 128, 16-bit arithmetic", "w4a16", "4bit"),
        _format(
            "int4-awq", 4.25, "bf16", "int4", "the same, chosen by the activations", "awq", "w4a16_awq", "w4a8_awq"
        ),
        _format("int4-gptq", 4.25, "bf16", "int4", "the same, chosen by second derivatives", "gptq"),
        _format("q4_k_m", 4.85, "bf16", "q4_k_m", "llama.cpp's 4-bit mix, 16-bit arithmetic"),
    )
}
NAMES: dict[str, str] = {called: each.name for each in PRECISIONS.values() for called in (each.name, *each.also)}


class UnknownPrecision(Problem):
    """A weight format that we do not know the size of."""

    def __init__(self, name: str) -> None:
        known = f"Known: {', '.join(PRECISIONS)}; `breakeven facts precisions` says what each is."
        super().__init__(f'the precision "{name}" is not known', fix=f"{nearest(name, NAMES)} {known}".strip())


def precision_called(name: str) -> Precision | None:
    """The format of that name, or that others call so, whatever its case; None where there is none."""
    plain = name.strip().lower()
    found = NAMES.get(plain) or NAMES.get(plain.replace("-", "_"))
    return PRECISIONS[found] if found else None


def precision_named(name: str) -> Precision:
    """The same. Raises `UnknownPrecision`."""
    if (found := precision_called(name)) is None:
        raise UnknownPrecision(name)
    return found


def same_family(one: Precision, other: str) -> bool:
    """Whether a fact's precision is the same kind of format; a name we do not know is not."""
    known = precision_called(other)
    return known is not None and known.family == one.family
