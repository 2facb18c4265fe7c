"""Problems: what pupils and parents report about a meal, until it is answered and closed."""
