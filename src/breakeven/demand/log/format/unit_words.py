"""How many tokens one unit of a bill's line is, as SQL: by the words of its unit, and by what its line says beside it.

Clouds differ in whether a quantity counts tokens or blocks of a thousand or a million of them, and the unit alone does
not tell: Microsoft's FOCUS export counts tokens and names the block beside. Where quantity, number of blocks and block
size stand in one line, or the prices of a block and of one unit, they prove which it is.
"""

from __future__ import annotations

from collections.abc import Sequence

SILENT = r"^\s*(units?|quantity|counts?|each|1)?\s*$"
ALIKE = 0.001  # of the quantity: what was rounded
LOWEST_DISCOUNT = 0.3  # of the price of a block, at which one unit of it is still told from the block


def scale(unit: str | None, words: Sequence[str]) -> str:
    """Tokens in one of "Tokens", "1000 Tokens", "1K tokens" or "1M Tokens"; of a unit that says nothing, such as
    "Units", what the words beside it say: "Million Input Tokens", "per 1K tokens".
    """
    if not words:
        return _of_unit(_small(unit))
    return f"CASE WHEN {_is_silent(unit)} THEN {_of_words(words)} ELSE {_of_unit(_small(unit))} END"


def _is_silent(unit: str | None) -> str:
    return f"regexp_matches({_small(unit)}, '{SILENT}')"


def _small(unit: str | None) -> str:
    return f"coalesce(lower(CAST({unit} AS VARCHAR)), '')" if unit else "''"


def _of_words(words: Sequence[str]) -> str:
    said = f"lower(concat_ws(' ', {', '.join(f'CAST({each} AS VARCHAR)' for each in words)}))"
    millions = f"regexp_matches({said}, '(^|[^a-z0-9])(1m|1,?000,?000|millions?)([^a-z0-9]|$)')"
    thousands = f"regexp_matches({said}, '(^|[^a-z0-9])(1k|1,?000|thousands?)([^a-z0-9]|$)')"
    return f"CASE WHEN {millions} THEN 1000000 WHEN {thousands} THEN 1000 ELSE 1 END"


def _of_unit(text: str) -> str:
    number = f"coalesce(TRY_CAST(replace(regexp_extract({text}, '[0-9][0-9,]*'), ',', '') AS DOUBLE), 1)"
    thousands = rf"CASE WHEN regexp_matches({text}, '(^|[0-9]|\s)(k|thousand)') THEN 1000 ELSE 1 END"
    millions = rf"CASE WHEN regexp_matches({text}, '(^|[0-9]|\s)m(illion|tok|\s|$)') THEN 1000000 ELSE 1 END"
    billions = rf"CASE WHEN regexp_matches({text}, '(^|[0-9]|\s)b(illion|tok|\s|$)') THEN 1000000000 ELSE 1 END"
    return f"{number} * {thousands} * {millions} * {billions}"


def block_size(told: str | None, by_unit: str) -> str:
    """How many units are priced together: as a column tells, or as the unit of the price says."""
    return f"coalesce({_number(told)}, {by_unit})" if told else f"({by_unit})"


def by_blocks(quantity: str, count: str | None, size: str, unit: str | None, otherwise: str) -> str:
    """The scale where a line says how many blocks of which size it charges for: does the quantity count blocks, or what
    is in them? A unit that names tokens is believed where both are alike. Else `otherwise`.
    """
    if count is None:
        return otherwise
    amount, charged = _number(quantity), _number(count)
    near = f"<= {ALIKE} * abs({amount})"
    known = f"{amount} <> 0 AND {size} > 1"
    return (
        f"CASE WHEN {known} AND abs({amount} - {charged} * {size}) {near} THEN 1 "
        f"WHEN {known} AND {_is_silent(unit)} AND abs({amount} - {charged}) {near} THEN {size} ELSE {otherwise} END"
    )


def by_prices(price: str | None, block_price: str | None, otherwise: str) -> str:
    """One where the price of a unit is that of a block over its size, as in the bills of Enterprise Agreements."""
    if price is None or block_price is None:
        return otherwise
    single = f"{_number(price)} > 0 AND {otherwise} > 1"
    single += f" AND {_number(block_price)} / {_number(price)} >= {LOWEST_DISCOUNT} * {otherwise}"
    return f"CASE WHEN {single} THEN 1 ELSE {otherwise} END"


def _number(text: str) -> str:
    return f"TRY_CAST(CAST({text} AS VARCHAR) AS DOUBLE)"
