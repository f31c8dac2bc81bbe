"""Which kind of token the words of a bill name: input, cached input, cache write or output, in any host's spelling.

Words are those of the Azure Retail Prices ("gpt 4.1 cached Inp glbl Tokens", "5.4 cd inp Gl 1M Tokens"), of the Cloud
Billing Catalog ("Generate content output token count gemini 2.5 flash short input text"), of Amazon Bedrock and of
the AWS Marketplace ("USE1_InputTokenCount-Units"). Where they name both directions, the one before "token" counts.
"""

from __future__ import annotations

from collections.abc import Sequence

WRITE = r"cach\w*[ _-]*(write|wr|creation)|(write|creation)s?[ _-]*cach|(^|[^a-z])cd[ _-]wr([^a-z]|$)"
CACHED = r"cach|cchd|(^|[^a-z])(cd|hit)([^a-z]|$)"
FRESH = r"(un|non|not)[ _-]?cached|cache[ _-]?miss"  # says that it was not cached
OUTPUT = r"(^|[^a-z])(out|opt|outp|outpt|output|completion|response|generated)s?([^a-z]|$)|(output|completion)s?token"
INPUT = r"(^|[^a-z])(inp|inpt|input|prompt)s?([^a-z]|$)|(input|prompt)s?token"
OUTPUT_TOKENS, INPUT_TOKENS = r"(output|response|completion)[ _-]*token", r"(input|prompt)[ _-]*token"


def kind_of_tokens(words: Sequence[str]) -> str:
    """SQL of "cache_write", "cached", "output" or "input" of the first of these texts that tells; else null."""
    kinds = [_kind(text) for text in words]
    return f"coalesce({', '.join(kinds)})" if kinds else "NULL"


def _kind(text: str) -> str:
    text = f"regexp_replace({text}, '{FRESH}', '', 'g')"
    has = {name: f"regexp_matches({text}, '{pattern}')" for name, pattern in PATTERNS.items()}
    return (
        f"CASE WHEN {has['write']} THEN 'cache_write' WHEN {has['cached']} THEN 'cached' "
        f"WHEN {has['output']} AND NOT {has['input']} THEN 'output' "
        f"WHEN {has['input']} AND NOT {has['output']} THEN 'input' "
        f"WHEN {has['output tokens']} AND NOT {has['input tokens']} THEN 'output' "
        f"WHEN {has['input tokens']} AND NOT {has['output tokens']} THEN 'input' END"
    )


PATTERNS = {
    "write": WRITE,
    "cached": CACHED,
    "output": OUTPUT,
    "input": INPUT,
    "output tokens": OUTPUT_TOKENS,
    "input tokens": INPUT_TOKENS,
}
