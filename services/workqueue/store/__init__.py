"""The tables of the work queue and every statement on them."""
