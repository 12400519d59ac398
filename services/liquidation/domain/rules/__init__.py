"""The rules of law: id, citation and how well each is evidenced, in the order of the deadline research."""
