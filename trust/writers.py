"""Commands that write, each with what it reads, what it must leave, and what is broken whenever it is found."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from trust.results import ROOT

SEEDS = ROOT / "fuzz" / "seeds"
PLAN = SEEDS / "plans" / "small.json"
WRITTEN_PLAN = SEEDS / "plans" / "written.yaml"
CASE = ROOT / "tests" / "cases" / "minimal.yaml"
GENERIC = ROOT / "tests" / "demand" / "formats" / "generic" / "input.csv"
PLACE = "{folder}"
ENDS = {".svg": b"</svg>", ".html": b"</html>", ".pdf": b"%%EOF"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A command. `line`: its arguments, {folder} being where it may write. `leaves`: what stands there in the end.

    `reads`: copied there first. `codes`: how it may end well. `once`: holds of what it left, whenever it was stopped.
    """

    name: str
    line: str
    leaves: tuple[str, ...]
    reads: tuple[tuple[Path, str], ...] = ()
    codes: frozenset[int] = frozenset({0})
    once: Callable[[Path], Iterator[str]] | None = None
    limit: float = 120
    costly: bool = False

    def prepare(self, folder: Path) -> None:
        """What it reads, in its folder."""
        for source, name in self.reads:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)

    def arguments(self, folder: Path) -> list[str]:
        """As `breakeven` is given them."""
        return [each.replace(PLACE, str(folder)) for each in self.line.split()]

    def lacking(self, folder: Path) -> Iterator[str]:
        """What a whole run leaves and is not there."""
        yield from (f"there is no {name}" for name in self.leaves if not (folder / name).exists())

    def broken(self, folder: Path) -> Iterator[str]:
        """What is there and not whole, or was done twice."""
        for path in folder.rglob("*"):
            ours = any(each.startswith(".breakeven-") for each in path.parts)  # not named yet
            if path.is_file() and not ours and (told := _not_whole(path)):
                yield f"{path.name} is not whole: {told}"
        if self.once is not None:
            yield from self.once(folder)


def _not_whole(path: Path) -> str:
    """Why a file is none of its kind; "" where it is, or where it may end anywhere."""
    try:
        if path.suffix == ".json":
            json.loads(path.read_text("utf-8"))
        elif path.suffix in {".yaml", ".yml"}:
            YAML(typ="safe").load(path)
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                return packed.testzip() or ""
        elif path.suffix in ENDS and not path.read_bytes()[-1024:].rstrip().endswith(ENDS[path.suffix]):
            return "it has no end"
        elif path.suffix in {".csv", ".md"} and not path.read_bytes().endswith(b"\n"):
            return "its last line has no end"
    except Exception as error:  # noqa: BLE001 - whatever its reader says
        return f"{type(error).__name__}: {error}"
    return ""


def _moved_once(folder: Path) -> Iterator[str]:
    """Of a ladder: each step was meant once and done once, in this order, and the live plan counts it once."""
    record = folder / "record.jsonl"
    lines = record.read_bytes().split(b"\n")[:-1] if record.exists() else []
    entries = [json.loads(line) for line in lines]
    rungs = [(each["what"]["rung"], each["phase"]) for each in entries]
    if rungs != [(1, "meant"), (1, "done")][: len(rungs)]:
        yield f"the record says {rungs}"
    step = json.loads((folder / "canary.json").read_text("utf-8"))["step"]
    if step > 1 or (step == 0 and len(rungs) > 1):
        yield f"the live plan was changed {step} times"


WATCH = (
    "shadow watch {folder}/log --live {folder}/canary.json --judgement {folder}/go.json --record {folder}/record.jsonl "
    f"--plan {PLAN} --preregistration {{folder}}/registered.yaml --workload chat --once"
)
JUDGE = f"shadow judge {{folder}}/log --plan {PLAN} --preregistration {{folder}}/r.yaml -o {{folder}}/judged.json"
SEND = "shadow send {folder}/batch.jsonl --arm self=http://127.0.0.1:9/v1 --per-second 1000 -o {folder}/rows.jsonl"
LIVE = ((SEEDS / "live" / "begin.json", "canary.json"), (SEEDS / "judgements" / "go.json", "go.json"))
REGISTERED = ((SEEDS / "registered" / "small.yaml", "registered.yaml"),)
LOG = ((SEEDS / "shadow" / "pairs.jsonl", "log/pairs.jsonl"),)
GATEWAY_FILES = ("gw/gateway.json", "gw/canary.json", "gw/litellm.yaml", "gw/start.sh")

WRITERS: dict[str, Writer] = {
    writer.name: writer
    for writer in (
        Writer(
            name="gateway", line=f"gateway {WRITTEN_PLAN} --for litellm -o {{folder}}/gw --force", leaves=GATEWAY_FILES
        ),
        Writer(
            name="gateway again",
            line=f"gateway {WRITTEN_PLAN} --for litellm -o {{folder}}/gw --force",
            leaves=GATEWAY_FILES,
            reads=((SEEDS / "live" / "half.json", "gw/canary.json"),),
        ),
        Writer(
            name="watch",
            line=WATCH,
            leaves=("record.jsonl", "canary.json", "registered.yaml"),
            reads=(*LIVE, *LOG, *REGISTERED),
            once=_moved_once,
        ),
        Writer(
            name="judge",
            line=JUDGE,
            leaves=("r.yaml", "judged.json"),
            reads=LOG,
            codes=frozenset({10}),
        ),
        Writer(
            name="score",
            line="shadow score {folder}/words.jsonl --by alike -o {folder}/scores.jsonl",
            leaves=("scores.jsonl",),
            reads=((SEEDS / "texts" / "words.jsonl", "words.jsonl"),),
        ),
        Writer(
            name="send",
            line=SEND,
            leaves=("rows.jsonl",),
            reads=((SEEDS / "texts" / "batch.jsonl", "batch.jsonl"),),
        ),
        Writer(name="new", line=f"new {{folder}}/case.yaml --from-log {GENERIC} --force", leaves=("case.yaml",)),
        Writer(
            name="sample-log", line="sample-log {folder}/log.csv --days 1 --requests-per-day 500", leaves=("log.csv",)
        ),
        Writer(
            name="set aside",
            line=f"demand {GENERIC} --set-aside {{folder}}/aside.csv --json",
            leaves=(),
        ),
        Writer(
            name="plan",
            line="plan {folder}/case.yaml -o {folder}/plan.yaml",
            leaves=("plan.yaml",),
            costly=True,
            reads=((ROOT / "docs" / "how-to" / "examples" / "plan.yaml", "case.yaml"),),
        ),
        Writer(name="decide", line=f"decide {CASE} -o {{folder}}/out", leaves=("out/study.json",), costly=True),
        Writer(name="report", line=f"report {CASE} -o {{folder}}/board", leaves=("board",), costly=True, limit=240),
    )
}
QUICK = [writer for writer in WRITERS.values() if not writer.costly]
