"""What people and the law do: load, judge, write, publish."""
