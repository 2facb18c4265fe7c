"""The registry outside: what it says of households comes in by file or is fetched, and becomes history."""
