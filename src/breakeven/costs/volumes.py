"""How many tokens, of which workload, in which month, and who serves them."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import OPTION, WORKLOAD, total, where


@line("1", source="method/demand.md: hosted cost, months counted from 0", exact=False)
def growth_factor(growth_per_month, months_elapsed):
    """Growth of the demand since the first month."""
    return (1 + growth_per_month) ** months_elapsed


@line("1", source="method/demand.md: what is stated stays")
def tokens_for_the_bill(
    bill_weight_of_input, input_share_of_list_price, bill_weight_of_output, output_share_of_list_price, is_baseline
):
    """Tokens that a stated bill buys with the cache and batches there are, over those it was read as; 1 without one."""
    return 1 / where(
        bill_weight_of_input + bill_weight_of_output > 0,
        total(
            (bill_weight_of_input * input_share_of_list_price + bill_weight_of_output * output_share_of_list_price)
            * is_baseline,
            over=OPTION,
        ),
        1,
    )


@line("1", source="method/demand.md: what is stated stays")
def our_tokens_per_stated(counted_by_provider, tokens_for_the_bill, retry_factor, tokenizer_ratio):
    """Tokens by our tokenizer for one that is stated: what a provider has counted holds its retries and its count."""
    return where(
        counted_by_provider > 0,
        tokens_for_the_bill / (retry_factor * tokenizer_ratio),
        1,
    )


@line("MTok/month", source="definition")
def base_input_volume(input_mtok_per_month, our_tokens_per_stated, growth_factor):
    """Input tokens of each workload at the planned volume, cached ones included, by our tokenizer."""
    return input_mtok_per_month * our_tokens_per_stated * growth_factor


@line("MTok/month", source="definition")
def base_output_volume(output_mtok_per_month, our_tokens_per_stated, growth_factor):
    """Output tokens of each workload at the planned volume, reasoning included, by our tokenizer."""
    return output_mtok_per_month * our_tokens_per_stated * growth_factor


@line("MTok/month", source="definition")
def base_volume(base_input_volume, base_output_volume):
    """All tokens of each workload at the planned volume, by our tokenizer."""
    return base_input_volume + base_output_volume


@line("MTok/month", source="definition")
def volume(input_mtok_per_month, output_mtok_per_month, tokens_for_the_bill, growth_factor, volume_scale):
    """All tokens of all workloads as the log, the bill or the case counts them; `volume_scale` 1 is the plan."""
    return (
        total((input_mtok_per_month + output_mtok_per_month) * tokens_for_the_bill * growth_factor, over=WORKLOAD)
        * volume_scale
    )


@line("1", source="method/demand.md: fallback kept warm")
def own_share(moved, canary_share):
    """Share of each workload that we serve ourselves; the canary stays on the API."""
    return moved * (1 - canary_share)
