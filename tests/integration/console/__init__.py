"""The console on a database."""
