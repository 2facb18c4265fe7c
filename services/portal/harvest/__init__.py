"""What a cooperative harvests, offers, is asked to sow, and earns (page 5)."""
