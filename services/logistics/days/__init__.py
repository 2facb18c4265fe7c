"""Days: which have trips or deliveries, near a day."""
