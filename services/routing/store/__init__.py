"""The tables of routing and every SQL statement of the service."""
