"""The tables of liquidation."""
