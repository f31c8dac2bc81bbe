"""The people: who runs it, who answers at night, what else they would have done."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import maximum, minimum


@line("1", source="method/self-hosting-costs.md: nominal throughout", exact=False)
def pay_factor(pay_escalation_per_year, years_elapsed):
    """Pay relative to the first month."""
    return (1 + pay_escalation_per_year) ** years_elapsed


@line("USD/FTE/month", source="method/self-hosting-costs.md: people, loaded cost")
def engineer_cost_per_month(engineer_cost_per_year, months_per_year):
    """Loaded cost of one engineer for a month, at today's pay."""
    return engineer_cost_per_year / months_per_year


@line("1", source="method/self-hosting-costs.md: what grows with the stakes")
def platform_size(load, gpus_per_replica, full_platform_gpus):
    """How large the platform must be for the load, whoever serves it: 0 for none, 1 for a full one."""
    return minimum(load * gpus_per_replica / full_platform_gpus, 1)


@line("FTE", source="method/self-hosting-costs.md: people, running")
def team(run_fte, least_run_share, platform_size, self_hosts):
    """Engineers who run the self-hosted service, day by day."""
    return run_fte * (least_run_share + (1 - least_run_share) * platform_size) * self_hosts


@line("USD/month", source="method/self-hosting-costs.md: people, running")
def run_engineering(team, engineer_cost_per_month, pay_factor):
    """Pay of the engineers who run the self-hosted service."""
    return team * engineer_cost_per_month * pay_factor


@line("USD/month", source="method/self-hosting-costs.md: hosted has people too")
def hosted_engineering(hosted_fte, engineer_cost_per_month, pay_factor):
    """Engineers for gateway, evaluation and vendor management; needed on both sides."""
    return hosted_fte * engineer_cost_per_month * pay_factor


@line("USD/month", source="method/self-hosting-costs.md: on-call")
def on_call_stipends(oncall_slots, oncall_share, oncall_stipend_per_week, weeks_per_month, pay_factor, self_hosts):
    """Stipends of those on call."""
    return oncall_slots * oncall_share * oncall_stipend_per_week * weeks_per_month * pay_factor * self_hosts


@line("incident/month", source="method/self-hosting-costs.md: what grows with the stakes")
def incidents(incidents_per_month, least_incident_share, platform_size, self_hosts):
    """Incidents of the self-hosted service, by day and by night."""
    return incidents_per_month * (least_incident_share + (1 - least_incident_share) * platform_size) * self_hosts


@line("FTE", source="method/self-hosting-costs.md: people once")
def night_work(incidents, night_share, nights_on_api_share, hours_per_incident, months_per_year, work_hours_per_year):
    """Work on incidents outside business hours, paid on top; what waits on the API is work of the day."""
    return (
        incidents * night_share * (1 - nights_on_api_share) * hours_per_incident * months_per_year / work_hours_per_year
    )


@line("FTE", source="method/self-hosting-costs.md: people once")
def incident_work(incidents, hours_per_incident, months_per_year, work_hours_per_year, night_work):
    """Work on incidents in business hours, those of the night that waited on the API included."""
    return incidents * hours_per_incident * months_per_year / work_hours_per_year - night_work


@line("FTE", source="method/self-hosting-costs.md: people once")
def team_time(team, team_time_share):
    """What the team that runs it can give to incidents and to newer models, within its pay."""
    return team * team_time_share


@line("USD/month", source="method/self-hosting-costs.md: people once")
def on_call_incidents(night_work, incident_work, team_time, engineer_cost_per_month, pay_factor):
    """Work on incidents that the team's pay does not cover: by night, and what the team has no time for by day."""
    return (night_work + maximum(incident_work - team_time, 0)) * engineer_cost_per_month * pay_factor


@line("USD/month", source="method/self-hosting-costs.md: night cover by routing back")
def night_route_back(
    incidents_per_month,
    night_share,
    nights_on_api_share,
    night_hours,
    hours_per_month,
    own_load,
    list_cost_per_busy_replica,
    self_hosts,
):
    """Tokens bought from the API while an incident of the night waits for the morning."""
    return (
        incidents_per_month
        * night_share
        * nights_on_api_share
        * night_hours
        / hours_per_month
        * own_load
        * list_cost_per_busy_replica
        * self_hosts
    )


@line("USD/month", source="method/self-hosting-costs.md: opportunity cost of engineers, its own line")
def opportunity_cost(opportunity_multiple, run_engineering, on_call_incidents, refresh_people):
    """What the same engineers would have earned the company elsewhere, beyond their cost."""
    return (opportunity_multiple - 1) * (run_engineering + on_call_incidents + refresh_people)
