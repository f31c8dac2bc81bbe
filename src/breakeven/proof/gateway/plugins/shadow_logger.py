"""Runs inside LiteLLM's proxy: writes one row an arm a request, for `breakeven shadow judge`.

Written by `breakeven gateway`. Needs nothing but LiteLLM. Rows hold hashes and scores, no text. It never raises.

Environment
  BREAKEVEN_SHADOW_LOG   the folder of the log (else shadow/ beside this file); a file a UTC day
  BREAKEVEN_HASH_KEY     the key of the hashes; without it they change at every start
  BREAKEVEN_TEXT_DAYS    days for which requests and answers are kept as text, in files of their own; absent: not at all
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
import secrets
from collections import Counter, OrderedDict
from datetime import datetime, timedelta, timezone
from pathlib import Path

from canary_plugin import ASSIGNED, PAIR
from litellm.integrations.custom_logger import CustomLogger
from shadow_texts import (
    agreeing,
    answer_of,
    cached,
    canonical,
    metadata_of,
    overlap,
    parsed,
    plain,
    request_of,
    stratum,
    system_text,
    user_of,
    wants_json,
)

SCHEMA = 1
GATEWAY = "litellm"
HELD = 2_000  # answers that wait in memory for the other arm's
HASHED = 32  # hexadecimal digits
REFUSAL = re.compile(
    r"\s*(?:(?:i['’]?m|i am) (?:very |really )?sorry\b|sorry,|as an ai\b|(?:i|we)(?: can(?:no|['’])?t| will not|"
    r" won['’]t| (?:am|are) unable to|['’](?:m|re) unable to) (?:help|assist|provide|do|answer|comply|discuss))",
    re.IGNORECASE,
)
CUT = ("incomplete chunked read", "peer closed", "not enough data", "payload is not completed")  # what clients say
ENDPOINTS = {"anthropic_messages": "messages", "aresponses": "responses", "responses": "responses"}
log = logging.getLogger("breakeven.shadow")


class ShadowLogger(CustomLogger):
    """Rows of successes and failures, as LiteLLM reports them; it calls these methods by their parameters' names."""

    def __init__(self, folder=None, key=None, text_days=None):
        super().__init__()
        self.folder = Path(folder or os.environ.get("BREAKEVEN_SHADOW_LOG") or Path(__file__).with_name("shadow"))
        self.key = (key or os.environ.get("BREAKEVEN_HASH_KEY") or secrets.token_hex(16)).encode()
        self.text_days = whole_number(text_days or os.environ.get("BREAKEVEN_TEXT_DAYS"))
        self.held, self.swept = OrderedDict(), ""

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        self.logged(kwargs, response_obj, start_time, end_time, failed=False)

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        self.logged(kwargs, response_obj, start_time, end_time, failed=True)

    def logged(self, kwargs, response, start, end, *, failed):
        """Write the row of one call; a request that reached no arm has none."""
        try:
            told = (kwargs.get("litellm_params") or {}).get("model_info") or {}
            if told.get("arm"):
                row, request, answer = self.row(kwargs, response, start, end, failed=failed)
                self.append(f"shadow-{row['started'][:10]}", row)
                if self.text_days and answer is not None:
                    shared = ("schema", "trace", "pair", "arm", "workload", "endpoint", "started")
                    text = {name: row[name] for name in shared} | {"request": request, "answer": answer}
                    self.append(self.texts_of(row["started"][:10]), text)
                self.sweep(row["ended"][:10])
        except Exception:
            log.exception("a row of the shadow log is lost")

    def row(self, kwargs, response, start, end, *, failed):
        """The row, the body that was sent, and the text of the answer (None: there is none)."""
        payload = kwargs.get("standard_logging_object") or {}
        parameters = kwargs.get("litellm_params") or {}
        told, metadata = parameters["model_info"], metadata_of(parameters)
        request, first = request_of(kwargs, payload), kwargs.get("completion_start_time")
        answer = None if failed else answer_of(payload.get("response") or plain(response))
        streamed = bool(payload.get("stream") or request.get("stream"))
        copy, arm = bool(metadata.get("is_silent_experiment")), told["arm"]
        trace = str(payload.get("trace_id") or kwargs.get("litellm_trace_id") or kwargs.get("litellm_call_id"))
        row = {
            "schema": SCHEMA,
            "trace": trace,
            "pair": str(metadata.get(PAIR) or trace),
            "arm": arm,
            "assigned": arm if copy else str(metadata.get(ASSIGNED) or arm),
            "role": "mirrored" if copy else "answered",
            "workload": told["workload"],
            "stratum": stratum(request, metadata),
            "deployment": told.get("id"),
            "gateway": GATEWAY,
            "endpoint": ENDPOINTS.get(kwargs.get("call_type"), "chat"),
            "streamed": streamed,
            "user": self.hashed(user_of(request, payload)),
            "session": self.hashed(payload.get("session_id") or (request.get("metadata") or {}).get("session_id")),
            "template": self.hashed(system_text(request)),
            "started": moment(start),
            "first_token": moment(first) if streamed and first and not failed else None,
            "ended": moment(end),
            "request_hash": self.hashed(canonical(request)),
            "cost": payload.get("response_cost") or None,  # LiteLLM says 0 where it knows no price
        }
        row |= failure(kwargs, payload) if failed else self.answered(row, request, answer, payload)
        return {name: value for name, value in row.items() if value is not None}, request, answer and answer["text"]

    def answered(self, row, request, answer, payload):
        """What is known of an answer: tokens, scores, how it compares with the other arm's."""
        asked = wants_json(request)
        document = parsed(answer["text"]) if asked or answer["text"].lstrip()[:1] in ("{", "[") else None
        usage = (payload.get("metadata") or {}).get("usage_object") or {}
        cut = row["streamed"] and not answer["finish"] and row["endpoint"] == "chat"
        return {
            "status": 200,
            "error": "cut" if cut else None,
            "finish": answer["finish"],
            "prompt_tokens": payload.get("prompt_tokens") or None,
            "completion_tokens": payload.get("completion_tokens"),
            "cached_tokens": cached(usage),
            "answer_hash": self.hashed(answer["text"]),
            "answer_characters": len(answer["text"]),
            "empty": not answer["text"].strip(),
            "refusal": bool(answer["refused"] or REFUSAL.match(answer["text"])),
            "json_asked": asked,
            "json_valid": document is not None if asked else None,
            **self.compared(row["pair"], row["arm"], answer["text"], document),
        }

    def compared(self, pair, arm, text, document):
        """Scores against the other arm's answer, if that came first; else this one waits for it."""
        other = self.held.get(pair)
        words = Counter(text.lower().split())
        if other is None or other["arm"] == arm:
            self.held[pair] = {"arm": arm, "words": words, "document": document}
            while len(self.held) > HELD:
                self.held.popitem(last=False)
            return {}
        return {
            "compared_with": other["arm"],
            "word_overlap": overlap(words, other["words"]),
            "fields_agreeing": agreeing(document, other["document"]),
        }

    def hashed(self, text):
        """A keyed hash, so that nobody can find a text by hashing what it might be. None for no text."""
        if not text:
            return None
        return hmac.new(self.key, str(text).encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:HASHED]

    def append(self, name, row):
        """One row at the end of a file, in one write, readable by the owner alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps(row, ensure_ascii=True, allow_nan=False, default=str) + "\n"
        handle = os.open(self.folder / f"{name}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)

    def texts_of(self, day):
        """The name of a day's texts: it carries the last day on which they are kept, whatever is set later."""
        last = datetime.fromisoformat(day) + timedelta(days=self.text_days)
        return f"texts-{day}-until-{last.date().isoformat()}"

    def sweep(self, day):
        """Once a day, delete the texts whose last day is over."""
        if self.swept == day:
            return
        self.swept = day
        for each in self.folder.glob("texts-*-until-*.jsonl"):
            if each.stem[-len(day) :] < day:
                each.unlink(missing_ok=True)


