"""What is fuzzed: which files, and which commands read them."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from fuzz.apps import assistant, dashboard
from fuzz.run import Work, command, ending

ROOT = Path(__file__).parent.parent
CORPUS = Path(__file__).parent / "corpus"

Arguments = Callable[[str, str], list[str]]  # (path of the file, an empty folder) -> what `breakeven` is given


@dataclass(frozen=True)
class Target:
    """A kind of input, and what reads it: `breakeven` with these `arguments`, or `work_of` (path, folder) in its place.

    `limit` in seconds on the clock; `costly` ones are tried once in `make test`, those `by_hand` in `make fuzz`
    alone; `codes`: how else it may end.
    """

    name: str
    seeds: Callable[[], list[Path]]
    arguments: Arguments | None = None
    limit: float = 60
    costly: bool = False
    by_hand: bool = False
    codes: frozenset[int] = frozenset()
    work_of: Callable[[str, str], int] | None = None

    def work(self, path: str, folder: str) -> Work:
        """What is done with the file, with an empty folder to write to."""
        if self.work_of is not None:
            return partial(self.work_of, path, folder)
        assert self.arguments is not None
        return command(self.arguments(path, folder))

    def corpus(self) -> list[Path]:
        """What once went wrong; each is run again in every test run."""
        return sorted((CORPUS / self.name).glob("*"))


def _found(*patterns: str) -> Callable[[], list[Path]]:
    return lambda: sorted(path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file())


CASES = _found(
    "tests/cases/*.yaml",
    "examples/insurer/case.yaml",
    "docs/how-to/examples/plan.yaml",
    "docs/how-to/examples/searched.yaml",
)
LOGS = _found("tests/demand/formats/*/input.*")
BENCHMARKS = _found("fuzz/seeds/benchmarks/*")
CONFIGS = _found("fuzz/seeds/configs/*")

SEEDS = "fuzz/seeds"
PLANS = _found(f"{SEEDS}/plans/*")
REGISTERED = ROOT / "fuzz" / "seeds" / "registered" / "small.yaml"
ONE_LOOK = ["--workload", "chat", "--once"]
PLAN = f"{ROOT}/{SEEDS}/plans/small.json"
JUDGED = frozenset({10, 11, 12, 13})  # verdicts of `shadow judge`
SMALL = ROOT / "tests" / "cases" / "minimal.yaml"


@cache
def _studies() -> list[Path]:
    """Studies of small cases, made once."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-studies-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("minimal", "per_token", "never"):
        (folder / f"{name}.json").write_text(
            ending(command(["decide", f"{ROOT}/tests/cases/{name}.yaml", "--json"]), 120).out
        )
    return sorted(folder.iterdir())


def _evaluated(path: str, folder: str) -> list[str]:
    """A case that names the file as its evaluation, and a question that reads it."""
    case = Path(folder) / "case.yaml"
    named = {"model": "llama-3.3-70b", "results": path, "today": path, "margin": 0.02}
    case.write_text(f"{SMALL.read_text()}\nevaluations: [{json.dumps(named)}]\n")
    return ["explain", str(case), "gpu_rent"]


def _watched(live: str, judgement: str, folder: str) -> list[str]:
    """One look at a log of nothing, with this live plan and this judgement."""
    (Path(folder) / "log").mkdir()
    registered = str(shutil.copy(REGISTERED, Path(folder) / "registered.yaml"))
    files = ["--live", live, "--judgement", judgement, "--record", f"{folder}/record.jsonl"]
    return ["shadow", "watch", f"{folder}/log", *files, "--plan", PLAN, "--preregistration", registered, *ONE_LOOK]


