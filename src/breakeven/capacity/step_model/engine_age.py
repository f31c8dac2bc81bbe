"""How old an engine is: years before the newest ones among the published rows. Older engines do a step more slowly."""

from __future__ import annotations

import re

from breakeven.capacity.fit.setup import Bench

NEWEST_YEAR = 2026.0  # of the newest engines among the published rows; a newer one is taken to be as fast
OLDEST_YEARS = 2.0  # before which nothing was published that could tell
# When minor versions came out, as the release pages of the projects say (github.com/<project>/releases). One between
# two is dated like the one before it; a row whose version is not here, by its own date.
RELEASED = {
    "vLLM": {
        (0, 2): 2023.8,
        (0, 3): 2024.1,
        (0, 4): 2024.25,
        (0, 5): 2024.45,
        (0, 6): 2024.7,
        (0, 7): 2025.1,
        (0, 8): 2025.2,
        (0, 9): 2025.4,
        (0, 10): 2025.55,
        (0, 11): 2025.75,
        (0, 12): 2025.9,
        (0, 13): 2025.95,
    },
    "SGLang": {(0, 3): 2024.7, (0, 4): 2024.9, (0, 5): 2025.6},
    "TensorRT-LLM": {
        (0, 12): 2024.65,
        (0, 13): 2024.75,
        (0, 15): 2024.9,
        (0, 17): 2025.1,
        (0, 20): 2025.45,
        (1, 0): 2025.7,
        (1, 1): 2025.85,
        (1, 2): 2026.0,
    },
}


def year_of(bench: Bench) -> float | None:
    """The year, with its fraction, in which the version came out, or else of the measurement; None: not told."""
    versions = RELEASED.get(bench.engine, {})
    numbered = re.search(r"(?<![\d.])v?(\d+)\.(\d+)(?=\.\d|rc|$| )", bench.version)
    found = (int(numbered[1]), int(numbered[2])) if versions and numbered else None
    if found and found[0] <= max(versions)[0]:
        before = [each for each in versions if each <= found]
        return versions[max(before)] if before else min(versions.values())
    dated = re.match(r"(\d{4})-(\d{2})", bench.date or bench.version)
    return int(dated[1]) + (int(dated[2]) - 1) / 12 if dated else None


def engine_age(bench: Bench) -> float:
    """Years that the engine is older than the newest published one; 0 where nothing is told of it."""
    year = year_of(bench)
    return 0.0 if year is None else min(max(NEWEST_YEAR - year, 0.0), OLDEST_YEARS)


def prompts_first(bench: Bench) -> bool:
    """Whether it has prompts in steps of their own before it goes on with answers: vLLM before 0.8, unless told to."""
    year = year_of(bench)
    return bench.engine == "vLLM" and year is not None and year < RELEASED["vLLM"][0, 8]
