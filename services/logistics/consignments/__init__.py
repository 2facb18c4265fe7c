"""What one order puts on a vehicle: confirmed, packed, loaded, arrived, received."""
