"""The rules of liquidation: pure functions over facts, in the regulation's words."""
