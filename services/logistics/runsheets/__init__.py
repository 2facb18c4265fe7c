"""The run sheet to print: what a driver reads on the way, on paper."""
