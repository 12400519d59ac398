"""What people and the law do in routing: load, judge, write, publish. A module for each subject."""
