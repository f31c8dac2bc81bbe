"""What a case says and cannot mean: values that contradict each other, names that nothing has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from zoneinfo import available_timezones

from breakeven.demand.log.format.columns import field_names
from breakeven.facts.catalog import hosted_hosts
from breakeven.problems import Problem, nearest
from breakeven.study.case.checks.agreements import agreement_problems
    _profiles,
    design_problems,
