"""The configurations that we write, carried out by real gateways: copies, faults, the way back, the drill, the replay.

The API is a small server with fault modes; the self-hosted arm is the same, or a real engine (llama.cpp) on random
weights. No client may see an error before its answer begins, whatever the self-hosted arm does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from gateways import MASTER, Client, Said, Server, engine, fake_api, free_port, now, rows, rows_since, up

from breakeven.capacity.benchmarks.given import Given
from breakeven.capacity.benchmarks.reading import read_measurements
from breakeven.proof.act.guard import Guarded
from breakeven.proof.act.ladder import Ladder
from breakeven.proof.act.watch import Places as Watched
from breakeven.proof.act.watch import look, watching
from breakeven.proof.gateway.control import Running, running
from breakeven.proof.gateway.drill import Hands, Terms, drill, readiness_answers
from breakeven.proof.gateway.emit import Kind, Places, files_of, write_files
from breakeven.proof.gateway.litellm_config import Limits
from breakeven.proof.gateway.preflight import preflight
from breakeven.proof.gateway.routes import routes_of
from breakeven.proof.records.live_plan import LivePlan, Shares
from parts import require_part
from proof.plans import plan, workload

pytestmark = pytest.mark.heavy

API, OWN, REAL = "openai/m-api", "fake", "llama.cpp"
WAIT, OUT = 1.5, 2.0  # seconds: for the self-hosted arm; out of rotation after faults
SEEN_WITHIN = timedelta(seconds=1.2)  # of a change of the live plan
SLOWER = 3.0 if os.environ.get("CI") else 1.0  # two cores, which also run the clients
FAULTS = ("500", "429", "hang", "context")
KEYS = {
    "LITELLM_MASTER_KEY": MASTER,
    "BREAKEVEN_HASH_KEY": "hash",
    "OPENAI_API_KEY": "key-of-the-api",
    "SELF_FAKE_API_KEY": "key-of-self",
    "LLAMA_CPP_API_KEY": "key-of-llama",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that runs."""

    gateway: Running
    client: Client
    api: Server
    own: Server
    real: Server
    real_client: Client

    def force(self, **shares: float) -> None:
        """Put shares in force, the API and the arm without faults, and let the gateway see it."""
        self.api.reset()
        self.own.reset()
        changed = LivePlan(
            step=self.gateway.plan.step + 1,
            written=now(),
            workloads={name: Shares(**shares) for name in self.gateway.workloads},
        )
        self.gateway.put_in_force(changed)
        time.sleep(1.1)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server, Server]]:
    folder = tmp_path_factory.mktemp("servers")
    real = engine(folder, require_part("engine"))
    with up(fake_api(folder, "api")) as api, up(fake_api(folder, "own")) as own, up(real):
        yield api, own, real


def written(folder: Path, kind: Kind, servers: tuple[Server, Server, Server], places: Places) -> Path:
    api, own, real = (f"{each.address}/v1" for each in servers)
    doc = plan(
        workload("chat", primary=OWN, fallback=API),
        workload("real", primary=REAL, fallback=API),
        targets={API: "api", OWN: "fleet", REAL: "api"},  # the second moves to another host
    )
    made = routes_of(doc, addresses={API: api, OWN: own, REAL: real})
    limits = Limits(wait=WAIT, out_of_rotation=OUT)
    write_files(folder, files_of(kind, made, limits=limits, places=places, now=now()))
    return folder


