"""Parties and delegations as every service keeps them: routing, which owns them, and those that hear of them."""
