"""The keys of a Hugging Face config.json, each read as what it should be or refused with what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from breakeven.problems import Problem
from breakeven.written import short

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
ALWAYS = ("num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size")
NEVER_ZERO = frozenset(
    (*ALWAYS, "intermediate_size", "num_key_value_heads", "head_dim", "v_head_dim", "intermediate_size_mlp",
     "moe_intermediate_size")
)  # fmt: skip
LARGEST = 10**12  # of anything counted in a model
WHOLE_FILE = "Give the config.json of the model's own repository, whole."


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The keys of a config.json, and where it is."""

    keys: Mapping[str, Any]
    where: str

    def has(self, name: str) -> bool:
        """Whether the key is there and says something."""
        return self.keys.get(name) is not None

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

    def within(self, name: str) -> Config:
        """The keys of an object in it; none where it is missing. Raises `Problem` when it is something else."""
        value = self.keys.get(name)
        if value is not None and not isinstance(value, dict):
            raise Problem(f'"{name}" is {short(value)}', where=self.where, fix="Write an object, as the model has it.")
        return Config(keys=value or {}, where=self.where)

    def first(self, names: tuple[str, ...], default: int | None = 0) -> int:
        """The first of these keys that is there, else the default; without one, the first is said to be missing."""
        found = next((name for name in names if self.has(name)), None)
        return self.count(found or names[0]) if found or default is None else default
