"""Which columns of an unknown log may hold its times and tokens, by the words of their names: to look at."""

from __future__ import annotations

from collections.abc import Sequence
from re import findall

WORDS = {
    "timestamp": {"time", "timestamp", "date", "datetime", "when", "at", "ts", "created", "started", "start", "day",
                  "zeit", "zeitstempel", "datum", "fecha", "heure", "wann", "moment", "epoch"},
    "input_tokens": {"in", "input", "inputs", "prompt", "prompts", "context", "sent", "request", "question", "ein",
                     "eingabe", "rein", "entrada", "inp", "prefill"},
    "output_tokens": {"out", "output", "outputs", "completion", "completions", "generated", "response", "answer",
                      "received", "aus", "ausgabe", "raus", "salida", "outp", "decode", "reply"},
}  # fmt: skip
COUNTS = {"tok", "toks", "token", "tokens", "usage", "count", "num"}
NOT_COUNTS = {"id", "cost", "price", "usd", "text", "ms", "latency", "url", "name", "model", "type", "cached", "cache",
              "k", "m", "million", "millions", "thousand", "thousands", "mtok", "ktok", "limit", "max",
              "budget"}  # fmt: skip


def guessed(columns: Sequence[str]) -> dict[str, str]:
    """Required field -> the one column whose name speaks of it best; nothing where two do alike."""
    columns_of: dict[str, str] = {}
    for field, words in WORDS.items():
        free = [column for column in columns if column not in columns_of.values()]
        scores = {column: _score(_words(column), words, counted=field != "timestamp") for column in free}
        best = max(scores.values(), default=0)
        named = [column for column, score in scores.items() if score == best]
        if best > 0 and len(named) == 1:
            columns_of[field] = named[0]
    return columns_of


def _score(named: Sequence[str], words: set[str], *, counted: bool) -> int:
    """Twice for a word of the field, once more where it speaks of a count; the last word weighs most."""
    if not words & set(named) or (counted and NOT_COUNTS & set(named)):
        return 0
    return 2 + (named[-1] in words) + (counted and bool(COUNTS & set(named)))


def _words(name: str) -> list[str]:
    return [each.lower() for each in findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])", name)]
