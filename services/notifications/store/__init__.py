"""The tables of notifications and every SQL statement of the service."""
