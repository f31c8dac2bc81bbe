"""Times as people and spreadsheets write them, as SQL that gives ISO text: named months, either order, AM and PM.

What a text does not say is left as it is, and told where the row is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Text = Callable[[str], str]
DAY_FIRST, MONTH_FIRST, SERIAL = "day-first", "month-first", "serial"
MONTHS = "['jan','feb','mar','apr','may','jun','jul','aug','sep','oct','nov','dec']"
ZONES: Mapping[str, str] = {  # names of zones that mean one offset alone
    "UTC": "+00", "GMT": "+00", "Z": "+00", "WET": "+00", "WEST": "+01", "CET": "+01", "CEST": "+02", "MEZ": "+01",
    "MESZ": "+02", "EET": "+02", "EEST": "+03", "MSK": "+03", "EDT": "-04", "EST": "-05", "CDT": "-05", "MDT": "-06",
    "MST": "-07", "PDT": "-07", "PST": "-08", "JST": "+09", "KST": "+09", "SGT": "+08", "HKT": "+08", "AEST": "+10",
    "AEDT": "+11", "NZST": "+12", "NZDT": "+13",
}  # fmt: skip
HALF_DAY = r"^(.*[0-9]) ?([ap])\.? ?m\.?( ?[+-][0-9:]+| ?utc| ?gmt|z)?$"
CLOCKS = ("%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M:%S.%f %p", "%Y-%m-%d %I:%M %p", "%Y-%m-%d %I %p")
OFFSET = r"([+-][0-9]{2}(:?[0-9]{2})?|z|utc|gmt)$"
WEEKDAY = r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]? +"
NAMED = (  # how a day with a named month is written -> year, month, day and what follows
    (r"^([a-z]{3}) +([0-9]{1,2}) ([0-9]{1,2}:[0-9:.]+)( [+-][0-9]{4}| [a-z]{3,4})? ([0-9]{4})$", r"\5-\1-\2 \3\4"),
    (r"^([a-z]{3})[a-z]*[.]? +([0-9]{1,2})(?:st|nd|rd|th)?,? +([0-9]{4}),?(?: at)? *(.*)$", r"\3-\1-\2 \4"),
    (r"^([0-9]{1,2})(?:st|nd|rd|th)?[ /.-]+([a-z]{3})[a-z]*[.]?[ /.,-]+([0-9]{4})[:,t ]*(.*)$", r"\3-\2-\1 \4"),
    (r"^([0-9]{1,2})[ /-]([a-z]{3})[ /-]([0-9]{2})(?:[:,t ]+(.*))?$", r"20\3-\2-\1 \4"),
)
ORDERS = {DAY_FIRST: r"\3-\2-\1 \4", MONTH_FIRST: r"\3-\1-\2 \4"}
NUMBERS = r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})[,t ]*(.*)$"
SHORT_YEAR = r"^([0-9]{1,2}[/.-][0-9]{1,2}[/.-])([0-9]{2})([,t ].*)?$"
LONG_YEAR = r"\120\2\3"
REST = (
    (r"^([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})[,t ]*(.*)$", r"\1-\2-\3 \4"),
    (r"^(20[0-9]{2})([01][0-9])([0-3][0-9])$", r"\1-\2-\3"),
    (r"^(20[0-9]{2})([01][0-9])([0-3][0-9])t?([0-9]{2}):?([0-9]{2}):?([0-9]{2})", r"\1-\2-\3 \4:\5:\6"),
    (r"^([0-9]{4})-([0-9])-", r"\1-0\2-"),
    (r"^([0-9]{4}-[0-9]{2})-([0-9])( |t|$)", r"\1-0\2\3"),
    (r"^([0-9-]{10})[t, ]+", r"\1 "),
    (r"(:[0-9]{2}),([0-9])", r"\1.\2"),
    (r" ?\[[a-z/_]+\]$", ""),
    (r" +([+-][0-9]{2}:?[0-9]{2})( [a-z]{3,4})?$", r"\1"),
    (r"z$", "+00"),
    (r"( [0-9]{1,2}:[0-9]{2})([+-][0-9:]+)$", r"\1:00\2"),
)


def iso_text(text: str, *, order: str = "", zone: str = "") -> str:
    """SQL of a time as ISO text. `order`: of numbers with the year last; `zone`: of times that name none."""
    if order == SERIAL:
        return _in_zone(_of_serial(text), zone)
    bare = f"lower(trim(translate(CAST({text} AS VARCHAR), '\u00a0\u202f', '  ')))"
    steps = [(WEEKDAY, ""), *NAMED]
    named = _replaced(bare, steps)
    month = r"regexp_extract(x, '^[0-9]{4}-([a-z]{3})-', 1)"
    place = f"lpad(CAST(list_position({MONTHS}, {month}) AS VARCHAR), 2, '0')"
    plain = _bound(named, f"CASE WHEN {month} = '' THEN x ELSE coalesce(replace(x, {month}, {place}), x) END")
    numbered = [(SHORT_YEAR, LONG_YEAR), (NUMBERS, ORDERS[order])] if order else []
    whole = f"trim({_replaced(plain, [*numbered, *REST])})"
    moment = _in_zone(_with_offset(_whole_day(whole)), zone)
    return _bound(moment, f"CASE WHEN regexp_matches(x, '^[0-9]{{4}}-') THEN x ELSE CAST({text} AS VARCHAR) END")


def _replaced(text: str, steps: list[tuple[str, str]]) -> str:
    for pattern, form in steps:
        text = f"regexp_replace({text}, '{pattern}', '{form}')"
    return text


def _bound(value: str, made: str) -> str:
    """An expression of x, where x is worked out once."""
    return f"list_extract([({made}) FOR x IN [{value}]], 1)"


def _whole_day(text: str) -> str:
    """Of AM and PM."""
    parts = [f"regexp_extract(x, '{HALF_DAY}', {place})" for place in (1, 2, 3)]
    clocks = ", ".join(f"'{each}'" for each in CLOCKS)
    moment = f"CAST(try_strptime(concat({parts[0]}, ' ', {parts[1]}, 'm'), [{clocks}]) AS VARCHAR) || {parts[2]}"
    return _bound(text, f"CASE WHEN regexp_matches(x, '{HALF_DAY}') THEN coalesce({moment}, x) ELSE x END")


def _with_offset(text: str) -> str:
    """Of the name of a zone that means one offset."""
    name = "upper(regexp_extract(x, ' ([a-z]{1,4})$', 1))"
    cases = " ".join(f"WHEN '{zone}' THEN '{offset}'" for zone, offset in ZONES.items())
    return _bound(text, f"regexp_replace(x, ' [a-z]{{1,4}}$', coalesce(CASE {name} {cases} END, ' ' || {name}))")


def _of_serial(text: str) -> str:
    """Days since 1899-12-30, as spreadsheets count them."""
    days = f"TRY_CAST(replace(CAST({text} AS VARCHAR), ',', '.') AS DOUBLE)"
    moment = "TIMESTAMP '1899-12-30' + to_microseconds(CAST(round(x * 86400) * 1000000 AS BIGINT))"
    return _bound(
        days, f"CASE WHEN x = floor(x) THEN CAST(CAST({moment} AS DATE) AS VARCHAR) ELSE CAST({moment} AS VARCHAR) END"
    )


def _in_zone(text: str, zone: str) -> str:
    if not zone:
        return text
    name = "'" + zone.replace("'", "''") + "'"
    local = f"CAST(TRY_CAST(x AS TIMESTAMP) AT TIME ZONE {name} AS VARCHAR)"
    return _bound(text, f"CASE WHEN regexp_matches(lower(x), '{OFFSET}') THEN x ELSE coalesce({local}, x) END")
