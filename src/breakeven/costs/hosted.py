"""Buying tokens: the bill as it really is, with cache, batch, retries, tiers, commitments and fees.

Rates are USD per million tokens of a workload's input or output; the bill is volume times rate, row by row.
What a self-hosting option still buys (workloads that stay, canary, spill) runs through the same lines.
"""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import WORKLOAD, maximum, total, where


@line("USD/MTok", source="method/hosted-bill.md: hosted cost")
def input_price(
    input_price_per_mtok, price_scale, elsewhere_input_price_per_mtok, bought_elsewhere, hosted_price_factor
):
    """List price of input this month, at today's host or at the one where it is bought instead."""
    return (
        where(bought_elsewhere > 0, elsewhere_input_price_per_mtok, input_price_per_mtok * price_scale)
        * hosted_price_factor
    )


@line("USD/MTok", source="method/hosted-bill.md: hosted cost")
def output_price(
    output_price_per_mtok, price_scale, elsewhere_output_price_per_mtok, bought_elsewhere, hosted_price_factor
):
    """List price of output this month, at today's host or at the one where it is bought instead."""
    return (
        where(bought_elsewhere > 0, elsewhere_output_price_per_mtok, output_price_per_mtok * price_scale)
        * hosted_price_factor
    )


@line("1", source="method/hosted-bill.md: online bill")
def fresh_input_price_share(cached_share, batch_share):
    """Part of the list price of input that is paid for reading it online at full price."""
    return (1 - batch_share) * (1 - cached_share)


@line("1", source="method/hosted-bill.md: online bill")
def cached_input_price_share(cached_share, cache_read_multiplier, batch_share):
    """Part of the list price of input that is paid for reading it online from the provider's cache."""
    return (1 - batch_share) * cached_share * cache_read_multiplier


@line("1", source="method/hosted-bill.md: online bill")
def cache_write_price_share(cache_write_share, cache_write_surcharge, batch_share):
    """Part of the list price of input that is paid for writing it to the cache."""
    return (1 - batch_share) * cache_write_share * cache_write_surcharge


@line("1", source="method/hosted-bill.md: batch bill, stacking by provider")
def batch_input_price_share(batch_share, batch_multiplier, batch_cached_share, batch_cached_multiplier):
    """Part of the list price of input that is paid for what is sent in batches."""
    return batch_share * ((1 - batch_cached_share) * batch_multiplier + batch_cached_share * batch_cached_multiplier)


@line("1", source="definition")
def input_share_of_list_price(
    fresh_input_price_share, cached_input_price_share, cache_write_price_share, batch_input_price_share
):
    """What a token of input really costs over its list price: cache and batches."""
    return fresh_input_price_share + cached_input_price_share + cache_write_price_share + batch_input_price_share


@line("1", source="definition")
def output_share_of_list_price(batch_share, batch_multiplier):
    """What a token of output really costs over its list price: batches."""
    return 1 - batch_share * (1 - batch_multiplier)


@line("USD/MTok", source="method/hosted-bill.md: online bill")
def fresh_input_rate(input_price, fresh_input_price_share):
    """Online input read at full price, per MTok of input."""
    return input_price * fresh_input_price_share


@line("USD/MTok", source="method/hosted-bill.md: online bill")
def cached_input_rate(input_price, cached_input_price_share):
    """Online input read from the provider's cache, per MTok of input."""
    return input_price * cached_input_price_share


@line("USD/MTok", source="method/hosted-bill.md: online bill")
def cache_write_rate(input_price, cache_write_price_share):
    """Surcharge for input written to the cache, per MTok of input."""
    return input_price * cache_write_price_share


@line("USD/MTok", source="method/hosted-bill.md: batch bill, stacking by provider")
def batch_input_rate(input_price, batch_input_price_share):
    """Input sent in batches, per MTok of input."""
    return input_price * batch_input_price_share


@line("USD/MTok", source="method/hosted-bill.md: online bill")
def online_output_rate(output_price, batch_share):
    """Output generated online, per MTok of output."""
    return (1 - batch_share) * output_price


@line("USD/MTok", source="method/hosted-bill.md: batch bill")
def batch_output_rate(output_price, batch_share, batch_multiplier):
    """Output generated in batches, per MTok of output."""
    return batch_share * batch_multiplier * output_price


@line("USD/MTok", source="definition")
def online_input_rate(fresh_input_rate, cached_input_rate, cache_write_rate):
    """Online input, all ways of reading it together, per MTok of input."""
    return fresh_input_rate + cached_input_rate + cache_write_rate


@line("USD/MTok", source="definition")
def list_input_rate(online_input_rate, batch_input_rate):
    """What one MTok of input costs at list price, online and in batches."""
    return online_input_rate + batch_input_rate


@line("USD/MTok", source="definition")
def list_output_rate(online_output_rate, batch_output_rate):
    """What one MTok of output costs at list price."""
    return online_output_rate + batch_output_rate


@line("1", source="method/hosted-bill.md: retries and tokenizer scale the volume before any tier")
def billed_factor(retry_factor, tokenizer_ratio, bought_elsewhere):
    """Billed tokens per token of demand: retries, and today's tokenizer's count; another host counts as we do."""
    return retry_factor * where(bought_elsewhere > 0, 1, tokenizer_ratio)


