"""The files that run inside the user's LiteLLM, without LiteLLM: which arm is chosen, what is written, what is not."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import breakeven
from breakeven.problems import Problem
from breakeven.proof.gateway.litellm_config import Limits, litellm_config
from breakeven.proof.gateway.routes import routes_of
from breakeven.proof.records.answers import REFUSALS, wants_json
from breakeven.proof.records.live_plan import live_plan_of
from breakeven.proof.records.row import read_row, read_text
from proof.plans import plan

PLUGINS = Path(breakeven.__file__).parent / "proof" / "gateway" / "plugins"
GROUP = [each for each in litellm_config(routes_of(plan()), Limits())["model_list"] if each["model_name"] == "chat"]


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The modules, with a stand-in for the one class of LiteLLM that they build on."""
    base = ModuleType("litellm.integrations.custom_logger")
    base.CustomLogger = type("CustomLogger", (), {})
    for name in ("litellm", "litellm.integrations"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, base.__name__, base)
    monkeypatch.syspath_prepend(str(PLUGINS))
    names = ("canary_plugin", "shadow_texts", "shadow_logger", "start_envoy")
    yield {name: importlib.import_module(name) for name in names}
    for name in names:
        sys.modules.pop(name)


def put(path: Path, **shares: Any) -> None:
    plan = {"schema": 1, "step": 1, "written": "2026-11-30T21:00:00+00:00", "workloads": {"chat": shares}}
    path.write_text(json.dumps(plan))


