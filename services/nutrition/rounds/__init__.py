"""Planning a county's week with its farms: rounds of prices and draft demand, then one menu a school."""
