"""What people and the lease do with items: load and lock, judge by the rules, write, publish. One transaction each."""
