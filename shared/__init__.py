"""What every service stands on: events, messaging, the unit of work, errors, units. It knows no service."""
