"""The licensed market supplier: what no cooperative has is ordered from it, and shown as such everywhere."""
