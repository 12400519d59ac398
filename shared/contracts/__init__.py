"""The events that services exchange: the only thing that they have in common."""
