"""What may be shown of a text that others wrote: none of its secrets, and no sign that a terminal or a page obeys.

Imports nothing of breakeven.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

HIDDEN = "***"
LEAST_TO_FIND = 4  # characters; a shorter password would be found inside words
SIGNS = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}  # each has a picture of its own
SIGNS |= dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000)], "\ufffd")  # more of them, and halves of a pair
UNSEEN = [0x061C, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF]  # turn text round
SIGNS |= dict.fromkeys(UNSEEN, "\ufffd")
IN_LINES = {code: picture for code, picture in SIGNS.items() if chr(code) not in "\n\t"}
COUNTED = ("input", "output", "prompt", "completion", "cached", "cache", "reasoning", "total", "per")  # no secrets
NO_COUNT = "".join(rf"(?<!{each}[_.-])" for each in COUNTED)
NAMES = (
    r"(?:[\w.-]{0,40}(?:password|passwd|passphrase|pwd|secret)|(?:[\w.-]{0,40}[_.-])?(?:"
    + NO_COUNT
    + r"token|api[_-]?key|signature"
    r"|(?:access|secret|private|account)[_-]?key|sig|credentials?|authorization))"
)
VALUE = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s&;,"'<>)\]}]+)"""
SECRETS = (
    (re.compile(r"(://)[^\s/@\"'<>]*@"), r"\1"),
    (re.compile(r"(://)[^\s/@:\"'<>]*:(?!\d{1,5}/)[^\s\"'<>]*@"), r"\1"),
    (re.compile(r"(?i)([?&]key=)[^\s&\"'<>]+"), rf"\1{HIDDEN}"),
    (re.compile(rf"(?i)(?<![A-Za-z0-9])({NAMES}[\"']?\s*[=:]\s*(?:(?:bearer|basic)\s+)?){VALUE}"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer\s+)(?=\S*\d)[\w.~+/=-]{8,}"), rf"\1{HIDDEN}"),
    (re.compile(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)"), HIDDEN),
)
KEYS = re.compile(
    r"\b(?:(?=[\w-]*\d)(?:sk|pk|rk)[-_][\w-]{20,}|A[KS]IA[0-9A-Z]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|xox[abeprs]-[\w-]{10,}|AIza[\w-]{30,}|hf_\w{20,}|gsk_\w{20,}|nvapi-[\w-]{20,}|dapi[0-9a-f]{32}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)"
)
ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*)://(?P<rest>.*)", re.DOTALL)
HOST = re.compile(r"(?:[\w.-]*|\[[\da-fA-F:.]+\])(?::\d{1,5})?(?:/.*)?", re.DOTALL)


def plain(text: str) -> str:
    """The text, each sign that a terminal or a page would obey as a picture of it; lines and tabs stay."""
    return text if text.isascii() and text.isprintable() else text.translate(IN_LINES)


def name_shown(text: str) -> str:
    """A name that a log or another file gives: on one line, and a key told by its last four characters."""
    return KEYS.sub(_last_four, text if text.isprintable() and text.isascii() else text.translate(SIGNS))


def shown(text: str) -> str:
    """A text without its secrets, and plain."""
    return plain(without_secrets(text))


def without_secrets(text: str) -> str:
    """The text without passwords in addresses and after their names, and without keys."""
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return KEYS.sub(_last_four, text)


def address_shown(address: str) -> str:
    """An address without user, password and options. Of one that is not well formed only what surely is no secret."""
    found = ADDRESS.fullmatch(address)
    if found is None:
        return plain(f"{HIDDEN}@{address.rpartition('@')[2]}" if "@" in address else address.partition(":")[0])
    rest = re.split(r"[?#;]", found["rest"].rpartition("@")[2], maxsplit=1)[0]
    if "@" not in found["rest"] and not HOST.fullmatch(rest):
        rest = HIDDEN
    return plain(without_secrets(f"{found['scheme']}://{rest}"))


def said_of(message: str, address: str) -> str:
    """What a driver says, without anything that its address keeps secret; "" where that cannot be told apart."""
    kept = sorted(secrets_of(address), key=len, reverse=True)
    if any(len(each) < LEAST_TO_FIND and each in message for each in kept):
        return ""
    for each in kept:
        message = message.replace(each, HIDDEN)
    return shown(message)


def secrets_of(address: str) -> frozenset[str]:
    """What an address keeps secret, as it is written and as a driver reads it: the password and the options' values."""
    rest = address.partition("://")[2] or address
    before, at, _ = rest.rpartition("@")
    password = before.partition(":")[2] or before if at else ""
    first = re.split(r"[/?#@]", rest, maxsplit=1)[0].partition(":")[2] if not at else ""
    options = [each.partition("=")[2] for each in re.split(r"[?&;]", rest)[1:]]
    found = {password, *re.split(r"[@/?#:]", password), *options, "" if first.isdigit() else first}
    read = {each.strip() for one in found for each in (one, unquote(one), unquote_plus(one))}
    return frozenset(each for each in found | read if each)


def cleaned(data: Any) -> Any:
    """Plain data of a file, each text in it `plain`, and without secrets where it is an address."""
    if isinstance(data, str):
        return text_cleaned(data)
    if isinstance(data, Mapping):
        return {cleaned(key): cleaned(value) for key, value in data.items()}
    return [cleaned(each) for each in data] if isinstance(data, list | tuple) else data


def text_cleaned(text: str) -> str:
    """One text of a file, as it may be shown anywhere."""
    return plain(without_secrets(text) if "://" in text else KEYS.sub(_last_four, text))


def _last_four(key: re.Match[str]) -> str:
    return f"{HIDDEN}{key[0][-4:]}"
