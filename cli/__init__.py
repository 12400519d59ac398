"""The `centerline` command: run the system, feed it, look after it."""
