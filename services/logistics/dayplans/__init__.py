"""Day plans: the trips of all counties of a day, asked for at once and followed as one."""
