"""People: who a household is. Sealed at rest, shown with a reason, told to nobody."""
