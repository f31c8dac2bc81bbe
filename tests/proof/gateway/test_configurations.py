"""What a plan becomes: of which workloads, with which way back, and with no secret in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from breakeven.problems import Problem
from breakeven.proof.gateway.emit import Kind, Places, files_of, write_files
from breakeven.proof.gateway.envoy_config import envoy_config
from breakeven.proof.gateway.http_route import http_routes
from breakeven.proof.gateway.litellm_config import Limits, litellm_config
from breakeven.proof.gateway.routes import routes_of
from breakeven.proof.records.live_plan import Shares, read_live_plan, write_live_plan
from proof.plans import API, HOST, OWN, plan, workload

NOW = datetime(2026, 11, 30, 21, 0, tzinfo=UTC)
ADDRESSES = {API: "https://api.example.com/v1", OWN: "http://10.0.0.5:8000/v1"}
SCHEMA = json.loads((Path(__file__).parent / "http_route.schema.json").read_text())
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)  # made once: it takes most of the time
KINDS: list[Kind] = ["litellm", "envoy", "gateway-api"]


def files(kind: Kind, *workloads: dict[str, Any]) -> dict[str, str]:
    made = routes_of(plan(*workloads), addresses=ADDRESSES)
    return files_of(kind, made, limits=Limits(), places=Places(), now=NOW)


def deployments(*workloads: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = litellm_config(routes_of(plan(*workloads)), Limits())["model_list"]
    return found


class TestWhatIsRouted:
    def test_workloads_that_move_and_have_an_api_behind_them(self) -> None:
        made = routes_of(
            plan(
                workload("moves"),
                workload("stays", primary=API, cut_over_month=None),
                workload("no way back", fallback=None),
                workload("is there already", cut_over_month=None),
                workload("alone at the host", primary=HOST, fallback=HOST),
            )
        )
        assert [route.workload for route in made.routes] == ["moves"]
        assert [notice.split(" ")[0] for notice in made.notices] == ["stays", "no", "is", "alone"]

    def test_a_move_to_another_host_is_routed_there_under_its_own_name_and_key(self) -> None:
        made = routes_of(plan(workload("chat", primary=HOST), workload("mail")))
        assert [route.arm for route in made.routes] == ["host", "self"]
        host = made.routes[0].candidate
        assert (host.provider, host.model) == ("nebius", "meta-llama/Llama-3.1-8B-Instruct")
        assert host.address == "https://api.studio.nebius.com/v1"
        assert made.variables[:2] == ("OPENAI_API_KEY", "NEBIUS_API_KEY")

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_gateway_is_written_for_it_with_its_arm_and_its_key_by_name(self, kind: Kind) -> None:
        text = "".join(files(kind, workload("chat", primary=HOST)).values())
        there = {"litellm": "chat--host", "envoy": "chat.host_first", "gateway-api": "llama-3-1-8b-at-nebius"}
        assert there[kind] in text
        assert ("NEBIUS_API_KEY" in text) == (kind != "gateway-api")
        assert "self" not in text.partition("model_list")[2].partition("router_settings")[0]

    def test_a_plan_without_any_is_told(self) -> None:
        with pytest.raises(Problem, match="no workload of the plan moves"):
            routes_of(plan(workload(fallback=None)))

    @pytest.mark.parametrize(
        "address",
        ["10.0.0.5:8000", "ftp://a/v1", "https://", "https://user:pass@a/v1", "https://a/v1?key=x", "http://a:99999"],
    )
    def test_what_is_no_plain_address_is_refused(self, address: str) -> None:
        with pytest.raises(Problem, match="address"):
            routes_of(plan(), addresses={OWN: address})

    def test_a_target_that_the_plan_has_not_is_told_with_the_nearest(self) -> None:
        with pytest.raises(Problem, match='Did you mean "8B on H100"'):
            routes_of(plan(), models={"8b on h100": "x"})

    def test_two_names_that_would_become_one_are_refused(self) -> None:
        with pytest.raises(Problem, match="both be called a-b"):
            routes_of(plan(workload("a b"), workload("A/b")))


class TestLiteLLM:
    def test_no_api_arm_is_ever_taken_out_and_none_that_answers_has_a_budget(self) -> None:
        """One 404 takes a deployment out by default, also the last one; a budget that is spent closes the way back."""
        for each in deployments():
            if each["model_info"]["arm"] != "self":
                assert each["model_info"]["cooldown_time"] == 0
            copied = each["model_name"] in ("chat--aa", "chat--back")
            assert ("max_budget" in each["litellm_params"]) == copied

    def test_the_self_hosted_arm_is_taken_out_by_rules_of_its_own(self) -> None:
        """The router's default number of faults counts as not said; a copy's faults are not the clients'."""
        own = [each for each in deployments() if each["model_info"]["arm"] == "self" and each["model_name"] == "chat"]
        assert all(each["model_info"]["allowed_fails_policy"]["InternalServerErrorAllowedFails"] == 2 for each in own)
        copy = next(each for each in deployments() if each["model_name"] == "chat--self")
        assert copy["model_info"]["cooldown_time"] == 0

    def test_whatever_fails_is_asked_of_the_api_once(self) -> None:
        settings = litellm_config(routes_of(plan()), Limits())["router_settings"]
        assert settings["fallbacks"] == settings["context_window_fallbacks"] == [{"chat": ["chat--api"]}]
        assert settings["num_retries"] == 0
        assert all(each["litellm_params"]["max_retries"] == 0 for each in deployments())

    def test_copies_go_to_the_self_hosted_arm_and_a_tenth_of_them_to_the_api_again(self) -> None:
        copying = {each["model_info"]["copies"]: each["litellm_params"] for each in deployments()}
        assert copying["self"]["silent_model"] == "chat--self"
        assert copying["self+aa"]["silent_model"] == ["chat--self", "chat--aa"]
        assert copying["api"]["silent_model"] == "chat--back"  # the API's arm, or nothing would pair after the cut-over
        assert copying["self+aa"]["weight"] / (copying["self"]["weight"] + copying["self+aa"]["weight"]) == 0.1

    def test_every_deployment_has_a_name_of_its_own(self) -> None:
        names = [each["model_info"]["id"] for each in deployments(workload("a"), workload("b"))]
        assert len(set(names)) == len(names) == 18


