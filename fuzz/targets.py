"""What is fuzzed: which files, and which commands read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORPUS = Path(__file__).parent / "corpus"

Arguments = Callable[[str, str], list[str]]  # (path of the file, an empty folder) -> what `breakeven` is given


@dataclass(frozen=True)
class Target:
    """A kind of input. `limit` in seconds on the clock; `costly` ones are left to `make fuzz`."""

    name: str
    seeds: Callable[[], list[Path]]
    arguments: Arguments
    limit: float = 60
    costly: bool = False

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
        Target("explain", CASES, lambda path, _: ["explain", path, "total"], costly=True),
        Target("decide", CASES, lambda path, _: ["decide", path], limit=120, costly=True),
        Target("decide-json", CASES, lambda path, _: ["decide", path, "--json"], limit=120, costly=True),
        Target("size", CASES, lambda path, _: ["size", path], limit=120, costly=True),
        Target("plan", CASES, lambda path, folder: ["plan", path, "-o", f"{folder}/plan.yaml"], limit=120, costly=True),
        Target("readiness", CASES, lambda path, _: ["readiness", path], limit=120, costly=True),
        Target("designs", CASES, lambda path, _: ["designs", path], limit=180, costly=True),
        Target("flips", CASES, lambda path, _: ["flips", path], limit=180, costly=True),
    )
}
