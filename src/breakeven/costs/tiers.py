"""Volume tiers: edges in tokens of all workloads together, crossed by the tokens that are really bought by the token.

What is bought whatever the load fills the tiers first, all its workloads alike; the interactive burst comes on top of
it, then the batch work that found no free hour. Slabs look at the sum. So every step is straight in the volume, and
break-evens stay exact.
"""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import STEP, WORKLOAD, maximum, total, where


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def base_bought_volume(base_volume, own_share, billed_factor):
    """Billed tokens of what is bought whatever the load, at the planned volume."""
    return total(base_volume * (1 - own_share) * billed_factor, over=WORKLOAD)


@line("USD/MTok", source="definition")
def bought_list_price(base_list_cost, own_share, base_bought_volume, base_volume):
    """Mean list price of what is bought whatever the load; turns the tokens of an edge into money."""
    return total(base_list_cost * (1 - own_share), over=WORKLOAD) / where(
        base_bought_volume > 0, base_bought_volume, total(base_volume, over=WORKLOAD)
    )


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def tokens_in_tiers(base_bought_volume, volume_scale, committed_work, base_work, base_volume):
    """Tokens that fill the tiers first: bought whatever the load, less what committed units take."""
    return base_bought_volume * volume_scale - committed_work * base_bought_volume / where(
        base_work > 0, base_work, total(base_volume, over=WORKLOAD)
    )


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def base_interactive_tokens(base_volume, own_share, batch_share, billed_factor):
    """Tokens that would be billed for the interactive work that we serve, at the planned volume."""
    return total(base_volume * own_share * (1 - batch_share) * billed_factor, over=WORKLOAD)


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def base_batch_tokens(base_volume, own_share, batch_share, billed_factor):
    """Tokens that would be billed for the batch work that we serve, at the planned volume."""
    return total(base_volume * own_share * batch_share * billed_factor, over=WORKLOAD)


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def interactive_burst_tokens(
    interactive_spill, committed_burst, base_interactive_tokens, base_interactive_load, minimum_replicas
):
    """Tokens billed for the interactive burst, less what committed units take."""
    return (
        (interactive_spill - committed_burst)
        * base_interactive_tokens
        / where(base_interactive_load > 0, base_interactive_load, minimum_replicas)
    )


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def batch_burst_tokens(batch_spill, base_batch_tokens, base_batch_load, minimum_replicas):
    """Tokens billed for batch work that finds no free hour."""
    return batch_spill * base_batch_tokens / where(base_batch_load > 0, base_batch_load, minimum_replicas)


@line("MTok/month", source="method/hosted-bill.md: tiers count billed tokens")
def tier_tokens(tokens_in_tiers, interactive_burst_tokens, batch_burst_tokens):
    """All tokens that are bought by the token."""
    return tokens_in_tiers + interactive_burst_tokens + batch_burst_tokens


@line("USD/MTok", source="definition")
def burst_list_price(base_interactive_list_cost, own_share, base_interactive_tokens, base_volume):
    """Mean list price of the interactive burst: the mix of what we serve."""
    return total(base_interactive_list_cost * own_share, over=WORKLOAD) / where(
        base_interactive_tokens > 0, base_interactive_tokens, total(base_volume, over=WORKLOAD)
    )


@line("USD/MTok", source="definition")
def batch_burst_list_price(base_batch_list_cost, own_share, base_batch_tokens, base_volume):
    """Mean price of the batch work that we serve, if it were bought."""
    return total(base_batch_list_cost * own_share, over=WORKLOAD) / where(
        base_batch_tokens > 0, base_batch_tokens, total(base_volume, over=WORKLOAD)
    )


@line("USD/month", source="method/hosted-bill.md: graduated and slab tiers")
def tiered_bought(bought_by_token, tier_tokens, bought_list_price, tier_from_mtok, tier_price_step, tiers_are_slabs):
    """What is bought whatever the load, after tiers: graduated tiers reprice what lies above each edge, slabs all."""
    return total(
        where(
            tiers_are_slabs > 0,
            bought_by_token * where(tier_tokens > tier_from_mtok, tier_price_step, 0),
            maximum(bought_by_token - tier_from_mtok * bought_list_price, 0) * tier_price_step,
        ),
        over=STEP,
    )


@line("USD/month", source="method/hosted-bill.md: graduated and slab tiers")
def tiered_burst(
    burst_by_token, tokens_in_tiers, tier_tokens, burst_list_price, tier_from_mtok, tier_price_step, tiers_are_slabs
):
    """The interactive burst after tiers: it fills them from where the rest has come to."""
    return total(
        where(
            tiers_are_slabs > 0,
            burst_by_token * where(tier_tokens > tier_from_mtok, tier_price_step, 0),
            maximum(burst_by_token - maximum(tier_from_mtok - tokens_in_tiers, 0) * burst_list_price, 0)
            * tier_price_step,
        ),
        over=STEP,
    )


@line("USD/month", source="method/hosted-bill.md: graduated and slab tiers")
def tiered_batch_burst(
    batch_burst_cost,
    tokens_in_tiers,
    interactive_burst_tokens,
    tier_tokens,
    batch_burst_list_price,
    tier_from_mtok,
    tier_price_step,
    tiers_are_slabs,
):
    """Batch work that finds no free hour, after tiers: it comes last."""
    return total(
        where(
            tiers_are_slabs > 0,
            batch_burst_cost * where(tier_tokens > tier_from_mtok, tier_price_step, 0),
            maximum(
                batch_burst_cost
                - maximum(tier_from_mtok - tokens_in_tiers - interactive_burst_tokens, 0) * batch_burst_list_price,
                0,
            )
            * tier_price_step,
        ),
        over=STEP,
    )


@line("USD/month", source="definition")
def tiered_spend(tiered_bought, tiered_burst, tiered_batch_burst):
    """Pay-as-you-go after volume tiers."""
    return tiered_bought + tiered_burst + tiered_batch_burst
