"""Paid once, before any saving: build, migration, shadow run, readiness. And what undoing it would cost."""

from breakeven.numbers.lines import line
from breakeven.numbers.operations import MONTH, WORKLOAD, total


@line("FTE*month", source="method/self-hosting-costs.md: what grows with the stakes")
def build_work(build_person_months, least_build_share, platform_size, first_month, self_hosts):
    """Engineers' time to build the platform, for the load of the cut-over."""
    return (
        build_person_months
        * (least_build_share + (1 - least_build_share) * total(platform_size * first_month, over=MONTH))
        * self_hosts
    )


@line("USD", source="method/self-hosting-costs.md: one-time cost")
def build(build_work, engineer_cost_per_month):
    """Engineers' time to build the platform."""
    return build_work * engineer_cost_per_month


@line("USD", source="method/self-hosting-costs.md: one-time cost")
def migration(migration_cost_per_workload, moved):
    """Moving the workloads: prompts, integration, tests."""
    return total(migration_cost_per_workload * moved, over=WORKLOAD)


@line("USD", source="method/self-hosting-costs.md: one-time cost")
def evaluation_set(evaluation_set_cost, self_hosts):
    """Building the evaluation set that judges quality."""
    return evaluation_set_cost * self_hosts


@line("USD", source="method/self-hosting-costs.md: one-time cost")
def procurement(procurement_cost, self_hosts):
    """Procurement, contracts, legal."""
    return procurement_cost * self_hosts


@line("USD", source="method/self-hosting-costs.md: readiness gaps feed the one-time cost")
def readiness_work(readiness_person_months, engineer_cost_per_month, self_hosts):
    """Closing the readiness gaps first."""
    return readiness_person_months * engineer_cost_per_month * self_hosts


@line("USD", source="method/self-hosting-costs.md: opportunity cost of engineers, its own line")
def build_opportunity_cost(opportunity_multiple, build, readiness_work):
    """What the engineers who build it would have earned the company elsewhere, beyond their cost."""
    return (opportunity_multiple - 1) * (build + readiness_work)


@line("USD", source="method/self-hosting-costs.md: shadow double-run")
def shadow_run(own_cost, first_month, shadow_days, days_per_month, shadow_share, self_hosts):
    """Running both sides during the shadow run."""
    return total(own_cost * first_month, over=MONTH) * shadow_days / days_per_month * shadow_share * self_hosts


@line("USD", source="definition")
def one_time_cost(build, migration, evaluation_set, procurement, readiness_work, shadow_run, build_opportunity_cost):
    """All that is paid before the first saving."""
    return build + migration + evaluation_set + procurement + readiness_work + shadow_run + build_opportunity_cost


@line("USD", source="method/self-hosting-costs.md: exit cost, contingent")
def exit_cost(termination_fee, reintegration_person_months, engineer_cost_per_month, self_hosts):
    """What undoing it would cost; not part of any total."""
    return (termination_fee + reintegration_person_months * engineer_cost_per_month) * self_hosts
