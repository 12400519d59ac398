"""The rules of routing: pure functions over facts."""