class TestCanary:
    @pytest.fixture
    def canary(self, plugins: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        module = plugins["canary_plugin"]
        monkeypatch.setattr(module, "LOOK_AGAIN", 0.0)
        return module.Canary(tmp_path / "canary.json")

    def chosen(self, canary: Any, deployments: list[Any] = GROUP, **request: Any) -> str:
        (one,) = asyncio.run(canary.async_filter_deployments("chat", deployments, request_kwargs=request))
        return str(one["model_info"]["id"])

    def test_shares_are_followed(self, canary: Any, tmp_path: Path) -> None:
        put(tmp_path / "canary.json", share=0.1, mirror=0.5)
        names = [self.chosen(canary, user=f"u{number}") for number in range(4000)]
        assert sum(name.startswith("chat.self") for name in names) / 4000 == pytest.approx(0.1, abs=0.02)
        api = [name for name in names if name.startswith("chat.api")]
        assert sum(name != "chat.api" for name in api) / len(api) == pytest.approx(0.5, abs=0.03)
        assert sum(name == "chat.api.self+aa" for name in api) / len(api) == pytest.approx(0.05, abs=0.02)

    def test_a_user_stays_where_they_are_and_a_ramp_moves_nobody_back(self, canary: Any, tmp_path: Path) -> None:
        put(tmp_path / "canary.json", share=0.1)
        first = {user for user in map(str, range(300)) if self.chosen(canary, user=user) == "chat.self"}
        assert first == {user for user in map(str, range(300)) if self.chosen(canary, user=user) == "chat.self"}
        put(tmp_path / "canary.json", share=0.5)
        assert first < {user for user in map(str, range(300)) if self.chosen(canary, user=user) == "chat.self"}

    @pytest.mark.parametrize(
        "text",
        [
            "", '{"schema": 1, "st', "[]", "null", '{"schema": 2, "step": 1, "workloads": {}}',
            '{"schema": 1, "step": 1, "workloads": {"chat": {"share": 1.5}}}',
            '{"schema": 1, "step": 1, "workloads": {"chat": {"share": "0"}}}',
            '{"schema": 1, "step": 1, "workloads": {"chat": {"share": NaN}}}',
            '{"schema": 1, "step": 1, "workloads": {"chat": {"shares": 0}}}',
            "[" * 100_000,
        ],
    )  # fmt: skip
    def test_a_plan_that_is_none_is_ignored_and_the_old_one_kept(self, canary: Any, tmp_path: Path, text: str) -> None:
        put(tmp_path / "canary.json", share=1.0)
        assert self.chosen(canary) == "chat.self"
        (tmp_path / "canary.json").write_text(text)
        assert self.chosen(canary) == "chat.self"
        if "schema" in text and text.endswith("}"):
            with pytest.raises(Problem):  # the package and the plugin agree on what is none
                live_plan_of(json.loads(text) | {"written": "2026-11-30T21:00:00+00:00"})
        (tmp_path / "canary.json").unlink()
        assert self.chosen(canary) == "chat.self"
        put(tmp_path / "canary.json", share=0.0)
        assert self.chosen(canary) == "chat.api"

    def test_an_arm_that_was_taken_out_is_remembered_though_the_api_answers(self, canary: Any, tmp_path: Path) -> None:
        put(tmp_path / "canary.json", share=1.0)
        healthy = [each for each in GROUP if each["model_info"]["arm"] == "api"]
        request: dict[str, Any] = {"metadata": {}}
        assert (
            asyncio.run(canary.async_filter_deployments("chat", healthy, request_kwargs=request))[0]["model_info"]["id"]
            == "chat.api"
        )
        assert request["metadata"]["breakeven_assigned"] == "self"

    def test_another_host_is_an_arm_of_its_own_name(self, canary: Any, tmp_path: Path) -> None:
        put(tmp_path / "canary.json", share=1.0)
        group = [
            {**each, "model_info": {**each["model_info"], "candidate": "host",
             "arm": "host" if each["model_info"]["arm"] == "self" else "api"}}
            for each in GROUP
        ]  # fmt: skip
        for there, answers in ((group, "host"), ([x for x in group if x["model_info"]["arm"] == "api"], "api")):
            request: dict[str, Any] = {"metadata": {}}
            (chosen,) = asyncio.run(canary.async_filter_deployments("chat", there, request_kwargs=request))
            assert chosen["model_info"]["arm"] == answers
            assert request["metadata"]["breakeven_assigned"] == "host"

    def test_other_groups_and_faults_of_ours_change_nothing(self, canary: Any, tmp_path: Path) -> None:
        put(tmp_path / "canary.json", share=1.0)
        assert asyncio.run(canary.async_filter_deployments("other", GROUP, request_kwargs={})) is GROUP
        assert asyncio.run(canary.async_filter_deployments("chat", [None], request_kwargs={})) == [None]


def test_the_plugin_and_the_package_say_the_same_of_an_answer(plugins: dict[str, Any]) -> None:
    logger, texts = plugins["shadow_logger"], plugins["shadow_texts"]
    assert logger.REFUSAL.pattern == REFUSALS.pattern
    assert logger.REFUSAL.flags == REFUSALS.flags
    forms = ({}, {"type": "text"}, {"type": "json_object"}, {"type": "json_schema", "json_schema": {}}, "json", None)
    for form in forms:
        for request in ({"response_format": form}, {"text": {"format": form}}, {"text": "x"}):
            assert texts.wants_json(request) == wants_json(request)


MOMENT = datetime(2026, 11, 30, 21, 0, tzinfo=UTC)


def call(arm: str = "api", text: str = "yes it is", **changes: Any) -> dict[str, Any]:
    """What LiteLLM gives a callback, as version 1.106.10 does."""
    body = {
        "model": "chat",
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "SECRET?"}],
    }
    choice = {"finish_reason": "stop", "message": {"content": text}}
    payload = {
        "trace_id": "t1", "response": {"choices": [choice]}, "prompt_tokens": 10, "completion_tokens": 3,
        "stream": None,
        "metadata": {"usage_object": {"prompt_tokens_details": {"cached_tokens": 4}}}, "response_cost": 0.0,
    }  # fmt: skip
    parameters = {
        "model_info": {"id": f"chat.{arm}", "arm": arm, "workload": "chat"},
        "metadata": {"breakeven_assigned": arm, "breakeven_pair": "p1"},
        "proxy_server_request": {"body": body | changes.pop("body", {})},
    }
    parameters["metadata"] |= changes.pop("metadata", {})
    payload |= changes.pop("payload", {})
    return {"standard_logging_object": payload, "litellm_params": parameters, "call_type": "acompletion"} | changes


