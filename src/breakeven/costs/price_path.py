"""How prices move: the parts of a fall of the hosted price, and which of them our own side has too.

A hosted price falls because models need less work for the same answer (the model part), because chips and engines
get cheaper (the hardware part), and because hosts compete (the rest, the margin). Falls are split on a log scale.
A rise is margin only.
"""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import maximum, minimum, where, whole_up


@line("1", source="method/hosted-bill.md: price path", exact=False)
def hosted_price_factor(hosted_price_change_per_month, months_elapsed):
    """Hosted list price relative to the first month."""
    return (1 + hosted_price_change_per_month) ** months_elapsed


@line("1", source="method/hosted-bill.md: price path")
def hosted_price_fall(hosted_price_change_per_month):
    """What the hosted price falls a month (negative); nothing where it rises."""
    return minimum(hosted_price_change_per_month, 0)


@line("1", source="method/hosted-bill.md: model progress reaches both sides")
def months_of_progress(months_elapsed, model_lag_months):
    """Months whose newer models we run by then: open weights come later."""
    return maximum(months_elapsed - model_lag_months, 0)


@line("1", source="method/hosted-bill.md: model progress reaches both sides", exact=False)
def model_gain(
    hosted_price_fall, hosted_price_model_share, model_progress_adopted, refreshes_per_year, months_of_progress
):
    """Tokens that a replica serves with the models adopted by then, relative to those of the first month."""
    return (1 + hosted_price_fall) ** -(
        hosted_price_model_share * where(refreshes_per_year > 0, model_progress_adopted, 0) * months_of_progress
    )


@line("1", source="method/self-hosting-costs.md: GPU rents move both ways", exact=False)
def gpu_price_trend(gpu_price_change_per_month, hosted_price_fall, hosted_price_hardware_share):
    """Lasting change of the GPU rent in a month: its own, and the hardware part of the hosted price's fall."""
    return (1 + gpu_price_change_per_month) * (1 + hosted_price_fall) ** hosted_price_hardware_share


@line("1", source="method/self-hosting-costs.md: GPU rents move both ways", exact=False)
def gpu_price_factor(gpu_price_trend, gpu_price_long_run_ratio, gpu_price_half_life_months, months_elapsed):
    """GPU rent relative to the first month: it nears its long-run level by half in each half-life, on its trend."""
    return gpu_price_trend**months_elapsed * gpu_price_long_run_ratio ** (
        1 - 2 ** -(months_elapsed / gpu_price_half_life_months)
    )


@line("1", source="method/self-hosting-costs.md: reserved rent holds for its term")
def months_at_renewal(months_elapsed, reserved_term_months):
    """The month in which the running reservation was priced."""
    return -whole_up(-(months_elapsed / reserved_term_months)) * reserved_term_months


@line("1", source="method/self-hosting-costs.md: reserved rent holds for its term", exact=False)
def reserved_price_factor(gpu_price_trend, gpu_price_long_run_ratio, gpu_price_half_life_months, months_at_renewal):
    """Rent of a reserved GPU relative to the first month: the market's at the start of the running term."""
    return gpu_price_trend**months_at_renewal * gpu_price_long_run_ratio ** (
        1 - 2 ** -(months_at_renewal / gpu_price_half_life_months)
    )
