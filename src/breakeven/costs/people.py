"""The people: who runs it, who answers at night, what else they would have done."""

from breakeven.numbers.lines import line


@line("1", source="method/self-hosting-costs.md: nominal throughout", exact=False)
def pay_factor(pay_escalation_per_year, years_elapsed):
    """Pay relative to the first month."""
    return (1 + pay_escalation_per_year) ** years_elapsed


@line("USD/FTE/month", source="method/self-hosting-costs.md: people, loaded cost")
def engineer_cost_per_month(engineer_cost_per_year, months_per_year):
    """Loaded cost of one engineer for a month, at today's pay."""
    return engineer_cost_per_year / months_per_year


@line("USD/month", source="method/self-hosting-costs.md: people, running")
def run_engineering(run_fte, engineer_cost_per_month, pay_factor, self_hosts):
    """Engineers who run the self-hosted service."""
    return run_fte * engineer_cost_per_month * pay_factor * self_hosts


@line("USD/month", source="method/self-hosting-costs.md: hosted has people too")
def hosted_engineering(hosted_fte, engineer_cost_per_month, pay_factor):
    """Engineers for gateway, evaluation and vendor management; needed on both sides."""
    return hosted_fte * engineer_cost_per_month * pay_factor


@line("USD/month", source="method/self-hosting-costs.md: on-call")
def on_call_stipends(oncall_slots, oncall_share, oncall_stipend_per_week, weeks_per_month, pay_factor, self_hosts):
    """Stipends of those on call."""
    return oncall_slots * oncall_share * oncall_stipend_per_week * weeks_per_month * pay_factor * self_hosts


@line("USD/month", source="method/self-hosting-costs.md: on-call, hours per incident")
def on_call_incidents(
    incidents_per_month,
    hours_per_incident,
    engineer_cost_per_year,
    work_hours_per_year,
    pay_factor,
    self_hosts,
):
    """Engineers' hours spent on incidents."""
    return (
        incidents_per_month
        * hours_per_incident
        * engineer_cost_per_year
        / work_hours_per_year
        * pay_factor
        * self_hosts
    )


@line("USD/month", source="method/self-hosting-costs.md: night cover by routing back")
def night_route_back(
    night_incidents_per_month, night_hours, hours_per_month, own_load, list_cost_per_busy_replica, self_hosts
):
    """Tokens bought from the API while a night incident waits for the morning."""
    return (
        night_incidents_per_month * night_hours / hours_per_month * own_load * list_cost_per_busy_replica * self_hosts
    )


@line("USD/month", source="method/self-hosting-costs.md: opportunity cost of engineers, its own line")
def opportunity_cost(opportunity_multiple, run_engineering, on_call_incidents, refresh_people):
    """What the same engineers would have earned the company elsewhere, beyond their cost."""
    return (opportunity_multiple - 1) * (run_engineering + on_call_incidents + refresh_people)
