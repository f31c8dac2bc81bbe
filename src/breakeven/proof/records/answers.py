"""What is told of an answer from its text alone; the gateway's plugin says the same (held against it by a test)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from breakeven.written import json_of

REFUSALS = re.compile(
    r"\s*(?:(?:i['’]?m|i am) (?:very |really )?sorry\b|sorry,|as an ai\b|(?:i|we)(?: can(?:no|['’])?t| will not|"
    r" won['’]t| (?:am|are) unable to|['’](?:m|re) unable to) (?:help|assist|provide|do|answer|comply|discuss))",
    re.IGNORECASE,
)
REFUSED = ("content_filter", "refusal")  # reasons of an end


def refuses(text: str) -> bool:
    """Whether an answer begins as refusals do."""
    return REFUSALS.match(text) is not None


def wants_json(request: Mapping[str, Any]) -> bool:
    """Whether a request demands JSON: of chat and of responses."""
    return str(form_of(request).get("type", "")).startswith("json")


def form_of(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The form of the answer that a request asks for; nothing where it asks for none."""
    text = request.get("text")
    form = request.get("response_format") or (text.get("format") if isinstance(text, Mapping) else None)
    return form if isinstance(form, Mapping) else {}


def is_json(text: str) -> bool:
    """Whether a text is one JSON value."""
    try:
        json_of(text)
    except json.JSONDecodeError:
        return False
    return True
