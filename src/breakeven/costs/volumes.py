"""How many tokens, of which workload, in which month, and who serves them."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import WORKLOAD, total


@line("1", source="method/demand.md: hosted cost, months counted from 0", exact=False)
def growth_factor(growth_per_month, months_elapsed):
    """Growth of the demand since the first month."""
    return (1 + growth_per_month) ** months_elapsed


@line("MTok/month", source="definition")
def base_input_volume(input_mtok_per_month, growth_factor):
    """Input tokens of each workload at the planned volume, cached ones included."""
    return input_mtok_per_month * growth_factor


@line("MTok/month", source="definition")
def base_output_volume(output_mtok_per_month, growth_factor):
    """Output tokens of each workload at the planned volume, reasoning included."""
    return output_mtok_per_month * growth_factor


@line("MTok/month", source="definition")
def base_volume(base_input_volume, base_output_volume):
    """All tokens of each workload at the planned volume."""
    return base_input_volume + base_output_volume


@line("MTok/month", source="definition")
def volume(base_volume, volume_scale):
    """All tokens of all workloads; `volume_scale` 1 is the plan, 0.5 is half of it."""
    return total(base_volume, over=WORKLOAD) * volume_scale


@line("1", source="method/demand.md: fallback kept warm")
def own_share(moved, canary_share):
    """Share of each workload that we serve ourselves; the canary stays on the API."""
    return moved * (1 - canary_share)
