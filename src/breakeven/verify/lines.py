"""The models of the published cases, as they stand in their sources. Ours are in `costs`."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import whole_up

PAN = "arXiv 2509.18101v3"
NVIDIA = "NVIDIA, LLM inference benchmarking: cost"
INDUWARA = "induwara.lk, self-hosting calculator"
RANDOM = "randomcalculators.com, on-premises against cloud"
ECON = "github.com/morgandt-reed/llm-inference-economics"


@line("USD", source=f"{PAN}; {RANDOM}")
def hardware_cost(gpus, gpu_price, overhead_share):
    """The GPUs, and what is bought around them."""
    return gpus * gpu_price * (1 + overhead_share)


@line("MTok/month", source=f"{PAN}; {INDUWARA}")
def tokens_per_month(tokens_per_second, hours_per_month, token_share, seconds_per_hour, tokens_per_mtok):
    """Tokens of a month at a speed held for so many hours."""
    return tokens_per_second * seconds_per_hour * hours_per_month * token_share / tokens_per_mtok


@line("USD/month", source=f"{PAN}; {RANDOM}")
def electricity(
    gpus,
    gpu_watts,
    power_usage_effectiveness,
    hours_per_month,
    electricity_price_per_kwh,
    electricity_share,
    watts_per_kilowatt,
):
    """Power of the GPUs and of their cooling."""
    return (
        gpus
        * gpu_watts
        / watts_per_kilowatt
        * power_usage_effectiveness
        * hours_per_month
        * electricity_price_per_kwh
        * electricity_share
    )


@line("USD/month", source=PAN)
def api_cost(tokens_per_month, api_input_price, api_output_price):
    """The same tokens bought, one third input and two thirds output."""
    return tokens_per_month * (api_input_price + 2 * api_output_price) / 3


@line("USD/month", source=PAN)
def net_saving(api_cost, electricity):
    """What the bought hardware saves a month, with nothing but electricity against it."""
    return api_cost - electricity


@line("month", source=PAN)
def months_to_break_even(hardware_cost, net_saving):
    """Months until the hardware has paid for itself."""
    return hardware_cost / net_saving


@line("1", source="definition")
def engineer_share_that_erases_it(net_saving, engineer_monthly):
    """The share of one engineer that costs as much as is saved."""
    return net_saving / engineer_monthly


@line("USD/year", source=NVIDIA)
def licences(licence_price, licences_per_server):
    """Software licences of a server."""
    return licence_price * licences_per_server


@line("USD/year", source=NVIDIA)
def server_year_cost(server_price, depreciation_years, licences, hosting):
    """A server: depreciation, licences, hosting."""
    return server_price / depreciation_years + licences + hosting


@line("USD/month", source=INDUWARA)
def mix_cost(input_volume, output_volume, api_input_price, api_output_price):
    """Input and output tokens at their list prices."""
    return input_volume * api_input_price + output_volume * api_output_price


@line("USD/month", source=INDUWARA)
def rented_cost(gpu_price_per_hour, hours_per_month, overhead_share):
    """A rented GPU all month, and a share on top."""
    return gpu_price_per_hour * hours_per_month * (1 + overhead_share)


@line("MTok/month", source=INDUWARA)
def break_even_volume(rented_cost, mix_cost, input_volume, output_volume):
    """The volume at which the API bill of this mix is as high as the rent."""
    return rented_cost * (input_volume + output_volume) / mix_cost


@line("USD/month", source=RANDOM)
def amortization(hardware_cost, amortization_years, months_per_year):
    """The hardware, spread over its life."""
    return hardware_cost / (amortization_years * months_per_year)


@line("USD/month", source=RANDOM)
def on_premises_cost(amortization, electricity, data_centre):
    """A month on one's own hardware."""
    return amortization + electricity + data_centre


@line("USD/month", source=RANDOM)
def cloud_cost(gpus, hours_per_month, cloud_price_per_gpu_hour):
    """The same GPU hours rented."""
    return gpus * hours_per_month * cloud_price_per_gpu_hour


@line("USD/month", source=RANDOM)
def on_premises_excess(on_premises_cost, cloud_cost):
    """What a month on one's own hardware costs more than renting."""
    return on_premises_cost - cloud_cost


@line("month", source=RANDOM)
def break_even_counting_twice(hardware_cost, cloud_cost, on_premises_cost):
    """Its break-even: the hardware over a saving from which the same hardware was already taken."""
    return hardware_cost / (cloud_cost - on_premises_cost)


@line("month", source="definition")
def payback(hardware_cost, cloud_cost, electricity, data_centre):
    """The hardware over what is really paid less each month."""
    return hardware_cost / (cloud_cost - electricity - data_centre)


@line("USD/month", source=ECON)
def api_cost_per_person(
    input_volume, cached_volume, output_volume, api_input_price, api_cached_price, api_output_price
):
    """What one developer's tokens cost bought: fresh input, cached input, output."""
    return input_volume * api_input_price + cached_volume * api_cached_price + output_volume * api_output_price


@line("USD/month", source=ECON)
def platform_cost(nodes, on_premises_cost, engineers, engineer_monthly):
    """Nodes, a spare one among them, and the team."""
    return nodes * on_premises_cost + engineers * engineer_monthly


@line("USD/month", source=ECON)
def own_cost_per_person(platform_cost, persons):
    """The same for each developer."""
    return platform_cost / persons


@line("1", source="definition")
def persons_at_equal_cost(platform_cost, api_cost_per_person):
    """Developers at which so many nodes cost what their tokens would, bought."""
    return platform_cost / api_cost_per_person


@line("1", source="definition")
def fewest_persons(persons_at_equal_cost):
    """The fewest developers at which so many nodes are not dearer."""
    return whole_up(persons_at_equal_cost)
