"""The demo: people of a fictional county live through one school week, using nothing but the REST API."""
