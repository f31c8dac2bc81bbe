"""What is known of logs and of load without one."""

from __future__ import annotations

from _generate.tables import table

from breakeven.demand.log.format.formats import GENERIC, Format, formats
from breakeven.demand.shape.profiles import profile, profile_names
from breakeven.shipped import shipped

PARTS = {  # what a format may tell -> the fields that hold it
    "tokens": {"input_tokens", "output_tokens"},
    "cached tokens": {"cached_input_tokens"},
    "models": {"model"},
    "failures": {"status", "failed_requests"},
    "latency": {"latency_ms"},
    "costs": {"cost"},
}


def profiles() -> str:
    """The shipped load profiles."""
    about = shipped("demand/profiles.yaml")["profiles"]
    rows = []
    for name in profile_names():
        one = profile(name)
        request = f"{one.mean_input_tokens:,.0f} in, {one.mean_output_tokens:,.0f} out"
        rows.append((f"`{name}`", f"{one.load_curve.p99_over_mean:g}", request, about[name]["meaning"]))
    return table(("profile", "peak over mean (p99)", "mean request, tokens", "shape"), rows).rstrip()


def columns() -> str:
    """Our name of each column, what it holds, and the names that are understood."""
    rows = []
    for name, one in shipped("demand/formats/generic.yaml")["fields"].items():
        known = ", ".join(f"`{each}`" for each in one["names"])
        rows.append((f"`{name}`", "yes" if one["required"] else "", one["meaning"], known))
    return table(("our name", "required", "what it holds", "names that are understood"), rows).rstrip()


def log_formats() -> str:
    """Every format that is recognised, how it is obtained, what it tells, and what its field names were taken from."""
    rows = [
        (
            f"`{one.name}`",
            one.title,
            one.how,
            _told(one),
            _not_told(one),
            f"{one.evidence}: {one.map['evidence_source']}",
        )
        for one in formats()
        if one.name != GENERIC
    ]
    return table(("format", "what it is", "how to get it", "it tells", "it does not tell", "evidence"), rows).rstrip()


def _evidence(one: Format) -> str:
    return f"{one.evidence}: {one.map['evidence_source']}"


def _told(one: Format) -> str:
    rows = "requests" if not one.bucketed else "sums"
    return ", ".join([rows, *(words for words, fields in PARTS.items() if fields & one.fields.keys())])


def _not_told(one: Format) -> str:
    missing = [words for words, fields in PARTS.items() if not fields & one.fields.keys()]
    missing += ["peaks inside a row"] if one.bucketed else []
    missing += ["how many requests"] if one.bucketed and "requests" not in one.fields else []
    return ", ".join(missing)
