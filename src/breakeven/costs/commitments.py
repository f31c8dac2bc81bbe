"""Committed units: throughput held by the hour, busy or idle. What is bought whatever the load fills them first, block
by block of the load-duration curve; then the interactive burst of the same block. Batch work is bought as batches.
"""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import STEP, WORKLOAD, maximum, minimum, total, where


@line("MTok/month", source="method/hosted-bill.md: committed capacity, work rate of a load")
def work_by_workload(
    base_input_volume, base_output_volume, cached_share, cached_work_weight, output_work_weight, billed_factor
):
    """Work of each workload in input equivalents, as committed units count it, at the planned volume."""
    return (
        base_input_volume * (1 - cached_share * (1 - cached_work_weight)) + base_output_volume * output_work_weight
    ) * billed_factor


@line("MTok/month", source="method/hosted-bill.md: committed capacity, work rate of a load")
def base_work(work_by_workload, own_share):
    """Work of what is bought whatever the load, at the planned volume."""
    return total(work_by_workload * (1 - own_share), over=WORKLOAD)


@line("MTok/month", source="method/hosted-bill.md: committed capacity, work rate of a load")
def base_interactive_work(work_by_workload, own_share, batch_share):
    """Work of the interactive requests that we serve, at the planned volume."""
    return total(work_by_workload * own_share * (1 - batch_share), over=WORKLOAD)


@line("MTok/month/replica", source="method/hosted-bill.md: committed capacity, work rate of a load")
def work_per_busy_replica(base_interactive_work, base_interactive_load, minimum_replicas):
    """Work of one busy replica that serves interactive requests."""
    return base_interactive_work / where(base_interactive_load > 0, base_interactive_load, minimum_replicas)


@line("unit", source="method/hosted-bill.md: a contract on units runs to its end")
def units_held(committed_units, units_under_contract):
    """Committed units that are paid for: those we choose to hold, and at least those that a contract still binds."""
    return maximum(committed_units, units_under_contract)


@line("MTok/month/unit", source="method/hosted-bill.md: committed capacity")
def unit_capacity(unit_tokens_per_minute, minutes_per_month, tokens_per_mtok):
    """Work, in input equivalents, that one committed unit takes in a month."""
    return unit_tokens_per_minute * minutes_per_month / tokens_per_mtok


@line("MTok/month", source="method/hosted-bill.md: committed capacity, served over the load-duration curve")
def committed_work(base_work, volume_scale, units_held, unit_capacity, load_over_mean, block_share):
    """Work that committed units take of what is bought whatever the load."""
    return total(
        minimum(base_work * volume_scale * load_over_mean, units_held * unit_capacity) * block_share,
        over=STEP,
    )


@line("MTok/month", source="method/hosted-bill.md: committed capacity, served over the load-duration curve")
def committed_burst_work(
    interactive_load,
    load_over_mean,
    usable_capacity,
    work_per_busy_replica,
    units_held,
    unit_capacity,
    base_work,
    volume_scale,
    block_share,
    holds_fleet,
):
    """Work that committed units take of the interactive burst; what does not fit is pay-as-you-go."""
    return (
        total(
            minimum(
                maximum(interactive_load * load_over_mean - usable_capacity, 0) * work_per_busy_replica,
                maximum(units_held * unit_capacity - base_work * volume_scale * load_over_mean, 0),
            )
            * block_share,
            over=STEP,
        )
        * holds_fleet
    )


@line("replica", source="definition")
def committed_burst(committed_burst_work, base_interactive_load, base_interactive_work, base_volume):
    """Load of the burst that committed units take, in busy replicas."""
    return (
        committed_burst_work
        * base_interactive_load
        / where(base_interactive_work > 0, base_interactive_work, total(base_volume, over=WORKLOAD))
    )


@line("USD/month", source="method/hosted-bill.md: committed capacity")
def committed_bought_relief(committed_work, base_list_cost, own_share, base_work, base_volume):
    """List price of what committed units take of what is bought whatever the load."""
    return (
        committed_work
        * total(base_list_cost * (1 - own_share), over=WORKLOAD)
        / where(base_work > 0, base_work, total(base_volume, over=WORKLOAD))
    )


@line("USD/month", source="method/hosted-bill.md: committed capacity")
def committed_burst_relief(committed_burst, interactive_cost_per_busy_replica):
    """List price of what committed units take of the burst."""
    return committed_burst * interactive_cost_per_busy_replica


@line("USD/month", source="method/hosted-bill.md: committed capacity")
def committed_relief(committed_bought_relief, committed_burst_relief):
    """List price of the work that committed units take off the pay-as-you-go bill."""
    return committed_bought_relief + committed_burst_relief


@line("USD/month", source="method/hosted-bill.md: committed capacity is billed for hours held")
def committed_cost(units_held, unit_price_per_hour, hours_per_month):
    """Committed units, busy or idle."""
    return units_held * unit_price_per_hour * hours_per_month


@line("USD/month", source="definition")
def bought_by_token(bought_cost, committed_bought_relief):
    """What is billed by the token whatever the load, at list price: all but the burst."""
    return bought_cost - committed_bought_relief


@line("USD/month", source="definition")
def burst_by_token(interactive_burst_cost, committed_burst_relief):
    """The interactive burst that is billed by the token, at list price."""
    return interactive_burst_cost - committed_burst_relief
