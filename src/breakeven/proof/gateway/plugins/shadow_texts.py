"""What a row of the shadow log says of a request and its answer: of chat, responses (OpenAI), messages (Anthropic).

Written by `breakeven gateway`, for shadow_logger.py. Pure functions, the standard library only.
"""

from __future__ import annotations

import json

LONG, VERY_LONG = 2_000, 16_000  # characters of a request


def metadata_of(parameters):
    """LiteLLM's own metadata of a request, from where this endpoint keeps it."""
    both = (parameters.get("litellm_metadata"), parameters.get("metadata"))
    return {name: value for each in both if isinstance(each, dict) for name, value in each.items()}


def request_of(kwargs, payload):
    """The body of the request: what the client sent; of a copy, what LiteLLM kept of it."""
    body = ((kwargs.get("litellm_params") or {}).get("proxy_server_request") or {}).get("body")
    if isinstance(body, dict):
        return {name: value for name, value in body.items() if name != "api_key" and not name.startswith("litellm_")}
    return {"messages": payload.get("messages") or kwargs.get("messages")}


def plain(response):
    """An answer as plain data, whatever class it is."""
    return response.model_dump() if hasattr(response, "model_dump") else response


def answer_of(response):
    """Text, reason of the end, whether refused: of chat, messages and responses."""
    response = response if isinstance(response, dict) else {}
    if "choices" in response:
        choice = (response["choices"] or [{}])[0]
        message = choice.get("message") or {}
        called = [(call.get("function") or {}).get("arguments") or "" for call in message.get("tool_calls") or []]
        finish = choice.get("finish_reason")
        refused = message.get("refusal") or finish == "content_filter"
        return {"text": "".join([text_in(message.get("content")), *called]), "finish": finish, "refused": bool(refused)}
    if "output" in response:
        parts = [part for item in response["output"] or [] for part in (item.get("content") or [item])]
        called = [item.get("arguments") or "" for item in response["output"] or []]
        text = "".join([*(part.get("text") or "" for part in parts if part.get("type") == "output_text"), *called])
        refused = any(part.get("type") == "refusal" for part in parts)
        return {"text": text, "finish": response.get("status"), "refused": refused}
    finish = response.get("stop_reason")
    return {"text": text_in(response.get("content")), "finish": finish, "refused": finish == "refusal"}


def text_in(content):
    """The text of a message's content: a text, or a list of parts."""
    if isinstance(content, str):
        return content
    parts = [each for each in content or [] if isinstance(each, dict)]
    return "".join(str(each.get("text") or (json.dumps(each["input"]) if "input" in each else "")) for each in parts)


def messages_of(request):
    """The messages of a request: of chat, messages or responses."""
    found = request.get("messages") or request.get("input") or []
    return [{"role": "user", "content": found}] if isinstance(found, str) else [x for x in found if isinstance(x, dict)]


def system_text(request):
    """What the request says before the user speaks: its template."""
    stated = [text_in(request.get("system")), text_in(request.get("instructions"))]
    stated += [text_in(x.get("content")) for x in messages_of(request) if x.get("role") in ("system", "developer")]
    return "\n".join(filter(None, stated))


def canonical(request):
    """The parts of a request that decide its answer, always written the same."""
    kept = {name: request[name] for name in sorted(request) if name not in ("user", "metadata", "stream", "model")}
    return json.dumps(kept, sort_keys=True, default=str)


def stratum(request, metadata):
    """What kind of request it is: the client's own word (metadata.stratum), else its length, tools and JSON."""
    own = (request.get("metadata") or {}).get("stratum") if isinstance(request.get("metadata"), dict) else None
    if own or metadata.get("stratum"):
        return str(own or metadata.get("stratum"))[:60].encode("utf-8", "replace").decode()
    size = len(canonical(request))
    kinds = ["short" if size < LONG else "long" if size < VERY_LONG else "very long"]
    kinds += ["tools"] if request.get("tools") else []
    return "+".join([*kinds, *(["json"] if wants_json(request) else [])])


def user_of(request, payload):
    """Who asks."""
    stated = request.get("metadata") if isinstance(request.get("metadata"), dict) else {}
    return request.get("user") or request.get("safety_identifier") or stated.get("user_id") or payload.get("end_user")


def wants_json(request):
    """Whether the request demands JSON."""
    text = request.get("text")
    asked = request.get("response_format") or (text.get("format") if isinstance(text, dict) else None)
    return isinstance(asked, dict) and str(asked.get("type", "")).startswith("json")


def parsed(text):
    """The JSON value of a text; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def overlap(one, other):
    """Dice's coefficient of two bags of words: 1 for the same words, 0 for none in common."""
    total = sum(one.values()) + sum(other.values())
    return round(2 * sum((one & other).values()) / total, 6) if total else 1.0


def agreeing(one, other):
    """The share of the keys of two JSON objects under which they say the same; None unless both are objects."""
    if not isinstance(one, dict) or not isinstance(other, dict) or not (keys := one.keys() | other.keys()):
        return None
    return round(sum(name in one and name in other and one[name] == other[name] for name in keys) / len(keys), 6)


def cached(usage):
    """Input tokens that were read from a cache, as the server counts them."""
    details = usage.get("prompt_tokens_details") or usage.get("input_tokens_details") or {}
    found = details.get("cached_tokens")
    return found if found is not None else usage.get("cache_read_input_tokens")
