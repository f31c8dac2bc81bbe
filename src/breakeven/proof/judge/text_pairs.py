"""The texts of a shadow log as pairs: the request, and the answer of either arm."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakeven.files import ordinary
from breakeven.problems import Problem
from breakeven.proof.judge.judge_model import Contest
from breakeven.proof.judge.text_scores import schema_of
from breakeven.proof.records.files import lines_of
from breakeven.proof.records.row import Text, read_text
from breakeven.written import json_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPair:
    """One request with both answers; `schema`: the JSON schema that it asks for, None where it asks for none."""

    pair: str
    contest: Contest
    schema: Mapping[str, Any] | None


def paired_texts(paths: Sequence[Path], candidate: str, control: str) -> Iterator[TextPair]:
    """Each request that both arms were given, once, where the control answered. Raises `Problem` for a line that is no
    text of a shadow log.
    """
    waiting: dict[str, Text] = {}
    done: set[str] = set()
    for path in paths:
        ordinary(path)
        for number, line in enumerate(lines_of(path), 1):
            text = _text(line, f"{path}:{number}")
            if text.arm not in (candidate, control) or text.pair in done:
                continue
            other = waiting.setdefault(text.pair, text)
            if other.arm != text.arm:
                del waiting[text.pair]
                done.add(text.pair)
                both = {arm_text.arm: arm_text for arm_text in (text, other)}
                if (asked := both[control]).answer is not None:
                    contest = Contest(
                        pair=text.pair, request=request_text(asked.request), candidate=both[candidate].answer,
                        control=asked.answer,
                    )  # fmt: skip
                    yield TextPair(pair=text.pair, contest=contest, schema=schema_of(asked.request))


def request_text(request: Mapping[str, Any]) -> str:
    """What was asked, as text: the messages, or the input of a response."""
    messages = request.get("messages") or request.get("input") or ""
    if isinstance(messages, str):
        return messages
    said = [
        f"{each.get('role', '')}: {_content(each.get('content'))}" for each in messages if isinstance(each, Mapping)
    ]
    system = request.get("system") or request.get("instructions")
    return "\n".join([*([f"system: {_content(system)}"] if system else []), *said])


def _content(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return "" if content is None else str(content)


def _text(line: str, where: str) -> Text:
    try:
        return read_text(json_of(line), where=where)
    except json.JSONDecodeError as error:
        raise Problem(
            f"this is not JSON: {error.msg}", where=where, fix="Name files of texts: texts-*.jsonl."
        ) from None
