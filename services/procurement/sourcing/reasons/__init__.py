"""Why offers and demand lines got what they got in a run."""
