"""`make load`: much more of everything than anyone has, as growth against a small load measured in the same run."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.bench_demand import MILLION, log
from ruamel.yaml import YAML

from trust.results import keep

FEW = 10
WRITTEN_BY = b"parquet-cpp-arrow"
MEASURED = """
import json, re, resource, sys
from pathlib import Path
exec(sys.stdin.read())
used = [resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
seconds = sum(each.ru_utime + each.ru_stime for each in used)
print(json.dumps({"seconds": seconds, "megabytes": max(peak, used[1].ru_maxrss) / 1024}), file=sys.stderr)
"""  # the program's own peak as the kernel tells it: what wait() tells counts its parent's memory too
COMMAND = """
from breakeven.cli.door import run
sys.argv = ["breakeven", *{arguments!r}]
assert run() == 0
"""
REPLAY = """
import numpy as np
from benchmarks.bench_replay import HOUR, REQUESTS, fleet
from breakeven.capacity.replay.replay import replay
from breakeven.capacity.replay.trace import trace_of
chance, count = np.random.default_rng(1), REQUESTS * {hours}
arrival = np.sort(chance.uniform(0, HOUR * {hours}, count))
prompt = np.clip(chance.lognormal(6.6, 0.9, count), 1, 14_000).astype(int)
output = np.clip(chance.lognormal(5.0, 0.8, count), 1, 1_000).astype(int)
replay(trace_of(zip(arrival.tolist(), prompt.tolist(), output.tolist(), [()] * count, strict=True)), fleet(30_000, 2))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """CPU seconds and the most memory of a program."""

    seconds: float
    megabytes: float


def measured(program: str) -> Used:
    """Run Python and measure it; raises where it does not end well."""
    with tempfile.TemporaryFile() as nowhere:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED],
            input=program.encode(),
            stdout=nowhere,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode:
        raise SystemExit(done.stderr.decode("utf-8", "replace")[-2000:])
    return Used(**json.loads(done.stderr.decode().splitlines()[-1]))


def of_command(*arguments: str) -> Used:
    return measured(COMMAND.format(arguments=[*arguments]))


def rows(folder: Path, many: int) -> tuple[Used, Used]:
    """`demand` of so many millions of rows, a file each."""
    few, all_of_them = _millions(folder / "few", FEW), _millions(folder / "many", many)
    return of_command("demand", str(few), "--json"), of_command("demand", str(all_of_them), "--json")


def _millions(folder: Path, count: int) -> Path:
    """The same million so many times: what wrote it has another name in each file, or it would be told as a copy."""
    folder.mkdir()
    content = log(MILLION).read_bytes()
    at = content.rindex(WRITTEN_BY)
    for number in range(count):
        name = f"{number:0{len(WRITTEN_BY)}}".encode()
        (folder / f"{number:06}.parquet").write_bytes(content[:at] + name + content[at + len(WRITTEN_BY) :])
    return folder


def files(folder: Path, many: int) -> tuple[Used, Used]:
    """`demand` of so many hundreds of files of ten rows."""
    found = []
    for name, count in (("few", 1), ("many", many)):
        place = folder / name
        place.mkdir()
        for number in range(count * 100):
            lines = [
                f"2026-10-{1 + number % 28:02d}T{n % 24:02d}:00:{number % 60:02d}Z,chat,{500 + n},{100 + number % 7}"
                for n in range(10)
            ]
            (place / f"{number:06}.csv").write_text(
                "timestamp,workload,input_tokens,output_tokens\n" + "\n".join(lines) + "\n"
            )
        found.append(of_command("demand", str(place), "--json"))
    return found[0], found[1]


def requests(_: Path, many: int) -> tuple[Used, Used]:
    """One replay of so many hours of 19,366 requests each."""
    return measured(REPLAY.format(hours=FEW)), measured(REPLAY.format(hours=many))


def plan(folder: Path, many: int) -> tuple[Used, Used]:
    """`plan` of so many tens of workloads."""
    found = [
        of_command(
            "plan", str(_case(folder, count * 10)), "--time-limit", "300", "-o", str(folder / f"{count}.plan.yaml")
        )
        for count in (1, many)
    ]
    return found[0], found[1]


def study(folder: Path, many: int) -> tuple[Used, Used]:
    """`decide` of so many tens of workloads, the whole study."""
    found = [of_command("decide", str(_case(folder, count * 10, fleets=False)), "--json") for count in (1, many)]
    return found[0], found[1]


def _case(folder: Path, workloads: int, *, fleets: bool = True) -> Path:
    """A case of so many workloads; always the same."""
    chance = np.random.default_rng(workloads)
    own = {
        "model": "llama-3.3-70b",
        "precision": "fp8",
        "gpu": "h100",
        "gpus_per_replica": 2,
        "tokens_per_second": 9000,
    }
    case = {
        "as_of": "2026-11-21",
        "horizon_months": 12,
        "team": max(1, workloads // 50),
        "workloads": [
            {
                "name": f"workload {i}",
                "hosted_model": ("openai/gpt-4o", "openai/gpt-4o-mini")[int(chance.integers(2))],
                "tokens_per_month": float(np.round(chance.lognormal(21.5, 1.5))),
            }
            for i in range(workloads)
        ],
        "self_hosting": own | {"purchase": [{"mode": "rented", "price_per_gpu_hour": 2.5}]},
    }
    if fleets:
        case |= {"fleets": [{"name": "small", "model": "qwen3-8b", "gpus_per_replica": 1}]}
    path = folder / f"{workloads}{'-plan' if fleets else ''}.yaml"
    with path.open("w") as file:
        YAML().dump(case, file)
    return path


LOADS: dict[str, tuple[Callable[[Path, int], tuple[Used, Used]], int, int, str]] = {
    # how, so many, the small one being, in words
    "rows": (rows, 1_000, FEW, "{:,} times 1.2 million rows"),
    "files": (files, 1_000, 1, "{:,} hundred files"),
    "requests": (requests, 520, FEW, "{:,} hours of 19,366 requests"),
    "plan": (plan, 100, 1, "{:,} tens of workloads"),
    "study": (study, 50, 1, "{:,} tens of workloads"),
}


def main() -> int:
    """Each load once; the growth is kept."""
    parser = argparse.ArgumentParser(prog="python -m trust.load", description=__doc__)
    parser.add_argument("--many", type=int, help="instead of what is usual for the load")
    parser.add_argument("loads", nargs="*", metavar="LOAD", help=f"of {', '.join(LOADS)}; absent: all")
    asked = parser.parse_args()
    for name in asked.loads or LOADS:
        run, usual, base, words = LOADS[name]
        many = asked.many or usual
        with tempfile.TemporaryDirectory() as folder:
            small, large = run(Path(folder), many)
        result = {
            "load": name,
            "held": words.format(many),
            "growth": round(large.seconds / small.seconds / (many / base), 3),
            "memory_growth": round(large.megabytes / small.megabytes, 3),
            "megabytes": round(large.megabytes),
        }
        print(json.dumps(result), flush=True)
        keep("load", result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
