"""What the status of a failed request says: 429, a fault of the host (5xx), another refusal (4xx), or nothing known."""

from __future__ import annotations

from typing import Any

from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.rows.fields import Fields
from breakeven.shipped import shipped

RATE_LIMITED, SERVER, CLIENT, UNKNOWN = 429, 5, 4, 0


def failure(fields: Fields) -> Any:
    """What a failed row's status says, 429, 5, 4 or 0; 0 too where the row did not fail."""
    codes = [fields.numbers[name].cast("float64") for name in ("status", "error_code") if name in fields.numbers]
    texts = [fields.text[name] for name in ("status", "error_code") if name in fields.text]
    code = ibis().coalesce(*(ibis().cases((status_code >= 400, status_code), else_=None) for status_code in codes))
    words = shipped("demand/formats/generic.yaml")["words_of_status"]
    sentences = [
        (ibis().coalesce(text.isin(forms_of(words[status])), False), status) for status in words for text in texts
    ]
    status = ibis().cases(
        (~fields.failed, UNKNOWN),
        (ibis().coalesce(code == RATE_LIMITED, False), RATE_LIMITED),
        (ibis().coalesce((code >= 500) & (code < 600), False), SERVER),
        (ibis().coalesce((code >= 400) & (code < 500), False), CLIENT),
        *sentences,
        else_=UNKNOWN,
    )
    return status.cast("int64")


def forms_of(words: list[str]) -> list[str]:
    """The ways in which a word is written: engines differ in how they make capitals."""
    return list(dict.fromkeys(form for word in words for form in (word, word.upper(), word.title())))
