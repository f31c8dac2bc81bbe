"""Where does the example start to pay, and what does each option cost a month?"""

from breakeven import Case, assess

study = assess(Case.load("examples/support-chat/case.yaml"))

print(f"{study.verdict.name}: {study.verdict.verdict}")
for option in study.options:
    print(f"{option.name}: {option.monthly_cost:,.0f} {study.basis.header.currency} a month")
    for window in option.break_evens.windows:
        end = "without end" if window.to_mtok is None else f"up to {window.to_mtok:,.0f}"
        print(f"  pays above {window.from_mtok:,.0f} MTok a month, {end}")
