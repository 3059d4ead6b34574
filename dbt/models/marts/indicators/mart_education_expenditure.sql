{{ indicator_mart(['edu_fiscal_gdp_share', 'edu_budget_share']) }}
