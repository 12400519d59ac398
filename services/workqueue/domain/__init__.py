"""The rules of the work queue: pure functions over facts."""
