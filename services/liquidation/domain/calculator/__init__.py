"""The deadline calculator: one row for each clock, over the same rules as the record of an entry."""
