"""The upstream log as files: what filing systems published, kept for longer than the bus keeps it."""
