"""What the fleet does not take: what a busy replica's work costs at the API, interactive and batch."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import WORKLOAD, total, where


@line("USD/month/replica", source="method/hosted-bill.md: burst cost")
def list_cost_per_busy_replica(base_list_cost, own_share, base_load, minimum_replicas):
    """What the work of one busy replica costs at list price, interactive and batch work as they are mixed."""
    return total(base_list_cost * own_share, over=WORKLOAD) / where(base_load > 0, base_load, minimum_replicas)


@line("USD/month/replica", source="method/hosted-bill.md: burst cost")
def interactive_cost_per_busy_replica(base_interactive_list_cost, own_share, base_interactive_load, minimum_replicas):
    """What the interactive work of one busy replica costs at list price."""
    return total(base_interactive_list_cost * own_share, over=WORKLOAD) / where(
        base_interactive_load > 0, base_interactive_load, minimum_replicas
    )


@line("USD/month/replica", source="method/hosted-bill.md: burst cost")
def batch_cost_per_busy_replica(base_batch_list_cost, own_share, base_batch_load, minimum_replicas):
    """What the batch work of one busy replica costs at the batch price."""
    return total(base_batch_list_cost * own_share, over=WORKLOAD) / where(
        base_batch_load > 0, base_batch_load, minimum_replicas
    )


@line("USD/month", source="method/hosted-bill.md: burst cost")
def interactive_burst_cost(interactive_spill, interactive_cost_per_busy_replica):
    """Interactive work above the fleet's usable capacity, at list price."""
    return interactive_spill * interactive_cost_per_busy_replica


@line("USD/month", source="method/hosted-bill.md: burst cost")
def batch_burst_cost(batch_spill, batch_cost_per_busy_replica):
    """Batch work that finds no free hour of the fleet, at the batch price."""
    return batch_spill * batch_cost_per_busy_replica


@line("USD/month", source="definition")
def spill_cost(interactive_burst_cost, batch_burst_cost):
    """What our fleet does not take, at list price."""
    return interactive_burst_cost + batch_burst_cost
