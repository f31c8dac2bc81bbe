"""The quick model, one line a number. `gpus` is a line only while it is not given: a given fleet is fixed."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import whole_up


@line("USD/month", source="docs/method/quick.md")
def hosted_cost(tokens, hosted_price):
    """Every token bought at one blended price."""
    return tokens * hosted_price


@line("GPU", source="docs/method/quick.md")
def gpus(tokens, gpu_capacity):
    """Whole GPUs that the volume needs, when the fleet follows it."""
    return whole_up(tokens / gpu_capacity)


@line("USD/month", source="docs/method/quick.md")
def self_hosted_cost(gpus, gpu_monthly, eng_monthly):
    """GPUs, busy or idle, and the engineering amortised to a month."""
    return gpus * gpu_monthly + eng_monthly


@line("USD/month", source="docs/method/quick.md")
def saving(hosted_cost, self_hosted_cost):
    """What self-hosting saves a month; negative when buying is cheaper."""
    return hosted_cost - self_hosted_cost


@line("1", source="docs/method/quick.md")
def utilization(tokens, gpus, gpu_capacity):
    """Share of the fleet's capacity that the volume uses: a result, never an input."""
    return tokens / (gpus * gpu_capacity)


@line("token/s", source="docs/method/quick.md")
def tokens_per_second(tokens, tokens_per_mtok, seconds_per_month):
    """What the fleet must sustain on average, at every hour of the month."""
    return tokens * tokens_per_mtok / seconds_per_month


@line("token/s/GPU", source="docs/method/quick.md")
def tokens_per_second_per_gpu(tokens_per_second, gpus):
    """What each GPU must sustain on average."""
    return tokens_per_second / gpus
