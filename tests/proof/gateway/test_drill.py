"""The drill of the way back, on a clock of the test's own: what it shows, and that the shares always come back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from shadow_rows import row

from breakeven.decision.readiness.evidence import Answer, judged
from breakeven.decision.readiness.questionnaire import questionnaire
from breakeven.problems import Problem
from breakeven.proof.gateway.control import LogWatch, Running, running, runtime_values
from breakeven.proof.gateway.drill import Evidence, Hands, Terms, drill, plain_evidence, readiness_answers
from breakeven.proof.gateway.emit import Places, files_of, write_files
from breakeven.proof.gateway.litellm_config import Limits
from breakeven.proof.gateway.routes import routes_of
from breakeven.proof.records.live_plan import FILE, LivePlan, Shares, read_live_plan, write_live_plan
from breakeven.proof.records.tail import Tail
from proof.plans import plan, workload

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def answered(arm: str, at: datetime, error: str | None = None) -> dict[str, object]:
    return row("1", arm, role="answered", error=error) | {"started": at.isoformat(), "ended": at.isoformat()}


@dataclass
class World:
    """A clock, and ten requests a second that follow the live plan `lag` seconds late."""

    folder: Path
    lag: float = 0.5
    fails: bool = False
    silent: bool = False
    now: datetime = NOON
    shares: list[tuple[datetime, float]] = field(default_factory=list)
    count: int = 0

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.shares.append((self.now, read_live_plan(self.folder / FILE).workloads["chat"].share))
        self.now += timedelta(seconds=seconds)
        share = [each for at, each in self.shares if at <= self.now - timedelta(seconds=self.lag)]
        self.count += 1
        if not (self.silent and share and share[-1] == 0):
            self.write("self" if share and (self.count % 10) < 10 * share[-1] else "api")

    def write(self, arm: str) -> None:
        line = answered(arm, self.now, error="server" if self.fails and arm == "api" else None)
        (self.folder / "shadow").mkdir(exist_ok=True)
        with (self.folder / "shadow" / "shadow-2026-11-30.jsonl").open("a") as file:
            file.write(f"{json.dumps(line)}\n")


@pytest.fixture
def gateway(tmp_path: Path) -> Running:
    made = routes_of(plan(workload("chat"), workload("mail")))
    write_files(tmp_path / "gw", files_of("litellm", made, limits=Limits(), places=Places(), now=NOON))
    found = running(tmp_path / "gw")
    write_live_plan(found.folder / FILE, found.plan.with_share(0.5, written=NOON, by="test", workload="chat"))
    return found


TERMS = Terms(before=3, quiet=5, hold=20, limit=60, peak=20.0)


def held(gateway: Running, world: World, terms: Terms = TERMS) -> Evidence:
    return drill(gateway, terms, Hands(clock=world.clock, sleep=world.sleep), workload="chat")


def test_it_measures_until_the_last_request_and_puts_the_shares_back(gateway: Running) -> None:
    evidence = held(gateway, World(gateway.folder, lag=1.5))
    assert evidence.passed
    assert evidence.seconds == pytest.approx(1.5, abs=0.3)
    assert evidence.share_of_peak == pytest.approx(0.46, abs=0.05)  # ten a second, less those still at self, of twenty
    assert {name: each.share for name, each in gateway.plan.workloads.items()} == {"chat": 0.5, "mail": 0.0}
    assert gateway.plan.by == "drill: back"


def test_an_arm_that_got_no_request_after_the_change_was_left_at_once(gateway: Running) -> None:
    assert held(gateway, World(gateway.folder, lag=0.0)).seconds == 0.0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lag": 1000.0}, "still reached"),
        ({"fails": True}, "no answer"),
        ({"silent": True, "lag": 0.0}, "no request came"),
    ],
)
def test_what_did_not_work_is_a_failed_drill_and_the_shares_come_back(
    gateway: Running, change: dict[str, object], told: str
) -> None:
    world = World(gateway.folder, **change)  # type: ignore[arg-type]
    world.shares.append((NOON - timedelta(days=1), 0.5))
    evidence = held(gateway, world)
    assert not evidence.passed
    assert told in evidence.because
    assert readiness_answers(evidence, "x") == {}
    assert gateway.plan.workloads["chat"].share == 0.5


def test_the_shares_come_back_when_it_is_interrupted(gateway: Running) -> None:
    world = World(gateway.folder)

    def pressed(seconds: float) -> None:
        world.sleep(seconds)
        if gateway.plan.workloads["chat"].share == 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drill(gateway, TERMS, Hands(clock=world.clock, sleep=pressed), workload="chat")
    assert gateway.plan.workloads["chat"].share == 0.5


def test_without_a_share_or_a_request_at_the_self_hosted_arm_it_is_not_held(gateway: Running) -> None:
    with pytest.raises(Problem, match="share is 0"):
        drill(gateway, TERMS, Hands(clock=lambda: NOON, sleep=lambda _: None), workload="mail")
    with pytest.raises(Problem, match='"sms" is no workload'):
        drill(gateway, TERMS, Hands(clock=lambda: NOON, sleep=lambda _: None), workload="sms")
    world = World(gateway.folder, lag=1000)
    with pytest.raises(Problem, match="would show nothing"):
        held(gateway, world)
    assert gateway.plan.step == 1


def test_readiness_accepts_what_it_leaves(gateway: Running) -> None:
    answers = readiness_answers(held(gateway, World(gateway.folder)), "drill.json")
    items = questionnaire().items
    for name, stated in answers.items():
        item = items[name]
        answer = Answer(number=stated.get("value"), day=stated["date"], link=stated["link"])
        shown = judged(item, "yellow", answer, date(2026, 12, 1), fallback_forbidden=False)
        assert shown.held, shown.because
    assert set(answers) == {"route_back_test", "fallback_drill"}
    without = Terms(before=3, quiet=5, hold=20, limit=60)
    assert set(readiness_answers(held(gateway, World(gateway.folder), without), "x")) == {"route_back_test"}
    assert json.dumps(plain_evidence(held(gateway, World(gateway.folder))))


def test_a_log_that_is_still_being_written_is_counted_once_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "shadow-2026-11-30.jsonl"
    row = json.dumps(answered("self", NOON))
    path.write_text(f"{row}\n")
    watch = LogWatch(tail=Tail(source=tmp_path), workloads=("chat",), since=NOON)
    with path.open("a") as file:
        file.write(f"{row}\nnot json\n[1]\n" + '{"role": "answered", "workload": "chat"}\n' + row[:20])
    assert watch.look(NOON).at_self == 1
    with path.open("a") as file:
        file.write(f"{row[20:]}\n")
    (tmp_path / "shadow-2026-12-01.jsonl").write_text(f"{row}\n")
    assert watch.look(NOON).at_self == 3


def test_envoy_gets_shares_as_fractions_since_it_takes_a_bare_number_for_percent() -> None:
    live = LivePlan(written=NOON, workloads={"Chat 1": Shares(share=0.1234, mirror=1.0)})
    assert dict(runtime_values(live)) == {
        "canary.chat_1": '{"numerator":1234,"denominator":"TEN_THOUSAND"}',
        "mirror.chat_1": '{"numerator":10000,"denominator":"TEN_THOUSAND"}',
        "mirror_back.chat_1": '{"numerator":0,"denominator":"TEN_THOUSAND"}',
    }


def test_a_gateway_that_does_not_answer_is_told_and_the_plan_stays(tmp_path: Path) -> None:
    write_live_plan(tmp_path / FILE, live := LivePlan(written=NOON, workloads={"chat": Shares(share=0.5)}))
    gone = Running(folder=tmp_path, workloads=("chat",), log=tmp_path, admin="http://127.0.0.1:9")
    with pytest.raises(Problem, match="does not answer"):
        gone.put_in_force(live.with_share(0.0, written=NOON, by="x"))
    assert gone.plan == live


def test_what_another_workload_was_given_meanwhile_stays(gateway: Running) -> None:
    class Busy(World):
        def sleep(self, seconds: float) -> None:
            now = read_live_plan(self.folder / FILE)
            if not now.workloads["mail"].share:
                changed = now.with_share(0.25, written=self.now, by="shadow watch", workload="mail")
                write_live_plan(self.folder / FILE, changed)
            super().sleep(seconds)

    held(gateway, Busy(gateway.folder))
    after = read_live_plan(gateway.folder / FILE).workloads
    assert (after["chat"].share, after["mail"].share) == (0.5, 0.25)
