"""Batches of upstream events: what each family changes in the legal record."""
