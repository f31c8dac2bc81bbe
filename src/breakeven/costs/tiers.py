"""Volume tiers: edges in tokens of all workloads together, crossed by the tokens that are really bought by the token.

What is bought whatever the load fills the tiers first, all its workloads alike; the burst comes on top of it. Slabs
look at the sum. So every step is straight in the volume, and break-evens stay exact.
"""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import STEP, WORKLOAD, maximum, total, where


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def base_bought_volume(base_volume, own_share, billed_factor):
    """Billed tokens of what is bought whatever the load, at the planned volume."""
    return total(base_volume * (1 - own_share) * billed_factor, over=WORKLOAD)


@line("USD/MTok", source="definition")
def bought_list_price(base_list_cost, own_share, base_bought_volume):
    """Mean list price of what is bought whatever the load; turns the tokens of an edge into money."""
    return total(base_list_cost * (1 - own_share), over=WORKLOAD) / where(base_bought_volume > 0, base_bought_volume, 1)


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def tokens_in_tiers(base_bought_volume, volume_scale, committed_work, base_work):
    """Tokens that fill the tiers first: bought whatever the load, less what committed units take."""
    return base_bought_volume * volume_scale - committed_work * base_bought_volume / where(base_work > 0, base_work, 1)


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def base_moved_volume(base_volume, own_share, billed_factor):
    """Tokens that would be billed for what we serve, at the planned volume."""
    return total(base_volume * own_share * billed_factor, over=WORKLOAD)


@line("USD/MTok", source="definition")
def burst_list_price(base_list_cost, own_share, base_moved_volume):
    """Mean list price of what bursts: the mix of what we serve."""
    return total(base_list_cost * own_share, over=WORKLOAD) / where(base_moved_volume > 0, base_moved_volume, 1)


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def burst_tokens(spill, base_moved_volume, base_load, minimum_replicas):
    """Tokens billed for the burst."""
    return spill * base_moved_volume / where(base_load > 0, base_load, minimum_replicas)


@line("USD/month", source="method/hosted-bill.md: graduated and slab tiers")
def tiered_bought(
    bought_by_token, tokens_in_tiers, burst_tokens, bought_list_price, tier_from_mtok, tier_price_step, tiers_are_slabs
):
    """What is bought whatever the load, after tiers: graduated tiers reprice what lies above each edge, slabs all."""
    return total(
        where(
            tiers_are_slabs > 0,
            bought_by_token * where(tokens_in_tiers + burst_tokens > tier_from_mtok, tier_price_step, 0),
            maximum(bought_by_token - tier_from_mtok * bought_list_price, 0) * tier_price_step,
        ),
        over=STEP,
    )


@line("USD/month", source="method/hosted-bill.md: graduated and slab tiers")
def tiered_burst(
    spill_cost, tokens_in_tiers, burst_tokens, burst_list_price, tier_from_mtok, tier_price_step, tiers_are_slabs
):
    """The burst after tiers: it fills them from where the rest has come to."""
    return total(
        where(
            tiers_are_slabs > 0,
            spill_cost * where(tokens_in_tiers + burst_tokens > tier_from_mtok, tier_price_step, 0),
            maximum(spill_cost - maximum(tier_from_mtok - tokens_in_tiers, 0) * burst_list_price, 0) * tier_price_step,
        ),
        over=STEP,
    )


@line("USD/month", source="definition")
def tiered_spend(tiered_bought, tiered_burst):
    """Pay-as-you-go after volume tiers."""
    return tiered_bought + tiered_burst