class TestLogger:
    @pytest.fixture
    def logger(self, plugins: dict[str, Any], tmp_path: Path) -> Any:
        return plugins["shadow_logger"].ShadowLogger(folder=tmp_path, key="k")

    def rows(self, folder: Path, kind: str = "shadow") -> list[dict[str, Any]]:
        return [json.loads(line) for path in sorted(folder.glob(f"{kind}-*.jsonl")) for line in path.open()]

    def log(self, logger: Any, kwargs: dict[str, Any], *, failed: bool = False) -> None:
        method = logger.async_log_failure_event if failed else logger.async_log_success_event
        asyncio.run(method(kwargs=kwargs, response_obj=None, start_time=MOMENT, end_time=MOMENT + timedelta(seconds=1)))

    def test_what_it_writes_is_a_row_of_ours(self, logger: Any, tmp_path: Path) -> None:
        self.log(logger, call())
        row = read_row(self.rows(tmp_path)[0])
        assert (row.pair, row.arm, row.assigned, row.role, row.workload) == ("p1", "api", "api", "answered", "chat")
        assert (row.prompt_tokens, row.completion_tokens, row.cached_tokens, row.seconds) == (10, 3, 4, 1.0)
        assert row.cost is None  # LiteLLM's 0 for a model whose price it does not know
        assert row.finish == "stop"

    def test_no_text_is_kept_unless_it_is_asked_for(self, logger: Any, tmp_path: Path) -> None:
        self.log(logger, call())
        assert not re.search("SECRET|yes it|brief", "".join(path.read_text() for path in tmp_path.iterdir()))

    def test_texts_stand_in_files_of_their_own_and_go_after_their_days(
        self, plugins: dict[str, Any], tmp_path: Path
    ) -> None:
        logger = plugins["shadow_logger"].ShadowLogger(folder=tmp_path, key="k", text_days="2")
        for last in ("2026-11-29", "2026-11-30"):
            (tmp_path / f"texts-2026-11-20-until-{last}.jsonl").write_text("{}\n")
        self.log(logger, call(body={"api_key": "sk-hush"}))
        assert sorted(path.name for path in tmp_path.glob("texts-*")) == [
            "texts-2026-11-20-until-2026-11-30.jsonl",
            "texts-2026-11-30-until-2026-12-02.jsonl",
        ]
        text = read_text(self.rows(tmp_path, "texts")[-1])
        assert (text.answer, text.request["messages"][1]["content"]) == ("yes it is", "SECRET?")
        assert "sk-hush" not in json.dumps(text.request)

    def test_the_later_answer_is_compared_with_the_earlier(self, logger: Any, tmp_path: Path) -> None:
        self.log(logger, call("api", '{"a": 1, "b": 2}'))
        self.log(logger, call("self", '{"a": 1, "b": 3}', metadata={"is_silent_experiment": True}))
        row = read_row(self.rows(tmp_path)[1])
        assert (row.role, row.assigned, row.compared_with, row.fields_agreeing) == ("mirrored", "self", "api", 0.5)

    def test_a_fallback_stands_against_the_arm_that_it_was_assigned_to(self, logger: Any, tmp_path: Path) -> None:
        failed = {"payload": {"error_information": {"error_code": "429", "error_class": "RateLimitError"}}}
        self.log(logger, call("self", **failed), failed=True)
        self.log(logger, call("api", metadata={"breakeven_assigned": "self"}))
        one, two = map(read_row, self.rows(tmp_path))
        assert (one.arm, one.assigned, one.error, one.status) == ("self", "self", "rate-limit", 429)
        assert (two.arm, two.assigned, two.error) == ("api", "self", None)

    @pytest.mark.parametrize(
        ("name", "code", "message", "kind"),
        [
            ("Timeout", 408, "", "timeout"),
            ("ContextWindowExceededError", 400, "", "context-length"),
            ("BadRequestError", 400, "no such parameter", "refused"),
            ("InternalServerError", 500, "Connection error.", "connection"),
            ("InternalServerError", 500, "exploded", "server"),
            ("ServiceUnavailableError", 503, "", "server"),
            ("APIConnectionError", 0, "Response payload is not completed", "cut"),
            ("CancelledError", 0, "", "cancelled"),
            ("ValueError", 0, "", "other"),
        ],
    )
    def test_failures_have_kinds(self, plugins: dict[str, Any], name: str, code: int, message: str, kind: str) -> None:
        assert plugins["shadow_logger"].kind_of(name, code, message.lower()) == kind

    def test_a_stream_that_never_ended_is_cut(self, logger: Any, tmp_path: Path) -> None:
        choices = [{"finish_reason": None, "message": {"content": "yes"}}]
        self.log(logger, call(payload={"stream": True, "response": {"choices": choices}}))
        assert read_row(self.rows(tmp_path)[0]).error == "cut"

    @pytest.mark.parametrize(
        ("response", "text"),
        [
            ({"output": [{"content": [{"type": "output_text", "text": "yes"}]}], "status": "completed"}, "yes"),
            ({"content": [{"type": "text", "text": "yes"}], "stop_reason": "end_turn"}, "yes"),
            ({"choices": [{"message": {"content": None, "tool_calls": [{"function": {"arguments": "{}"}}]}}]}, "{}"),
            ({"choices": []}, ""),
            (None, ""),
            ("not a response", ""),
        ],
    )
    def test_answers_of_every_endpoint_are_read(self, plugins: dict[str, Any], response: Any, text: str) -> None:
        assert plugins["shadow_texts"].answer_of(response)["text"] == text

    @pytest.mark.parametrize(
        "kwargs",
        [
            {},
            {"litellm_params": None},
            {"litellm_params": {"model_info": {"arm": "api"}}},
            call(payload={"response": 5}),
        ],
    )
    def test_whatever_litellm_reports_it_raises_nothing(self, logger: Any, kwargs: dict[str, Any]) -> None:
        self.log(logger, kwargs)
        self.log(logger, kwargs, failed=True)

    def test_hashes_need_the_key(self, plugins: dict[str, Any], tmp_path: Path) -> None:
        made = plugins["shadow_logger"].ShadowLogger
        assert made(folder=tmp_path, key="a").hashed("x") == made(folder=tmp_path, key="a").hashed("x")
        assert made(folder=tmp_path, key="a").hashed("x") != made(folder=tmp_path, key="b").hashed("x")


class TestStart:
    def test_secrets_are_put_in_from_the_environment(self, plugins: dict[str, Any]) -> None:
        assert (
            plugins["start_envoy"].filled('auth: "Bearer ${A_KEY}"', {"A_KEY": "sk-1/x+=="})
            == 'auth: "Bearer sk-1/x+=="'
        )

    @pytest.mark.parametrize("value", ["", " ", 'a"b', "a\nb", "a\\b", "a'b"])
    def test_what_is_no_key_is_refused_by_its_name(self, plugins: dict[str, Any], value: str) -> None:
        with pytest.raises(ValueError, match="A_KEY"):
            plugins["start_envoy"].filled("${A_KEY}", {"A_KEY": value})
        with pytest.raises(ValueError, match="A_KEY"):
            plugins["start_envoy"].filled("${A_KEY}", {})


def test_litellm_is_no_part_of_the_package() -> None:
    root = Path(breakeven.__file__).parent
    naming = [path for path in root.rglob("*.py") if re.search(r"^\s*(?:from|import) litellm", path.read_text(), re.M)]
    assert {path.parent for path in naming} == {PLUGINS}
    assert importlib.util.find_spec("litellm") is None
