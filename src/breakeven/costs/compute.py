"""Owning or renting the GPUs: rent, serverless, capital, power, space, upkeep, host."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import WORKLOAD, maximum, minimum, total, where


@line("USD/GPU/hour", source="method/self-hosting-costs.md: rented compute, purchase mix")
def rent_rate(
    gpu_price_per_hour,
    reserved_share,
    reserved_discount,
    spot_share,
    spot_net_saving,
    gpu_price_factor,
    reserved_price_factor,
):
    """Mean rent of one GPU hour over the mix of on-demand, reserved and spot; reserved rent holds for its term."""
    return gpu_price_per_hour * (
        (1 - reserved_share - spot_share * spot_net_saving) * gpu_price_factor
        + reserved_share * (1 - reserved_discount) * reserved_price_factor
    )


@line("USD/month", source="method/self-hosting-costs.md: rented compute")
def gpu_rent(gpus_billed, rent_rate, hours_per_month):
    """Rent of the GPUs, busy or idle."""
    return gpus_billed * rent_rate * hours_per_month


@line("USD/month", source="method/self-hosting-costs.md: instance hours of a fleet that follows the load")
def serverless_cost(load, usable_share, gpus_per_replica, serverless_price_per_hour, hours_per_month, gpu_price_factor):
    """GPU hours billed by the second, only while busy."""
    return load / usable_share * gpus_per_replica * serverless_price_per_hour * hours_per_month * gpu_price_factor


@line("USD/GPU/month", source="method/self-hosting-costs.md: owned compute, capital charge", exact=False)
def capital_charge_per_gpu(gpu_purchase_price, residual_share, monthly_discount_rate, life_months, one_month):
    """Level monthly charge that pays price less residual value with interest over the economic life."""
    return (
        gpu_purchase_price
        * where(
            monthly_discount_rate == 0,
            (1 - residual_share) / life_months,
            (1 - residual_share * (1 + monthly_discount_rate) ** -life_months)
            * monthly_discount_rate
            / where(monthly_discount_rate == 0, 1, 1 - (1 + monthly_discount_rate) ** -life_months),
        )
        / one_month
    )


@line("GPU", source="definition")
def gpus_bought(gpus_billed, gpus_already_owned):
    """GPUs to buy beyond those that stand in the rack already."""
    return maximum(gpus_billed - gpus_already_owned, 0)


@line("USD/month", source="method/self-hosting-costs.md: owned compute")
def capital_charge(gpus_bought, capital_charge_per_gpu):
    """Price, residual value and cost of capital of the GPUs we buy, server included."""
    return gpus_bought * capital_charge_per_gpu


@line("USD/month", source="method/self-hosting-costs.md: sunk hardware has the value of its next best use")
def owned_idle_value(gpus_billed, gpus_already_owned, idle_value_per_gpu_month):
    """What the GPUs that we own already would earn elsewhere."""
    return minimum(gpus_billed, gpus_already_owned) * idle_value_per_gpu_month


@line("node", source="definition")
def busy_nodes(own_load, gpus_per_replica, gpus_per_node):
    """Mean number of servers at full load."""
    return own_load * gpus_per_replica / gpus_per_node


@line("1", source="method/self-hosting-costs.md: nominal throughout", exact=False)
def power_price_factor(power_escalation_per_year, years_elapsed):
    """Price of electricity relative to the first month."""
    return (1 + power_escalation_per_year) ** years_elapsed


@line("USD/month", source="method/self-hosting-costs.md: owned compute, power")
def power(
    nodes,
    busy_nodes,
    node_idle_kw,
    node_busy_kw,
    hours_per_month,
    pue,
    electricity_price_per_kwh,
    power_price_factor,
):
    """Electricity of the servers, idle and busy, with cooling."""
    return (
        (nodes * node_idle_kw + busy_nodes * (node_busy_kw - node_idle_kw))
        * hours_per_month
        * pue
        * electricity_price_per_kwh
        * power_price_factor
    )


@line("USD/month", source="method/self-hosting-costs.md: owned compute, colocation")
def colocation(nodes, colocation_kw_per_node, colocation_price_per_kw_month):
    """Space and contracted power."""
    return nodes * colocation_kw_per_node * colocation_price_per_kw_month


@line("USD/month", source="method/self-hosting-costs.md: owned compute, maintenance")
def maintenance(gpus_billed, gpu_purchase_price, maintenance_share_per_year, months_per_year):
    """Hardware maintenance contract."""
    return gpus_billed * gpu_purchase_price * maintenance_share_per_year / months_per_year


@line("USD/month", source="method/self-hosting-costs.md: software licence per GPU")
def licences(gpus, licence_per_gpu_year, self_hosts, months_per_year):
    """Software licences counted by GPU."""
    return gpus * licence_per_gpu_year * self_hosts / months_per_year


@line("USD/month", source="method/self-hosting-costs.md: storage, network, egress")
def host_and_storage(nodes, host_price_per_node_month, storage_gb, storage_price_per_gb_month, self_hosts):
    """CPU hosts, load balancers and storage of weights and logs."""
    return (nodes * host_price_per_node_month + storage_gb * storage_price_per_gb_month) * self_hosts


@line("USD/month/replica", source="method/self-hosting-costs.md: streaming egress")
def egress_per_busy_replica(
    base_output_volume, own_share, egress_gb_per_mtok, egress_price_per_gb, base_load, minimum_replicas
):
    """Network traffic of the answers that one busy replica streams."""
    return (
        total(base_output_volume * own_share, over=WORKLOAD)
        * egress_gb_per_mtok
        * egress_price_per_gb
        / where(base_load > 0, base_load, minimum_replicas)
    )


@line("USD/month", source="method/self-hosting-costs.md: streaming egress")
def egress(own_load, egress_per_busy_replica, self_hosts):
    """Network traffic of the answers that we stream ourselves."""
    return own_load * egress_per_busy_replica * self_hosts


@line("USD/month", source="definition")
def compute(gpu_rent, serverless_cost, capital_charge, owned_idle_value):
    """The GPUs themselves, however they are paid for."""
    return gpu_rent + serverless_cost + capital_charge + owned_idle_value


@line("USD/month", source="method/self-hosting-costs.md: idle for the peak, shown as of which")
def idle_for_peak(compute, replicas, spare_replicas, own_load, minimum_replicas, holds_fleet):
    """Part of the GPU cost that waits for peaks."""
    return (
        compute
        * (maximum(replicas - spare_replicas, 0) - own_load)
        / where(replicas > 0, replicas, minimum_replicas)
        * holds_fleet
    )


@line("USD/month", source="method/self-hosting-costs.md: redundancy, shown as of which")
def redundancy(compute, replicas, spare_replicas, minimum_replicas):
    """Part of the GPU cost that waits for failures."""
    return compute * minimum(spare_replicas, replicas) / where(replicas > 0, replicas, minimum_replicas)