@line("MTok/month", source="method/hosted-bill.md: retries and tokenizer scale the volume before any tier")
def bought_input_volume(base_input_volume, own_share, billed_factor, volume_scale):
    """Input tokens billed by the provider."""
    return base_input_volume * (1 - own_share) * billed_factor * volume_scale


@line("MTok/month", source="method/hosted-bill.md: retries and tokenizer scale the volume before any tier")
def bought_output_volume(base_output_volume, own_share, billed_factor, volume_scale):
    """Output tokens billed by the provider."""
    return base_output_volume * (1 - own_share) * billed_factor * volume_scale


@line("USD/month", source="method/hosted-bill.md: online bill")
def fresh_input_cost(bought_input_volume, fresh_input_rate):
    """Input read at full price."""
    return total(bought_input_volume * fresh_input_rate, over=WORKLOAD)


@line("USD/month", source="method/hosted-bill.md: online bill")
def cached_input_cost(bought_input_volume, cached_input_rate):
    """Input read from the provider's cache."""
    return total(bought_input_volume * cached_input_rate, over=WORKLOAD)


@line("USD/month", source="method/hosted-bill.md: online bill")
def cache_write_cost(bought_input_volume, cache_write_rate):
    """Surcharge for writing to the provider's cache."""
    return total(bought_input_volume * cache_write_rate, over=WORKLOAD)


@line("USD/month", source="method/hosted-bill.md: batch bill")
def batch_cost(bought_input_volume, batch_input_rate, bought_output_volume, batch_output_rate):
    """Input and output sent in batches."""
    return total(bought_input_volume * batch_input_rate + bought_output_volume * batch_output_rate, over=WORKLOAD)


@line("USD/month", source="method/hosted-bill.md: online bill")
def output_cost(bought_output_volume, online_output_rate):
    """Output generated online."""
    return total(bought_output_volume * online_output_rate, over=WORKLOAD)


@line("USD/month", source="definition")
def base_list_cost(base_input_volume, list_input_rate, base_output_volume, list_output_rate, billed_factor):
    """What each workload would cost at list price if all of it were bought, at the planned volume."""
    return (base_input_volume * list_input_rate + base_output_volume * list_output_rate) * billed_factor


@line("USD/month", source="method/rivals.md: bought elsewhere, at list price")
def elsewhere_bill(base_list_cost, own_share, bought_elsewhere, volume_scale):
    """The bill of another host, at its list price: none of today's contract holds there."""
    return total(base_list_cost * own_share * bought_elsewhere, over=WORKLOAD) * volume_scale


@line("USD/month", source="definition")
def base_interactive_list_cost(
    base_input_volume, online_input_rate, base_output_volume, online_output_rate, billed_factor
):
    """The part of it that is bought online."""
    return (base_input_volume * online_input_rate + base_output_volume * online_output_rate) * billed_factor


@line("USD/month", source="definition")
def base_batch_list_cost(base_input_volume, batch_input_rate, base_output_volume, batch_output_rate, billed_factor):
    """The part of it that is sent in batches."""
    return (base_input_volume * batch_input_rate + base_output_volume * batch_output_rate) * billed_factor


@line("USD/month", source="definition")
def bought_cost(fresh_input_cost, cached_input_cost, cache_write_cost, batch_cost, output_cost):
    """What is bought whatever the load, at list price: all but the burst."""
    return fresh_input_cost + cached_input_cost + cache_write_cost + batch_cost + output_cost


@line("USD/month", source="definition")
def list_spend(bought_cost, spill_cost):
    """All that is bought, at list price."""
    return bought_cost + spill_cost


@line("USD/month", source="definition")
def pay_as_you_go(bought_by_token, burst_by_token, batch_burst_cost):
    """What is billed by the token, at list price."""
    return bought_by_token + burst_by_token + batch_burst_cost


@line("USD/month", source="definition")
def tier_discount(tiered_spend, pay_as_you_go):
    """What the volume tiers take off (negative)."""
    return tiered_spend - pay_as_you_go


@line("USD/month", source="method/hosted-bill.md: negotiated discount")
def negotiated_discount(tiered_spend, hosted_discount):
    """What the contract takes off (negative)."""
    return -(tiered_spend * hosted_discount)


@line("USD/month", source="method/hosted-bill.md: gateway or reseller fee")
def gateway_fee(tiered_spend, negotiated_discount, gateway_fee_share):
    """Fee of a gateway or reseller on what is bought."""
    return (tiered_spend + negotiated_discount) * gateway_fee_share


@line("USD/month", source="definition")
def usage_bill(tiered_spend, negotiated_discount, gateway_fee, committed_cost):
    """The provider's bill before any minimum."""
    return tiered_spend + negotiated_discount + gateway_fee + committed_cost


@line("USD/month", source="method/hosted-bill.md: a commitment is a minimum bill")
def api_bill(usage_bill, minimum_bill):
    """The provider's bill: usage, or the committed minimum if that is more."""
    return maximum(usage_bill, minimum_bill)


@line("USD/month", source="definition")
def minimum_top_up(api_bill, usage_bill):
    """What the committed minimum adds to the usage."""
    return api_bill - usage_bill
