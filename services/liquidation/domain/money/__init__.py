"""The money of liquidation: amounts of an entry, what a liquidation changes, interest, bills and refunds."""
