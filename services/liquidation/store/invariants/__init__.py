"""What must always hold in the database of liquidation."""
