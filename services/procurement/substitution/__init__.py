"""Food nobody has: nutrition is asked for dishes or foods to serve instead, and an official decides."""
