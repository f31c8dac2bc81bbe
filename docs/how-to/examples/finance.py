"""Cash by year of the best option, its returns, the fair rival, and where one of the numbers comes from."""

from breakeven import Case, assess, by_year, origin, turning

study = assess(Case.load("examples/support-chat/case.yaml"))
best = study.financials[study.verdict.best_option]

print(f"{best.name}: cash by year {[round(each) for each in by_year(best.total)]}")
print(f"net present value {best.returns.net_present_value:,.0f}, rates of return {best.returns.rates}")
for way in study.rivals:
    print(f"{way.kind}, {way.model}: {way.monthly_cost:,.0f} a month, same quality: {way.same_quality}")
print(origin("financials.1.returns.net_present_value"))
print(f"what moves it most: {turning(study, study.verdict.best_option).tornado[0].name}")
