"""How large may the team be?"""

from breakeven import Case, assess

case = {
    "as_of": "2026-11-21",
    "tokens_per_month": 40e9,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "self_hosting": {"precision": "fp8"},
}
for team in (0.5, 1, 2):
    study = assess(Case.from_dict(case | {"team": team}))
    value = study.options[0].horizon.net_present_value
    print(f"{team:g} engineers: {study.verdict.verdict}, net present value {value:,.0f} USD")
