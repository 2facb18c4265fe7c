"""Terms: what a county has agreed on settling, and whose money a school's food money is. Dated, changed by new rows."""
