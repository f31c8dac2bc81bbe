"""The price of a hosted model on a day: from our own table, from genai-prices, or the newer of the two."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace

from breakeven.facts import genai
from breakeven.facts.age import first_day
from breakeven.facts.records import HostedPrice
from breakeven.problems import Problem, nearest

DISAGREE_ABOVE = 0.01  # relative difference of two sources that is worth saying
Own = tuple[HostedPrice, ...]


def hosts(own: Own) -> tuple[str, ...]:
    """Every host with a price, sorted."""
    return tuple(sorted({each.host for each in own} | set(genai.hosts())))


def models(own: Own, host: str) -> tuple[str, ...]:
    """Every model of one host as "host/model", sorted."""
    ours = {each.model for each in own if each.host == host.lower()}
    return tuple(sorted(f"{host.lower()}/{each}" for each in ours | set(genai.model_ids(host))))


def price(name: str, own: Own, on: datetime.date) -> HostedPrice:
    """The price of "host/model" on a day. Of two sources the newer is used and a difference said."""
    host, _, model = name.partition("/")
    if not model or host.lower() not in hosts(own):
        raise _unknown_host(name, own)
    ours, theirs = _newest(own, host, model, on), genai.price(host, model, on)
    if ours and theirs:
        newest = _newer(ours, theirs)
    elif (only := ours or theirs) is not None:
        newest = only
    else:
        raise _unknown_model(host, model, own, on)
    return replace(newest, notices=(*newest.notices, *_missing(newest)))


def _entries(own: Own, host: str, model: str) -> list[HostedPrice]:
    key = (host.lower(), model.lower())
    return [each for each in own if (each.host.lower(), each.model.lower()) == key]


def _day(price: HostedPrice) -> datetime.date:
    return first_day(price.source.date) or datetime.date.min


def _newest(own: Own, host: str, model: str, on: datetime.date) -> HostedPrice | None:
    """Our newest entry not after the day; of two of one day, the one appended last."""
    known = [each for each in _entries(own, host, model) if _day(each) <= on]
    return max(reversed(known), key=_day, default=None)


def _newer(ours: HostedPrice, theirs: HostedPrice) -> HostedPrice:
    found = ours if _day(ours) >= _day(theirs) else theirs
    return replace(found, notices=(*found.notices, *_disagreement(ours, theirs, found)))


def _disagreement(ours: HostedPrice, theirs: HostedPrice, used: HostedPrice) -> Iterator[str]:
    pairs = [
        (ours.input_price_per_mtok, theirs.input_price_per_mtok),
        (ours.output_price_per_mtok, theirs.output_price_per_mtok),
    ]
    if any(abs(mine - other) > DISAGREE_ABOVE * max(mine, other) for mine, other in pairs):
        yield f"sources disagree: {_figures(ours)} vs {_figures(theirs)}; used is {used.source.title}"


def _figures(price: HostedPrice) -> str:
    return f"{price.input_price_per_mtok:g} in and {price.output_price_per_mtok:g} out from {price.source}"


def _missing(price: HostedPrice) -> Iterator[str]:
    """The rates that no source gives for that day. What has none is priced at the standard rate."""
    rates = {
        "batch": None not in (price.batch_input_price_per_mtok, price.batch_output_price_per_mtok),
        "cached-input": price.cached_input_price_per_mtok is not None,
    }
    if absent := [name for name, listed in rates.items() if not listed]:
        yield f"no {' and no '.join(absent)} rate of {price.host} is known: the standard rate stands in"


def _unknown_host(name: str, own: Own) -> Problem:
    host, slash, _ = name.partition("/")
    known = hosts(own)
    fix = f"`breakeven facts prices` lists all {len(known)} hosts."
    at = [each for each in known if f"{each}/{name}".lower() in map(str.lower, models(own, each))]
    hint = f'Did you mean "{_first_party(at)}/{name}"?' if at else nearest(host, known)
    what = f'The host "{host}" is not in the catalog.' if slash else f'"{name}" names no host: write host/model.'
    return Problem(what, fix=_join(hint, fix))


def _first_party(at: list[str]) -> str:
    return next((each for each in ("anthropic", "google", "openai") if each in at), at[0])


def _unknown_model(host: str, model: str, own: Own, on: datetime.date) -> Problem:
    name, known = f"{host.lower()}/{model}", models(own, host)
    fix = f"`breakeven facts prices {host.lower()}` lists its {len(known)} models."
    if later := _entries(own, host, model):
        first = min(map(_day, later))
        return Problem(f'There is no price of "{name}" on or before {on}.', fix=f"The first is of {first}.")
    if name.lower() in map(str.lower, known):
        return Problem(
            f'"{name}" has no price per input and output token.',
            fix="Only text priced by the token is covered.",
        )
    resolved = genai.resolved_id(host, model)
    hint = f'Did you mean "{host.lower()}/{resolved}"?' if resolved else nearest(name, known)
    return Problem(f'"{name}" is not in the catalog.', fix=_join(hint, fix))


def _join(*parts: str) -> str:
    return " ".join(filter(None, parts))


def all_models(own: Own, at: Iterable[str]) -> tuple[str, ...]:
    """Every model of these hosts as "host/model"."""
    return tuple(name for host in at for name in models(own, host))
