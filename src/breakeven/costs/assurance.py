"""Keeping it good: observability, model refresh, compliance, outages, the way back kept warm."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import WORKLOAD, maximum, total


@line("USD/month", source="method/self-hosting-costs.md: observability")
def observability(
    nodes,
    observability_per_node_month,
    observability_base_per_month,
    volume,
    own_events_share,
    observability_per_mtok,
    self_hosts,
):
    """Metrics, traces and logs of the serving stack."""
    return (
        nodes * observability_per_node_month
        + observability_base_per_month
        + volume * own_events_share * observability_per_mtok
    ) * self_hosts


@line("refresh/year", source="method/self-hosting-costs.md: model refresh")
def refreshes(refreshes_per_year, least_refresh_share, platform_size, self_hosts):
    """Moves to a newer model a year, in moves of a full platform: a smaller one has less to qualify anew."""
    return refreshes_per_year * (least_refresh_share + (1 - least_refresh_share) * platform_size) * self_hosts


@line("FTE", source="method/self-hosting-costs.md: model refresh")
def refresh_work(refreshes, refresh_person_months, months_per_year):
    """Engineers' work on qualifying newer models and moving to them."""
    return refreshes * refresh_person_months / months_per_year


@line("USD/month", source="method/self-hosting-costs.md: people once")
def refresh_people(refresh_work, team_time, incident_work, engineer_cost_per_month, pay_factor):
    """Work on newer models that the team's pay does not cover: what it has no time for beside incidents."""
    return maximum(refresh_work - maximum(team_time - incident_work, 0), 0) * engineer_cost_per_month * pay_factor


@line("USD/month", source="method/self-hosting-costs.md: model refresh")
def refresh_compute(refreshes, refresh_evaluation_cost, refresh_gpu_hours, refresh_gpu_price_per_hour, months_per_year):
    """Evaluation runs and training hours for newer models."""
    return refreshes * (refresh_evaluation_cost + refresh_gpu_hours * refresh_gpu_price_per_hour) / months_per_year


@line("USD/month", source="method/self-hosting-costs.md: model refresh")
def refresh_shadow(
    compute,
    hardware_upkeep,
    refreshes_per_year,
    refresh_shadow_days,
    refresh_shadow_share,
    self_hosts,
    days_per_month,
    months_per_year,
):
    """GPUs that run a newer model beside the old one before it takes over."""
    return (
        (compute + hardware_upkeep)
        * refreshes_per_year
        * refresh_shadow_days
        / days_per_month
        * refresh_shadow_share
        * self_hosts
        / months_per_year
    )


@line("USD/month", source="method/self-hosting-costs.md: security and compliance, incremental scope only")
def security_and_compliance(
    compliance_cost_per_year, least_compliance_share, platform_size, self_hosts, months_per_year
):
    """Audits, tests and controls that self-hosting adds."""
    return (
        compliance_cost_per_year
        * (least_compliance_share + (1 - least_compliance_share) * platform_size)
        * self_hosts
        / months_per_year
    )


@line("USD/month", source="method/financials.md: service credits and penalties")
def sla_credits(api_bill, elsewhere_bill, expected_credit_share, sla_credits_per_month):
    """Credits that the provider is expected to pay for its outages; another host is taken to promise the same."""
    return (api_bill + elsewhere_bill) * expected_credit_share + sla_credits_per_month


@line("USD/month", source="method/financials.md: service credits and penalties")
def outage_loss(outage_hours_per_month, loss_per_outage_hour):
    """Business lost in the hours that the service is expected to be down."""
    return outage_hours_per_month * loss_per_outage_hour


@line("USD/month", source="method/self-hosting-costs.md: SLA penalties, same formula on both sides")
def outage_cost(outage_loss, sla_penalties_per_month, sla_credits):
    """Expected loss and penalties from outages, less the credits that the provider pays."""
    return outage_loss + sla_penalties_per_month - sla_credits


@line("USD/month", source="method/self-hosting-costs.md: warm fallback commitments")
def fallback_commitment(fallback_commitment_per_month, self_hosts):
    """Quota kept at the API so that the way back stays open."""
    return fallback_commitment_per_month * self_hosts


@line("USD/month", source="method/self-hosting-costs.md: warm fallback, shown as of which")
def warm_fallback(base_list_cost, moved, canary_share, volume_scale):
    """Part of the API bill that keeps the way back warm: the canary."""
    return total(base_list_cost * moved * canary_share, over=WORKLOAD) * volume_scale
