"""What a case says and cannot mean: values that contradict each other, names that nothing has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from breakeven.demand.log.format.columns import field_names
from breakeven.facts.catalog import hosted_hosts
from breakeven.problems import Problem, nearest
from breakeven.study.case.checks.agreements import agreement_problems
from breakeven.study.case.checks.designs import design_problems
from breakeven.study.case.checks.load import dotted, hours_problems, profile_problems, time_problems
from breakeven.study.case.missing import SHORT_VOLUMES, VOLUMES
from breakeven.study.case.places import Document, Keys
from breakeven.study.case.schema import CaseFile, Log, Purchase, Stated, Workload

FACTS_CURRENCY = "USD"
GIVE_VOLUME = "Without usage there is nothing to decide: give a volume above zero."
OF_MODE = {
    "price_per_gpu_hour": ("rented", "serverless", "dedicated"),
    "reserved_share": ("rented",),
    "reserved_discount": ("rented",),
    "spot_share": ("rented",),
    "spot_net_saving": ("rented",),
    "price_per_gpu": ("owned",),
    "gpus_already_owned": ("owned",),
    "idle_value_per_gpu_month": ("owned",),
    "input_price_per_mtok": ("endpoint",),
    "output_price_per_mtok": ("endpoint",),
    "gpus_billed_together": ("rented", "owned", "dedicated"),
    "host": ("endpoint", "dedicated"),
    "operations": ("rented", "owned"),
}


def contradictions(case: CaseFile, document: Document, folder: Path) -> Iterator[Problem]:
    """Everything in a case that contradicts something else."""
    for check in CHECKS:
        yield from check(case, document)
    yield from _log(case, document, folder)


def _currencies(case: CaseFile, document: Document) -> Iterator[Problem]:
    rates = [known_rate.currency for known_rate in case.exchange_rates]
    bill = case.hosted.currency
    if bill and bill not in (case.currency, *rates):
        what = f"hosted.currency: the bill is in {bill} and exchange_rates has no rate for it"
        yield Problem(what, where=document.value("hosted", "currency"), fix=_rate(bill, case))
    if FACTS_CURRENCY not in (case.currency, bill, *rates):
        what = f"currency: the shipped prices are in {FACTS_CURRENCY} and exchange_rates has no rate for it"
        yield Problem(what, where=document.value("currency"), fix=_rate(FACTS_CURRENCY, case))
    for i, exchange_rate in enumerate(case.exchange_rates):
        where = document.value("exchange_rates", i, "currency")
        if exchange_rate.currency == case.currency and exchange_rate.rate != 1:
            what = f"exchange_rates.{i}: {exchange_rate.currency} is the currency of the case; its rate is 1"
            yield Problem(what, where=where, fix="Remove it.")
        if exchange_rate.currency in rates[:i]:
            what = f'exchange_rates.{i}: "{exchange_rate.currency}" is there twice'
            yield Problem(what, where=where, fix="Keep one rate a currency.")


def _rate(currency: str, case: CaseFile) -> str:
    entry = f"{{currency: {currency}, rate: …, date: …}}"
    return f"Add one: exchange_rates: [{entry}], the rate being one {currency} in {case.currency}."


def _months(case: CaseFile, document: Document) -> Iterator[Problem]:
    for keys, month in ((("cutover_month",), case.cutover_month), (("rule", "month"), case.rule.month)):
        if month is not None and month > case.horizon_months:
            what = f"{'.'.join(keys)}: month {month} is after the last, {case.horizon_months}"
            fix = "Choose an earlier month or a longer horizon_months."
            yield Problem(what, where=document.value(*keys), fix=fix)


def _one_volume(case: CaseFile, document: Document) -> Iterator[Problem]:
    given = [name for name in SHORT_VOLUMES if getattr(case, name) is not None]
    if len(given) == 2:
        what = "tokens_per_month: the volume is given twice, the other time as api_spend_per_month"
        yield Problem(what, where=document.key("tokens_per_month"), fix="Keep one of the two.")
    own = [i for i, workload in enumerate(case.workloads) if _volumes_of(workload)]
    for name in given:
        if case.log is not None or own:
            rival = "the log" if case.log is not None else f"workloads.{own[0]}"
            what = f"{name}: the volume is given twice, the other time by {rival}"
            yield Problem(what, where=document.key(name), fix="Keep one of the two.")
        elif getattr(case, name) == 0:
            yield Problem(f"{name}: there is no demand", where=document.value(name), fix=GIVE_VOLUME)


def _workload_volumes(case: CaseFile, document: Document) -> Iterator[Problem]:
    for i, workload in enumerate(case.workloads):
        given = _volumes_of(workload)
        if given and case.log is not None:
            what = f"workloads.{i}.{given[0]}: the volume is given twice, the other time by the log"
            yield Problem(what, where=document.key("workloads", i, given[0]), fix="Keep one of the two.")
        elif "api_spend_per_month" in given and len(given) > 1:
            what = f"workloads.{i}: the volume is given as api_spend_per_month and as {given[1]}"
            yield Problem(what, where=document.key("workloads", i, given[1]), fix="Keep one of the two.")
        elif set(VOLUMES[1:4]) <= set(given):
            what = f"workloads.{i}: input, output and their total are given"
            where = document.key("workloads", i, "tokens_per_month")
            yield Problem(what, where=where, fix="Keep two of the three.")
    if case.workloads and all(_is_zero(member) for member in case.workloads):
        where = document.key("workloads")
        yield Problem("workloads: there is no demand", where=where, fix=GIVE_VOLUME)


def _volumes_of(workload: Workload) -> list[str]:
    return [name for name in VOLUMES if getattr(workload, name) is not None]


def _is_zero(workload: Workload) -> bool:
    given = _volumes_of(workload)
    return bool(given) and not any(getattr(workload, name) for name in given)


def _names(case: CaseFile, document: Document) -> Iterator[Problem]:
    """Workloads and purchases are told apart by name."""
    workloads = [(("workloads", i), workload.name) for i, workload in enumerate(case.workloads)]
    purchases = [
        (("self_hosting", "purchase", i), purchase.name or purchase.mode)
        for i, purchase in enumerate(case.self_hosting.purchase)
    ]
    for named in (workloads, purchases):
        count = Counter[str]()
        for keys, name in named:
            count[name] += 1
            if count[name] == 2:
                what = f'{dotted(keys)}: the name "{name}" is taken'
                where = document.value(*keys, "name")
                yield Problem(what, where=where, fix="Give each a name of its own.")


def _gates(case: CaseFile, document: Document) -> Iterator[Problem]:
    """Names of workloads in gates and evaluations; a log may bring workloads that the case does not list."""
    known = _raw_names(document)
    asked = [("gates", i, gate.workload) for i, gate in enumerate(case.gates)]
    asked += [("evaluations", i, each.workload) for i, each in enumerate(case.evaluations)]
    for kind, i, name in asked:
        if name is not None and name not in known and case.log is None:
            what = f'{kind}.{i}.workload: there is no workload "{name}". {nearest(name, known)}'
            yield Problem(what.strip(), where=document.value(kind, i, "workload"))


def _hosts(case: CaseFile, document: Document) -> Iterator[Problem]:
    """Hosts in the lists and in gates; one may be allowed or refused, not both."""
    known = {*hosted_hosts(), *(purchase.host.lower() for purchase in case.self_hosting.purchase if purchase.host)}
    known |= {model.partition("/")[0].lower() for model in _hosted_models(case)}
    named: list[tuple[Keys, str]] = [
        *((("hosts", "allow", i), host) for i, host in enumerate(case.hosts.allow)),
        *((("hosts", "refuse", i), host) for i, host in enumerate(case.hosts.refuse) if host != "*"),
        *((("gates", i, "host"), gate.host) for i, gate in enumerate(case.gates) if gate.host),
    ]
    for keys, host in named:
        if host.lower() not in known:
            what = f'{dotted(keys)}: no host "{host}" is known. {nearest(host, known)}'
            fix = "`breakeven facts prices` lists the hosts; one of your own is named as host of a purchase."
            yield Problem(what.strip(), where=document.value(*keys), fix=fix)
    allowed = {host.lower() for host in case.hosts.allow}
    for i, known_host in enumerate(case.hosts.refuse):
        if known_host.lower() in allowed:
            what = f'hosts.refuse.{i}: "{known_host}" is allowed as well'
            yield Problem(what, where=document.value("hosts", "refuse", i), fix="Keep it in one of the two lists.")


def _hosted_models(case: CaseFile) -> Iterator[str]:
    yield from (each for each in (case.hosted_model, *(one.hosted_model for one in case.workloads)) if each)


def _raw_names(document: Document) -> list[str]:
    """Names of workloads as written: one with a mistake in it still has its name."""
    found = document.data.get("workloads")
    items = found if isinstance(found, list) else []
    return [str(each["name"]) for each in items if isinstance(each, dict) and "name" in each]


def _tiers(case: CaseFile, document: Document) -> Iterator[Problem]:
    edges = [each.from_tokens_per_month for each in case.hosted.tiers]
    for i, (lower, upper) in enumerate(pairwise(edges), start=1):
        if upper <= lower:
            what = f"hosted.tiers.{i}: begins at {upper:g}, not above the tier before it, {lower:g}"
            where = document.value("hosted", "tiers", i, "from_tokens_per_month")
            yield Problem(what, where=where, fix="List the tiers by rising volume.")


def _purchases(case: CaseFile, document: Document) -> Iterator[Problem]:
    for i, each in enumerate(case.self_hosting.purchase):
        keys: Keys = ("self_hosting", "purchase", i)
        for name in sorted(each.model_fields_set & OF_MODE.keys()):
            if each.mode not in OF_MODE[name]:
                what = f'{dotted(keys)}: "{name}" means nothing when the mode is {each.mode}'
                fix = f"It is for {' and '.join(OF_MODE[name])}. Remove it or change the mode."
                yield Problem(what, where=document.key(*keys, name), fix=fix)
        yield from _shares(keys, each, document)


def _shares(keys: Keys, purchase: Purchase, document: Document) -> Iterator[Problem]:
    if (together := purchase.reserved_share + purchase.spot_share) > 1:
        what = f"{dotted(keys)}: reserved_share and spot_share together are {together:g}, above 1"
        yield Problem(what, where=document.value(*keys, "spot_share"))


def _replica_speeds(case: CaseFile, document: Document) -> Iterator[Problem]:
    speeds: list[tuple[Keys, float | Stated | None]] = [
        (("self_hosting", "tokens_per_second"), case.self_hosting.tokens_per_second),
        *(
            (("workloads", i, "tokens_per_second"), workload.tokens_per_second)
            for i, workload in enumerate(case.workloads)
        ),
    ]
    for keys, speed in speeds:
        for name in ("low", "likely", "high"):
            value = getattr(speed, name, None)
            if isinstance(value, float) and value <= 0:
                what = f"{dotted(keys)}.{name}: must be above 0: {value:g}"
                yield Problem(what, where=document.value(*keys, name))


def _log(case: CaseFile, document: Document, folder: Path) -> Iterator[Problem]:
    if case.log is None:
        return
    path, keys = (case.log.path, ("log", "path")) if isinstance(case.log, Log) else (case.log, ("log",))
    if not _is_there(folder, path):
        dotted = ".".join(keys)
        fix = "The path is relative to the folder of the case."
        looked = (folder / path).absolute()
        yield Problem(f'{dotted}: there is no file "{path}": looked for {looked}', where=document.value(*keys), fix=fix)
    columns = case.log.columns if isinstance(case.log, Log) else {}
    if isinstance(columns, str):
        if not _is_there(folder, columns):
            what = f'log.columns: there is no file "{columns}": looked for {(folder / columns).absolute()}'
            fix = "`breakeven demand LOG --map FILE.yaml` drafts it; the path is relative to the folder of the case."
            yield Problem(what, where=document.value("log", "columns"), fix=fix)
        return
    for name in columns:
        if name not in field_names():
            what = f'log.columns: "{name}" is not a field of a log. {nearest(name, field_names())}'
            fix = f"Write our name first, then yours. The fields are {', '.join(field_names())}."
            yield Problem(what.strip(), where=document.key("log", "columns", name), fix=fix)


def _is_there(folder: Path, path: str) -> bool:
    try:
        if any(sign in path for sign in "*?["):
            relative = Path(path).relative_to("/") if Path(path).is_absolute() else Path(path)
            root = Path("/") if Path(path).is_absolute() else folder
            return any(root.glob(str(relative)))
        return (folder / path).exists()
    except (OSError, ValueError, NotImplementedError, IndexError):  # what no file system can name
        return False


CHECKS: tuple[Callable[[CaseFile, Document], Iterator[Problem]], ...] = (
    time_problems,
    _currencies,
    _months,
    _one_volume,
    _workload_volumes,
    _names,
    _gates,
    _hosts,
    _tiers,
    _purchases,
    _replica_speeds,
    profile_problems,
    hours_problems,
    design_problems,
    agreement_problems,
)