class TestEnvoy:
    def test_it_needs_an_address_for_both_arms_and_one_path(self) -> None:
        with pytest.raises(Problem, match=r'(?s)8B on H100.*--address "8B on H100='):
            envoy_config(routes_of(plan()), Limits(), port=1, admin_port=2)
        addresses = ADDRESSES | {OWN: "http://10.0.0.5:8000/openai/v1"}
        with pytest.raises(Problem, match="different paths, /openai/v1/ and /v1/"):
            envoy_config(routes_of(plan(), addresses=addresses), Limits(), port=1, admin_port=2)

    def test_each_arm_has_its_own_key_and_name(self) -> None:
        made = envoy_config(routes_of(plan(), addresses=ADDRESSES), Limits(), port=1, admin_port=2)
        first = next(each for each in made["static_resources"]["clusters"] if each["name"] == "chat.self_first")
        ends = [each["lb_endpoints"][0] for each in first["load_assignment"]["endpoints"]]
        assert [each["priority"] for each in first["load_assignment"]["endpoints"]] == [0, 1]
        assert [end["metadata"]["filter_metadata"]["llm"]["auth"] for end in ends] == [
            "Bearer ${SELF_8B_ON_H100_API_KEY}",
            "Bearer ${OPENAI_API_KEY}",
        ]
        assert [each["transport_socket"]["typed_config"]["sni"] for each in first["transport_socket_matches"]] == [
            "api.example.com"
        ]

    def test_a_model_is_called_by_its_name_at_each_arm_only_where_they_differ(self) -> None:
        def filters(models: dict[str, str]) -> list[str]:
            routes = routes_of(plan(), addresses=ADDRESSES, models=models)
            (first, *_) = envoy_config(routes, Limits(), port=1, admin_port=2)["static_resources"]["clusters"]
            (protocol,) = first["typed_extension_protocol_options"].values()
            return [each["name"].rpartition(".")[2] for each in protocol["http_filters"]]

        assert filters({}) == ["header_mutation", "lua", "upstream_codec"]
        assert filters({OWN: "gpt-5-mini"}) == ["header_mutation", "upstream_codec"]

    def test_copies_are_bounded_and_fallbacks_are_not(self) -> None:
        made = envoy_config(routes_of(plan(), addresses=ADDRESSES), Limits(), port=1, admin_port=2)
        bounds = {
            each["name"]: each["circuit_breakers"]["thresholds"][0] for each in made["static_resources"]["clusters"]
        }
        assert bounds["chat.self_copies"]["max_requests"] == bounds["chat.api_copies"]["max_requests"] == 8
        assert bounds["chat.self_first"]["max_retries"] == 1000


