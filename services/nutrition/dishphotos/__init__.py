"""Photos of dishes: one to a dish and county, for whoever plans and cooks there."""
