"""What turns one option of a study, beyond single inputs: both ends of each input, and two inputs at once."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.decision.answers.pairs import PairFlip, pair_flips
from breakeven.decision.answers.unsaid import Unsaid
from breakeven.decision.risk.sensitivity import Bar, tornado
from breakeven.study.judge.assess import comparison_of
from breakeven.study.judge.left_open import left_open
from breakeven.study.judge.option_study import with_ranges
from breakeven.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """`tornado`: the inputs that are drawn, at both ends. `pairs`: the smallest joint moves that turn the answer."""

    option: str
    worth: float  # net present value at likely values
    tornado: tuple[Bar, ...]
    unsaid: tuple[Unsaid, ...]  # of the option: every default that the case took, the largest first
    pairs: tuple[PairFlip, ...]


def turning(study: Study, option: int) -> Turning:
    """For one column of a study (1 is the first that is not the hosted baseline).

    A pair is made of the inputs that move the result most between their ends. An input that the case states without
    a range takes the register's.
    """
    comparison, inputs = comparison_of(study.basis), with_ranges(study.basis.inputs)
    widest = [bar.name for bar in tornado(comparison, option, inputs)]
    bars = tornado(comparison, option, study.basis.inputs)
    return Turning(
        option=study.options[option - 1].name,
        worth=study.options[option - 1].horizon.net_present_value,
        tornado=bars,
        unsaid=left_open(study.basis, comparison, option, bars),
        pairs=pair_flips(comparison, option, inputs, widest),
    )