def failure(kwargs, payload):
    """Status and kind of a failure."""
    about = payload.get("error_information") or {}
    error = kwargs.get("exception")
    name = str(about.get("error_class") or type(error).__name__)
    code = whole_number(about.get("error_code") or getattr(error, "status_code", None))
    message = f"{about.get('error_message') or error}".lower()
    begun = bool(kwargs.get("completion_start_time")) and bool(payload.get("stream"))
    return {"status": code or None, "error": "cut" if begun else kind_of(name, code, message)}


def kind_of(name, code, message):
    """The kind of a failure, from the class, the status and the words that LiteLLM gives it."""
    if name == "CancelledError":
        return "cancelled"
    if name == "MidStreamFallbackError" or any(words in message for words in CUT):
        return "cut"
    if "Timeout" in name or code == 408:
        return "timeout"
    if name == "ContextWindowExceededError" or "context_length_exceeded" in message:
        return "context-length"
    if name == "RateLimitError" or code == 429:
        return "rate-limit"
    if name == "APIConnectionError" or "connection error" in message or "cannot connect" in message:
        return "connection"
    return "server" if code >= 500 else "refused" if code >= 400 else "other"


def moment(time):
    """A time of LiteLLM's (local and without a zone, or seconds) as ISO 8601 in UTC."""
    known = datetime.fromtimestamp(time, timezone.utc) if isinstance(time, (int, float)) else time
    return known.astimezone(timezone.utc).isoformat(timespec="microseconds")


def whole_number(stated):
    """A count, 0 where there is none."""
    try:
        return max(int(stated), 0)
    except (TypeError, ValueError):
        return 0


instance = ShadowLogger()