class TestGatewayApi:
    @given(
        share=st.floats(0, 1),
        mirror=st.floats(0, 1),
        names=st.sets(st.sampled_from(["chat", "Mail 2", "é/x"]), min_size=1),
    )
    def test_routes_are_as_the_cluster_would_accept_them(self, share: float, mirror: float, names: set[str]) -> None:
        made = routes_of(plan(*(workload(name, shadow={"days": 14, "share": mirror}) for name in names)))
        changed = [route.shares.__class__(share=share, mirror=mirror) for route in made.routes]
        assert all(isinstance(each, Shares) for each in changed)
        for route in http_routes(made, parent="llm-gateway", namespace="llm"):
            VALIDATOR.validate(route)

    def test_the_schema_refuses_what_is_wrong(self) -> None:
        (route,) = http_routes(routes_of(plan()), parent="llm-gateway")
        route["spec"]["rules"][0]["filters"][0]["requestMirror"]["fraction"] = {"numerator": 1}
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(route)


class TestFiles:
    @pytest.mark.parametrize("kind", KINDS)
    def test_no_secret_is_written_though_the_environment_has_it(
        self, kind: Kind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("OPENAI_API_KEY", "SELF_8B_ON_H100_API_KEY", "LITELLM_MASTER_KEY", "BREAKEVEN_HASH_KEY"):
            monkeypatch.setenv(name, "hush-4711")
        assert all("hush-4711" not in text for text in files(kind).values())

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_configuration_can_be_read(self, kind: Kind) -> None:
        for name, text in files(kind, workload("a"), workload("b")).items():
            if name.endswith(".yaml"):
                assert all(YAML(typ="safe").load_all(text))

    def test_a_folder_is_written_whole_or_not_at_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        written = files("litellm")
        unwritable = written | {"no/such/folder": "x"}
        with pytest.raises(Problem):
            write_files(tmp_path / "out", unwritable)
        assert list(tmp_path.iterdir()) == []
        write_files(tmp_path / "out", written)
        before = {each.name: each.read_bytes() for each in (tmp_path / "out").iterdir()}
        with pytest.raises(Problem):
            write_files(tmp_path / "out", {"start.sh": "changed", "no/such/folder": "x"}, force=True)
        assert {each.name: each.read_bytes() for each in (tmp_path / "out").iterdir()} == before

    def test_nothing_is_overwritten_unasked_and_logs_stay(self, tmp_path: Path) -> None:
        write_files(tmp_path / "out", files("litellm"))
        (tmp_path / "out" / "shadow").mkdir()
        with pytest.raises(Problem, match="already there"):
            write_files(tmp_path / "out", files("litellm"))
        write_files(tmp_path / "out", files("litellm"), force=True)
        assert (tmp_path / "out" / "shadow").is_dir()

    def test_shares_that_are_in_force_stay_in_force(self, tmp_path: Path) -> None:
        path = tmp_path / "out" / "canary.json"
        write_files(tmp_path / "out", files("litellm", workload("chat")))
        write_live_plan(path, read_live_plan(path).with_share(0.25, written=NOW, by="step"))
        write_files(tmp_path / "out", files("litellm", workload("chat"), workload("mail")), force=True)
        live = read_live_plan(path)
        assert {name: shares.share for name, shares in live.workloads.items()} == {"chat": 0.25, "mail": 0.0}
        assert live.step == 2
