"""The tables of liquidation and every SQL statement of the service."""
