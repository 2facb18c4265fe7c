"""Food nobody has: nutrition is asked for dishes to serve instead, and an official decides."""
