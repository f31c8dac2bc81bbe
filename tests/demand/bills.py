"""Lines of bills, as the tests of reading ask for them."""

from __future__ import annotations

from pathlib import Path

from request_logs import read_minutes

COUNTS = ("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens")
FOCUS = {
    "BilledCost": "1.00", "BillingCurrency": "USD", "ChargeDescription": "",
    "ChargePeriodStart": "2026-03-01T00:00:00Z", "ChargePeriodEnd": "2026-03-02T00:00:00Z",
    "ConsumedQuantity": "1000", "ConsumedUnit": "Tokens",
    "PricingQuantity": "1", "PricingUnit": "1K Tokens", "ServiceName": "", "SkuId": "s", "SkuMeter": "",
    "SkuPriceDetails": "",
}  # fmt: skip
AZURE = {
    "date": "03/01/2026", "meterName": "gpt 4.1 Inp glbl Tokens", "meterCategory": "Foundry Models", "quantity": "5.5",
    "unitOfMeasure": "1K", "costInBillingCurrency": "0.01", "billingCurrency": "USD", "ResourceId": "aoai",
}  # fmt: skip


def table_of(path: Path, rows: list[dict[str, str]], separator: str = ",") -> Path:
    """The rows as a table, each value in quotes."""
    quoted = [[f'"{value.replace(chr(34), chr(34) * 2)}"' for value in values] for values in map(dict.values, rows)]
    path.write_text("\n".join(map(separator.join, [list(rows[0]), *quoted])) + "\n")
    return path


def gcp(sku: str, refunds: object = ()) -> dict[str, object]:
    """A line of a bill of Google: a thousand of this."""
    moments = {"usage_start_time": "2026-03-01T10:00:00Z", "usage_end_time": "2026-03-01T11:00:00Z"}
    usage = {"amount": 1000, "unit": "count"}
    return moments | {"sku": {"description": sku}, "usage": usage, "cost": 0.01, "currency": "USD", "credits": refunds}


def counts(path: Path) -> dict[str, int]:
    """The kinds of tokens that were read; input with all that was cached."""
    table = read_minutes(path)
    return {each: amount for each in COUNTS if (amount := int(table[each].sum()))}


def aside(path: Path) -> dict[str, bool]:
    """Why rows were set aside, and whether tokens of requests are lost with them."""
    table = read_minutes(path)
    return {each.reason: each.lost for each in table.set_aside}
