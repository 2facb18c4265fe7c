"""Foods: what dishes are made of and schools buy."""
