"""Every mistake in the options is told with the option's name and what to do."""

from __future__ import annotations

import pytest

from breakeven.problems import Problem, Problems
from breakeven.quick import quick

GOOD = {"tokens": "50", "hosted_price": "0.5", "gpu_monthly": "1500", "gpus": "2", "eng_monthly": "8000"}


@pytest.mark.parametrize(
    ("option", "text", "what"),
    [
        ("tokens", "-1", '--tokens: "-1" is negative.'),
        ("tokens", "0", '--tokens: "0" leaves nothing to compare.'),
        ("tokens", "many", '--tokens: "many" is not a number.'),
        ("tokens", "1e13", '--tokens: "1e13" is not a quantity of this world.'),
        ("tokens", "1e99999999", '--tokens: "1e99999999" is not a quantity of this world.'),
        ("tokens", "-1e99999999", '--tokens: "-1e99999999" is negative.'),
        ("tokens", "1e-99999999", '--tokens: "1e-99999999" is not a quantity of this world.'),
        ("tokens", "9" * 5000, "is not a number."),
        ("tokens", "", '--tokens: "" is not a number.'),
        ("hosted_price", "nan", '--hosted-price: "nan" is not a number.'),
        ("hosted_price", "inf", '--hosted-price: "inf" is not a number.'),
        ("hosted_price", "$0.5", '--hosted-price: "$0.5" is not a number.'),
        ("hosted_price", "0,5", '--hosted-price: "0,5" is not a number.'),
        ("hosted_price", True, '--hosted-price: "True" is not a number.'),
        ("gpu_monthly", "-1500", '--gpu-monthly: "-1500" is negative.'),
        ("eng_monthly", "-0.01", '--eng-monthly: "-0.01" is negative.'),
        ("gpus", "2.5", '--gpus: "2.5" is not a whole number of at least 1.'),
        ("gpus", "0", '--gpus: "0" is not a whole number of at least 1.'),
        ("gpus", None, "--gpus: The size of the fleet is not known."),
        ("gpu_capacity", "0", '--gpu-capacity: "0" leaves nothing to compare.'),
        ("gpu_capacity", "-5", '--gpu-capacity: "-5" is negative.'),
        ("utilization", "50", '--utilization: "50" is more than 1.'),
    ],
)
def test_one_mistake(option: str, text: object, what: str) -> None:
    with pytest.raises(Problem) as caught:
        quick(**{**GOOD, option: text})
    assert what in str(caught.value)
    assert caught.value.fix
    assert len(str(caught.value)) < 300


def test_all_mistakes_at_once() -> None:
    with pytest.raises(Problems) as caught:
        quick(tokens="x", hosted_price="-1", gpu_monthly="nan", eng_monthly="1")
    assert [each.where for each in caught.value.found] == ["--tokens", "--hosted-price", "--gpu-monthly", "--gpus"]
