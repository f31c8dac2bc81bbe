"""Side by side: what each option costs a month, what it saves against buying, over the horizon."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import MONTH, OPTION, cumulative, total


@line("USD/month", source="definition")
def hardware_upkeep(power, colocation, maintenance, licences, host_and_storage, egress):
    """What the hardware needs besides itself."""
    return power + colocation + maintenance + licences + host_and_storage + egress


@line("USD/month", source="definition")
def people(run_engineering, on_call_stipends, on_call_incidents, night_route_back):
    """Those who run it, by day and by night."""
    return run_engineering + on_call_stipends + on_call_incidents + night_route_back


@line("USD/month", source="definition")
def assurance(
    observability, refresh_people, refresh_compute, refresh_shadow, security_and_compliance, fallback_commitment
):
    """What keeps the service observed, current, compliant and reversible."""
    return (
        observability
        + refresh_people
        + refresh_compute
        + refresh_shadow
        + security_and_compliance
        + fallback_commitment
    )


@line("USD/month", source="definition")
def own_cost(compute, hardware_upkeep, people, assurance, opportunity_cost):
    """All that self-hosting itself costs a month."""
    return compute + hardware_upkeep + people + assurance + opportunity_cost


@line("USD/month", source="definition")
def monthly_cost(api_bill, elsewhere_bill, hosted_engineering, own_cost, outage_cost):
    """Everything a month costs under this option."""
    return api_bill + elsewhere_bill + hosted_engineering + own_cost + outage_cost


@line("USD/month", source="definition")
def baseline_cost(monthly_cost, is_baseline):
    """The same month under the option that all others are held against: the cheapest way to keep today's model."""
    return total(monthly_cost * is_baseline, over=OPTION)


@line("USD/month", source="method/horizon.md: saving of a month")
def saving(baseline_cost, monthly_cost, live):
    """What this option saves in the month; zero before the cut-over, negative when buying is cheaper."""
    return (baseline_cost - monthly_cost) * live


@line("1", source="method/horizon.md: discounting", exact=False)
def monthly_discount_rate(discount_rate_per_year, periods_per_year):
    """The monthly rate that compounds to the yearly one."""
    return (1 + discount_rate_per_year) ** (1 / periods_per_year) - 1


@line("1", source="method/horizon.md: discounting, end of month", exact=False)
def discount_factor(monthly_discount_rate, months_to_payment):
    """Present value of one dollar paid at the end of the month."""
    return (1 + monthly_discount_rate) ** -months_to_payment


@line("USD", source="method/horizon.md: net present value")
def present_value_of_savings(saving, discount_factor, one_month):
    """Discounted savings over the horizon."""
    return total(saving * discount_factor * one_month, over=MONTH)


@line("USD", source="method/horizon.md: net present value")
def net_present_value(present_value_of_savings, one_time_cost):
    """Discounted savings over the horizon, less what is paid first. The criterion of the verdict."""
    return present_value_of_savings - one_time_cost


@line("USD", source="method/horizon.md: horizon")
def cumulative_saving(saving, one_month, one_time_cost):
    """Savings so far less what was paid first, undiscounted."""
    return cumulative(saving * one_month) - one_time_cost


@line("USD/MTok", source="definition")
def cost_per_mtok(monthly_cost, volume):
    """Everything, per million tokens of demand."""
    return monthly_cost / volume
