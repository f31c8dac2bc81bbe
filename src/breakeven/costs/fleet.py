"""How many replicas, GPUs and nodes the demand needs, and how busy they are. Utilization is an output.

The unit of load is the busy replica: a load of 1.7 keeps 1.7 replicas saturated at the promised latency.
Interactive work comes when it comes; batch work waits for the hours in which the fleet is free.
"""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import STEP, WORKLOAD, maximum, minimum, total, where, whole_up


@line("MTok/month/replica", source="method/capacity.md: load in replica equivalents")
def replica_capacity(replica_tokens_per_second, model_gain, seconds_per_month, tokens_per_mtok):
    """Tokens of this workload that one saturated replica serves in a month, within the promised latency."""
    return replica_tokens_per_second * model_gain * seconds_per_month / tokens_per_mtok


@line("replica", source="method/capacity.md: load in replica equivalents")
def base_load(base_volume, own_share, replica_capacity):
    """Mean load of what we serve, in busy replicas, at the planned volume."""
    return total(base_volume * own_share / replica_capacity, over=WORKLOAD)


@line("replica", source="method/capacity.md: batch work waits for free hours")
def base_interactive_load(base_volume, own_share, batch_share, replica_capacity):
    """The part of it that must be served when it comes."""
    return total(base_volume * own_share * (1 - batch_share) / replica_capacity, over=WORKLOAD)


@line("replica", source="method/capacity.md: batch work waits for free hours")
def base_batch_load(base_volume, own_share, batch_share, replica_capacity):
    """The part of it that can wait."""
    return total(base_volume * own_share * batch_share / replica_capacity, over=WORKLOAD)


@line("replica", source="method/capacity.md: load in replica equivalents")
def load(base_load, volume_scale):
    """Mean load of what we serve, in busy replicas."""
    return base_load * volume_scale


@line("replica", source="method/capacity.md: batch work waits for free hours")
def interactive_load(base_interactive_load, volume_scale):
    """Mean load of interactive work."""
    return base_interactive_load * volume_scale


@line("replica", source="method/capacity.md: batch work waits for free hours")
def batch_load(base_batch_load, volume_scale):
    """Mean load of batch work."""
    return base_batch_load * volume_scale


@line("replica", source="method/capacity.md: sizing by percentile and usable share")
def base_peak_load(base_interactive_load, base_batch_load, peak_over_mean):
    """Load to size for, at the planned volume: interactive work at its peak, or all on average if that is more."""
    return maximum(
        base_interactive_load * peak_over_mean, base_batch_load + base_interactive_load * minimum(peak_over_mean, 1)
    )


@line("replica", source="method/capacity.md: sizing by percentile and usable share")
def peak_load(base_peak_load, volume_scale):
    """Load to size for."""
    return base_peak_load * volume_scale


@line("replica", source="method/capacity.md: sizing by percentile and usable share")
def replicas_for_load(peak_load, usable_share, holds_fleet):
    """Replicas that carry the load to size for without queueing past the promise."""
    return whole_up(peak_load / usable_share) * holds_fleet


@line("replica", source="method/capacity.md: sizing by percentile and usable share")
def replicas_serving(replicas_for_load, minimum_replicas, holds_fleet):
    """Replicas that serve; spares come on top."""
    return maximum(replicas_for_load, minimum_replicas * holds_fleet)


@line("replica", source="method/capacity.md: redundancy")
def replicas(replicas_serving, spare_replicas, holds_fleet):
    """Replicas kept running, spares included. A decision: pinned when options are compared."""
    return replicas_serving + spare_replicas * holds_fleet


@line("GPU", source="definition")
def gpus(replicas, gpus_per_replica):
    """GPUs kept running."""
    return replicas * gpus_per_replica


@line("GPU", source="method/capacity.md: bill unit")
def gpus_billed(gpus, gpus_billed_together):
    """GPUs paid for; some vendors rent or sell whole nodes only."""
    return whole_up(gpus / gpus_billed_together) * gpus_billed_together


@line("node", source="definition")
def nodes(gpus, gpus_per_node):
    """Servers that hold the GPUs."""
    return whole_up(gpus / gpus_per_node)


@line("replica", source="method/capacity.md: usable capacity")
def usable_capacity(replicas, spare_replicas, usable_share):
    """Load the fleet takes within the promise, in busy replicas; spares wait for a failure."""
    return maximum(replicas - spare_replicas, 0) * usable_share


@line("replica", source="method/capacity.md: served load over the load-duration curve")
def interactive_spill(interactive_load, load_over_mean, block_share, usable_capacity, holds_fleet):
    """Mean interactive load above the usable capacity, over the load-duration curve; it bursts to the API."""
    return total(maximum(interactive_load * load_over_mean - usable_capacity, 0) * block_share, over=STEP) * holds_fleet


@line("replica", source="method/capacity.md: batch work waits for free hours")
def free_capacity(usable_capacity, interactive_load, interactive_spill):
    """Mean usable capacity that interactive work leaves free."""
    return maximum(usable_capacity - (interactive_load - interactive_spill), 0)


@line("replica", source="method/capacity.md: batch work waits for free hours")
def batch_spill(batch_load, free_capacity, holds_fleet):
    """Mean batch load that finds no free hour; it is bought as batch work."""
    return maximum(batch_load - free_capacity, 0) * holds_fleet


@line("replica", source="definition")
def spill(interactive_spill, batch_spill):
    """Mean load that our fleet does not take."""
    return interactive_spill + batch_spill


@line("replica", source="definition")
def own_load(load, spill):
    """Mean load that our replicas really serve."""
    return load - spill


@line("1", source="method/capacity.md: utilization reached")
def utilization(own_load, replicas, minimum_replicas, holds_fleet):
    """Share of the fleet's saturated capacity that is used; the rest waits for peaks and failures."""
    return own_load * holds_fleet / where(replicas > 0, replicas, minimum_replicas)


@line("replica", source="method/capacity.md: peak check")
def peak_shortfall(peak_load, usable_capacity, holds_fleet):
    """Load to size for that the fleet cannot take within the promise; above zero: too small."""
    return maximum(peak_load - usable_capacity, 0) * holds_fleet
