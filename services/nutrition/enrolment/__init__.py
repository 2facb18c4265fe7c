"""Enrolment: how many pupils of which age and sex a canteen has, from which day on."""