@pytest.fixture(scope="module")
def litellm(servers: tuple[Server, Server, Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    installed, port = require_part("gateway"), free_port()
    folder = written(tmp_path_factory.mktemp("litellm") / "gw", "litellm", servers, Places(port=port))
    checked = preflight(folder, environment=KEYS, installed=installed)
    assert checked.missing == (), checked.missing
    environment = KEYS | {"PATH": f"{installed / 'bin'}:{os.environ['PATH']}", "BREAKEVEN_TEXT_DAYS": "1"}
    log = folder / "litellm.log"
    server = Server(
        command=[str(folder / "start.sh")], port=port, log=log, health="/health/readiness", environment=environment
    )
    api, own, real = servers
    with up(server):
        yield World(
            gateway=running(folder),
            client=Client(address=server.address),
            real_client=Client(address=server.address, model="real"),
            api=api,
            own=own,
            real=real,
        )


@pytest.fixture(scope="module")
def envoy(servers: tuple[Server, Server, Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    installed, port, admin = require_part("engine"), free_port(), free_port()
    folder = written(tmp_path_factory.mktemp("envoy") / "gw", "envoy", servers, Places(port=port, admin_port=admin))
    assert preflight(folder, environment=KEYS, installed=installed).missing == ()
    environment = KEYS | {"PATH": f"{installed / 'bin'}:{os.environ['PATH']}"}
    command = [sys.executable, str(folder / "start_envoy.py"), "--log-level", "warning", "--concurrency", "1"]
    server = Server(command=command, port=admin, log=folder / "envoy.log", health="/ready", environment=environment)
    address = f"http://127.0.0.1:{port}"
    api, own, real = servers
    with up(server):
        yield World(
            gateway=running(folder),
            client=Client(address=address, headers={"x-workload": "chat"}),
            real_client=Client(address=address, headers={"x-workload": "real"}),
            api=api,
            own=own,
            real=real,
        )


@pytest.fixture
def log(litellm: World) -> Path:
    return litellm.gateway.folder / "shadow"


class TestLiteLLM:
    @pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
    @pytest.mark.parametrize("endpoint", ["chat/completions", "messages", "responses"])
    def test_every_endpoint_is_answered_and_logged(
        self, litellm: World, log: Path, endpoint: str, stream: bool
    ) -> None:
        litellm.force(share=0.0, mirror=0.0)
        before = len(rows(log))
        assert litellm.client.ask(endpoint, stream=stream).whole
        (row,) = rows_since(log, before, 1)
        assert (row.arm, row.error, row.streamed) == ("api", None, stream)
        assert row.endpoint == endpoint.partition("/")[0]
        assert (row.prompt_tokens, row.completion_tokens, row.cached_tokens) == (10, 9, 4)
        assert (row.first_token is not None) == stream

    @pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
    def test_copies_reach_a_real_engine_and_are_paired(self, litellm: World, log: Path, stream: bool) -> None:
        litellm.force(share=0.0, mirror=1.0)
        before = len(rows(log))
        assert all(said.whole for said in litellm.real_client.many(10, stream=stream))
        found = rows_since(log, before, 20)
        pairs = {row.pair: {each.arm for each in found if each.pair == row.pair} for row in found}
        assert len(pairs) == 10
        assert all({"api", "host"} <= arms for arms in pairs.values())
        copies = [row for row in found if row.arm == "host"]
        assert all(row.role == "mirrored" and row.error is None and row.completion_tokens for row in copies)
        assert sum(row.compared_with is not None for row in found) >= 10

    @pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
    @pytest.mark.parametrize("fault", FAULTS)
    def test_no_fault_of_the_self_hosted_arm_reaches_a_client(
        self, litellm: World, log: Path, fault: str, stream: bool
    ) -> None:
        litellm.force(share=1.0, mirror=0.0)
        time.sleep(OUT)  # out of rotation from the fault before
        litellm.own.control(mode=fault)
        before, count = len(rows(log)), 8
        answers = litellm.client.many(count, stream=stream, at_once=2)
        assert [said.whole for said in answers] == [True] * count, [said.text[-200:] for said in answers]
        assert all(said.text.count("api") for said in answers)
        hits = litellm.own.seen()["requests"]
        assert hits == count if fault == "context" else 1 <= hits < count, hits  # taken out, but not for a long request
        assert litellm.api.seen()["requests"] == count  # never taken out itself
        found = rows_since(log, before, count + hits)
        assert {row.assigned for row in found} == {"self"}  # also those that came while it was out
        kinds = {"500": "server", "429": "rate-limit", "hang": "timeout", "context": "context-length"}
        assert {row.error for row in found if row.arm == "self"} == {kinds[fault]}

    def test_a_stream_that_is_cut_is_told_to_the_client_and_counted(self, litellm: World, log: Path) -> None:
        litellm.force(share=1.0)
        time.sleep(OUT)
        litellm.own.control(mode="cut")
        before = len(rows(log))
        said = litellm.client.ask(stream=True)
        assert said.status == 200
        assert not said.whole
        (row,) = rows_since(log, before, 1)
        assert (row.arm, row.error) == ("self", "cut")

    def test_a_process_that_dies_is_answered_for_and_taken_back(self, litellm: World) -> None:
        litellm.force(share=1.0)
        time.sleep(OUT)
        litellm.own.kill()
        assert all(said.whole for said in litellm.client.many(8))
        assert all(said.whole for said in litellm.client.many(4, stream=True))
        litellm.own.start()
        time.sleep(OUT + 0.5)
        assert all(said.whole for said in litellm.client.many(8))
        assert litellm.own.seen()["requests"] > 0

    def test_a_fifth_of_failures_on_a_tenth_is_rolled_back(self, litellm: World, log: Path, tmp_path: Path) -> None:
        """By `breakeven shadow watch`: within 10 s and 60 requests of the canary."""
        litellm.force(share=0.0)
        time.sleep(OUT)
        litellm.own.control(mode="flaky", share=0.2, seed=3)
        before = len(rows(log))
        with asked_all_the_while(litellm.client) as answers:
            begun = now()
            moment = _rolled_back(litellm, tmp_path / "record.jsonl")
            canary = [row for row in rows(log)[before:] if row.assigned == "self"]
            time.sleep(2.0)
        seconds = (moment - begun).total_seconds()
        print(f"rolled back after {seconds:.1f} s and {len(canary)} requests of the canary, {len(answers)} in all")
        assert len(canary) <= 60
        assert seconds <= 10 * SLOWER
        assert all(said.whole for said in answers)
        late = [row for row in rows(log)[before:] if row.assigned == "self" and row.started > moment + SEEN_WITHIN]
        assert late == []

    def test_what_the_candidate_answers_is_mirrored_back_and_paired(self, litellm: World, log: Path) -> None:
        litellm.force(share=1.0, mirror_back=1.0)
        time.sleep(OUT)
        before = len(rows(log))
        assert all(said.whole for said in litellm.real_client.many(6))
        found = rows_since(log, before, 12)
        pairs = {pair: {row.arm: row.role for row in found if row.pair == pair} for pair in {row.pair for row in found}}
        assert list(pairs.values()) == [{"host": "answered", "api": "mirrored"}] * 6
        litellm.force(share=0.0)

    def test_a_plan_that_is_half_written_changes_nothing(self, litellm: World) -> None:
        litellm.force(share=1.0)
        time.sleep(OUT)
        assert litellm.client.ask().whole  # it looks when a request comes: now it has seen the whole one
        path = litellm.gateway.folder / "canary.json"
        whole = path.read_text()
        path.write_text(whole[: len(whole) // 2])
        time.sleep(1.1)
        answers = litellm.client.many(4)
        path.write_text(whole)
        assert all(said.whole for said in answers)
        assert litellm.own.seen()["requests"] == 5

    def test_texts_of_the_log_are_replayed_to_the_real_engine(self, litellm: World, log: Path, tmp_path: Path) -> None:
        litellm.force(share=0.0)
        litellm.client.many(3)
        litellm.client.ask("responses")
        out = tmp_path / "rows.jsonl"
        command = [
            sys.executable, "-c", "from breakeven.cli.app import main; main()", "shadow", "send", str(log), "--limit",
            "20", "--arm", f"real={litellm.real.address}/v1", "--arm", f"fake={litellm.own.address}/v1", "--per-second",
            "20", "-o", str(out), "--measured", str(tmp_path), "--json", "--wait", str(60 * SLOWER),
        ]  # fmt: skip
        first = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        again = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        sent = {arm["arm"]: arm["sent"] for arm in first["arms"]}
        assert sent["real"] == sent["fake"] > 0
        assert [arm["sent"] for arm in again["arms"]] == [0, 0]
        print(first)
        given = Given(model="llama-3.1-8b", gpu="h100", gpus=1, precision="fp8")
        (measured,) = read_measurements([tmp_path / "real.json"], given)
        assert measured.completed + measured.failed == sent["real"]
        assert measured.output_tokens > 0


def _rolled_back(world: World, record: Path) -> datetime:
    """Watch as `breakeven shadow watch` does: up to a tenth, and back when the canary fails more often than it may."""
    guarded = Guarded(workload="chat", candidate="self", control="api", times=2.0, promises=())
    hour = timedelta(hours=1)
    ladder = Ladder(guarded=guarded, rungs=(0.1, 1.0), hold=hour, least_requests=1000, alpha=0.05, mirror_back=0.0)
    gateway = world.gateway
    places = Watched(log=gateway.tail, live=gateway.folder / "canary.json", record=record, put=gateway.put_in_force)
    state = watching(ladder, places, now())
    end = time.monotonic() + 90
    while time.monotonic() < end:
        state, decision = look(state, now())
        if decision.kind == "back":
            return now()
        time.sleep(0.2)
    raise AssertionError(f"not sent back: {decision}")


@contextmanager
def asked_all_the_while(client: Client) -> Iterator[list[Said]]:
    """Requests, four at a time, as long as it lasts; what the clients got."""
    stop, answers = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            answers.extend(client.many(8, at_once=4))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield answers
    finally:
        stop.set()
        asking.join()


class TestEnvoy:
    def test_each_arm_gets_its_own_key_and_nothing_else(self, envoy: World) -> None:
        envoy.force(share=1.0)
        assert envoy.client.ask().whole
        envoy.force(share=0.0)
        assert envoy.client.ask().whole
        assert envoy.api.seen()["last"][-1]["headers"]["authorization"] == "Bearer key-of-the-api"
        envoy.force(share=1.0)
        envoy.client.ask()
        assert envoy.own.seen()["last"][-1]["headers"]["authorization"] == "Bearer key-of-self"
        left = list(Path("/dev/shm").glob("envoy-*"))
        assert left == []  # what held the keys is gone

    @pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
    @pytest.mark.parametrize("fault", FAULTS)
    def test_no_fault_of_the_self_hosted_arm_reaches_a_client(self, envoy: World, fault: str, stream: bool) -> None:
        envoy.force(share=1.0)
        envoy.own.control(mode=fault)
        answers = envoy.client.many(8, stream=stream, at_once=8)
        assert [said.whole for said in answers] == [True] * 8, [said.text[-200:] for said in answers]
        seen = envoy.api.seen()
        assert seen["requests"] == 8
        assert {each["headers"]["authorization"] for each in seen["last"]} == {"Bearer key-of-the-api"}

    def test_a_stream_that_is_cut_breaks_off(self, envoy: World) -> None:
        envoy.force(share=1.0)
        _wait_until_back(envoy)
        envoy.own.control(mode="cut")
        said = envoy.client.ask(stream=True)
        assert not said.whole
        assert "w1" in said.text

    def test_a_process_that_dies_is_answered_for_and_taken_back(self, envoy: World) -> None:
        envoy.force(share=1.0)
        envoy.own.kill()
        assert all(said.whole for said in envoy.client.many(12))
        envoy.own.start()
        _wait_until_back(envoy)

    def test_shares_and_copies_change_while_it_runs_and_copies_are_bounded(self, envoy: World) -> None:
        envoy.force(share=0.3)
        assert all(said.whole for said in envoy.client.many(200, at_once=8))
        assert 30 <= envoy.own.seen()["requests"] <= 95  # 60 are expected; five standard deviations
        envoy.force(share=0.0, mirror=1.0)
        assert all(said.whole for said in envoy.client.many(60, at_once=4))
        time.sleep(0.5)
        assert 30 <= envoy.own.seen()["requests"] <= 60  # more than eight at once are dropped
        envoy.own.control(mode="hang")
        begun = time.monotonic()
        assert all(said.whole for said in envoy.client.many(60, at_once=4))
        assert time.monotonic() - begun < 10  # copies that hang hold nobody up
        envoy.force(share=0.0, mirror=0.0)

    def test_each_arm_is_asked_for_its_own_name_of_the_model(self, envoy: World) -> None:
        for share, server, name in ((1.0, envoy.own, "fake"), (0.0, envoy.api, "m-api")):
            envoy.force(share=share)
            assert envoy.client.ask().whole
            assert server.seen()["last"][-1]["body"]["model"] == name

    def test_a_fifth_of_failures_on_a_tenth_is_rolled_back(self, envoy: World, tmp_path: Path) -> None:
        """By its own access log and its own weights."""
        envoy.force(share=1.0)
        _wait_until_back(envoy)
        envoy.force(share=0.0)
        envoy.own.control(mode="flaky", share=0.2, seed=3)
        with asked_all_the_while(envoy.client) as answers:
            begun = now()
            moment = _rolled_back(envoy, tmp_path / "record.jsonl")
            time.sleep(0.5)
            asked = envoy.own.seen()["requests"]
            time.sleep(1.0)
            assert envoy.own.seen()["requests"] == asked  # its weights were moved too
        print(f"rolled back after {(moment - begun).total_seconds():.1f} s, {len(answers)} requests in all")
        assert moment - begun <= timedelta(seconds=10 * SLOWER)
        assert all(said.whole for said in answers)

    def test_a_real_engine_answers_and_who_names_no_workload_is_told(self, envoy: World) -> None:
        envoy.force(share=1.0)
        assert all(said.whole for said in envoy.real_client.many(4))
        assert all(said.whole for said in envoy.real_client.many(4, stream=True))
        assert envoy.api.seen()["requests"] == 0
        said = httpx2.post(f"{envoy.client.address}/v1/chat/completions", json={})
        assert (said.status_code, "chat, real" in said.text) == (404, True)


def _wait_until_back(envoy: World) -> None:
    """Until the self-hosted arm is asked again after it was taken out."""
    end = time.monotonic() + 40
    while time.monotonic() < end:
        envoy.own.reset()
        assert envoy.client.ask().whole
        if envoy.own.seen()["requests"]:
            return
        time.sleep(0.5)
    raise AssertionError("the self-hosted arm was never asked again")


@pytest.mark.parametrize("kind", ["litellm", "envoy"])
def test_the_api_is_asked_again_at_once_after_faults_of_its_own(kind: str, request: pytest.FixtureRequest) -> None:
    """Nothing may take the last arm out of rotation, whatever it did before."""
    world: World = request.getfixturevalue(kind)
    for share in (1.0, 0.0):
        world.force(share=share)
        for server in (world.own, world.api):
            server.control(mode="500")
        assert not any(said.whole for said in world.client.many(8))
        world.api.control(mode="ok")
        assert all(said.whole for said in world.client.many(8))


@pytest.mark.parametrize("kind", ["litellm", "envoy"])
def test_the_drill_of_the_way_back(kind: str, request: pytest.FixtureRequest) -> None:
    world: World = request.getfixturevalue(kind)
    world.force(share=0.5)
    if kind == "envoy":
        _wait_until_back(world)
    hands = Hands(clock=now, sleep=time.sleep)
    terms = Terms(before=2, quiet=2, hold=4, limit=30, peak=5.0)
    with asked_all_the_while(world.client):
        evidence = drill(world.gateway, terms, hands, workload="chat")
    assert evidence.passed, evidence
    assert evidence.seconds is not None
    assert evidence.seconds < 3
    assert world.gateway.plan.workloads["chat"].share == 0.5
    assert readiness_answers(evidence, "drill.json")