def _copied(path: str, folder: str) -> str:
    """A copy, for what is changed in place."""
    return str(shutil.copy(path, Path(folder) / "copy.json"))


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("log", LOGS, lambda path, _: ["demand", path]),
        Target("log-json", LOGS, lambda path, _: ["demand", path, "--json"]),
        Target("log-map", LOGS, lambda path, folder: ["demand", path, "--map", f"{folder}/map.yaml"]),
        Target("log-set-aside", LOGS, lambda path, folder: ["demand", path, "--set-aside", f"{folder}/aside.csv"]),
        Target("draft", LOGS, lambda path, folder: ["new", f"{folder}/case.yaml", "--from-log", path]),
        Target("config", CONFIGS, lambda path, _: ["throughput", "fit", "--config", path, "--gpu", "h100-sxm"]),
        Target("benchmark", BENCHMARKS, lambda path, _: ["throughput", "calibrate", path]),
        Target("gateway", PLANS, lambda path, folder: ["gateway", path, "--for", "litellm", "-o", f"{folder}/gateway"]),
        Target("envoy", PLANS, lambda path, folder: ["gateway", path, "--for", "envoy", "-o", f"{folder}/gateway"]),
        Target(
            "register",
            PLANS,
            lambda path, folder: ["shadow", "judge", "--plan", path, "--preregistration", f"{folder}/r.yaml"],
        ),
        Target(
            "shadow",
            _found(f"{SEEDS}/shadow/*"),
            lambda path, folder: [
                "shadow",
                "judge",
                path,
                "--plan",
                PLAN,
                "--preregistration",
                f"{folder}/registered.yaml",
            ],
            codes=JUDGED,
        ),
        Target(
            "score",
            _found(f"{SEEDS}/texts/*"),
            lambda path, folder: ["shadow", "score", path, "--by", "valid", "-o", f"{folder}/scores.jsonl"],
        ),
        Target(
            "send",
            _found(f"{SEEDS}/texts/*"),
            lambda path, folder: [
                "shadow",
                "send",
                path,
                "--arm",
                "self=http://127.0.0.1:9/v1",
                "--per-second",
                "1000",
                "--limit",
                "3",
                "-o",
                f"{folder}/rows.jsonl",
            ],
        ),
        Target(
            "watch",
            _found(f"{SEEDS}/live/*"),
            lambda path, folder: _watched(_copied(path, folder), f"{ROOT}/{SEEDS}/judgements/go.json", folder),
            codes=JUDGED,
        ),
        Target(
            "judgement",
            _found(f"{SEEDS}/judgements/*"),
            lambda path, folder: _watched(_copied(f"{ROOT}/{SEEDS}/live/begin.json", folder), path, folder),
            codes=JUDGED,
        ),
        Target("evaluation", _found(f"{SEEDS}/evaluations/*"), _evaluated, costly=True),
        Target(
            "track",
            _found(f"{SEEDS}/actuals/*"),
            lambda path, _: ["track", str(_studies()[0]), "--actuals", path],
            by_hand=True,
        ),
        Target("study", _studies, lambda path, _: ["explain", path, "monthly_cost"], by_hand=True),
        Target("web", _found(f"{SEEDS}/requests/*"), work_of=dashboard, limit=180, costly=True),
        Target("mcp", _found(f"{SEEDS}/calls/*"), work_of=assistant, limit=180, costly=True),
        Target("explain", CASES, lambda path, _: ["explain", path, "monthly_cost"], costly=True),
        Target("decide", CASES, lambda path, _: ["decide", path], limit=120, costly=True),
        Target("decide-json", CASES, lambda path, _: ["decide", path, "--json"], limit=120, costly=True),
        Target("size", CASES, lambda path, _: ["size", path], limit=120, costly=True),
        Target("plan", CASES, lambda path, folder: ["plan", path, "-o", f"{folder}/plan.yaml"], limit=120, costly=True),
        Target("readiness", CASES, lambda path, _: ["readiness", path], limit=120, costly=True),
        Target("designs", CASES, lambda path, _: ["designs", path], limit=180, costly=True),
        Target("flips", CASES, lambda path, _: ["flips", path], limit=180, costly=True),
    )
}
