"""Standards: what a child should get, as data from files; a country is a file, not code."""
