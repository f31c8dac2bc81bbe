"""`make fuzz`: every target in turn until the time is over; what goes wrong is kept in fuzz/corpus and told."""

from __future__ import annotations

import argparse
import hashlib
import itertools
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from trust.results import keep

from fuzz.mutate import mutated
from fuzz.run import ending, in_folder
from fuzz.targets import CORPUS, TARGETS, Target

PER_SEED = 1_000_000


def main() -> int:
    """Exit code 1 where anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=0, help="another seed tries other inputs")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; absent: all")
    asked = parser.parse_args()
    if unknown := {*asked.targets} - TARGETS.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(TARGETS)}")
    until = time.monotonic() + asked.minutes * 60
    tried, wrong = Counter[str](), Counter[str]()
    for number in itertools.count(asked.seed * PER_SEED):
        for name in asked.targets or TARGETS:
            if time.monotonic() > until:
                print(*(f"{each:14} {tried[each]:6} tried {wrong[each]:4} wrong" for each in tried), sep="\n")
                keep("fuzz", {"tried": dict(tried), "wrong": dict(wrong)})
                return int(bool(wrong.total()))
            tried[name] += 1
            if told := attempt(TARGETS[name], number):
                wrong[name] += 1
                print(told, flush=True)
    return 0


def attempt(target: Target, number: int, *, keep: bool = True) -> str | None:
    """One mutated input of the target; a sentence and a kept file where it went wrong."""
    chance = Random(f"{target.name} {number}")
    seed = chance.choice(target.seeds())
    content = mutated(seed.read_bytes(), chance)
    with tempfile.TemporaryDirectory() as folder:
        path = in_folder(Path(folder), f"input{seed.suffix}", content)
        ended = ending(target.work(str(path), folder), target.limit)
    if not (faults := ended.faults(target.codes)):
        return None
    kept = CORPUS / target.name / f"{hashlib.sha256(content).hexdigest()[:12]}{seed.suffix}"
    if keep:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(content)
    where = f"kept as {kept}" if keep else f"run `python -m fuzz {target.name} --seed {number // PER_SEED}` to keep it"
    return f"{target.name} {number}: {'; '.join(faults)}; {where}\n{ended.err[-600:]}"


if __name__ == "__main__":
    sys.exit(main())
