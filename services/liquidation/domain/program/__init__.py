"""Programs of mass change: what an order removes from many entries, who asks for it, and what becomes of each entry."""
