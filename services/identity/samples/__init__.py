"""Samples: users of the demo, with passwords made when it runs; outside the demo nobody signs in as one."""
