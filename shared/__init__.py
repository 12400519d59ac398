"""What the four services have in common: contracts, bus, database, web, runtime and customs rules."""
