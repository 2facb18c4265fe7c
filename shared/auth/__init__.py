"""Who calls, and what they may: tokens, roles, tenants, and one table of rules per service (decision 43)."""
