"""Planning a county's week with its farms: what foods are worth, round by round, and whose draft becomes a menu."""
