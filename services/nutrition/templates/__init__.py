"""Templates: a nutritionist's week for a group of schools, which each makes its draft from."""
