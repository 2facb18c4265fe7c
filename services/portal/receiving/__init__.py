"""The receipt at the gate: what was ordered against what was weighed, signed by two people."""
