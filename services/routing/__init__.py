"""Routing: which Center, division and lane an entry belongs to, and why."""
