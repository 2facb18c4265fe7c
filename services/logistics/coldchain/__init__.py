"""The cold chain: limits by temperature class, alarms, what is held for inspection, and the report of a trip."""
