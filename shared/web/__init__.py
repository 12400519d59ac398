"""What every HTTP API of Centerline has in common: one app factory and its conventions."""
