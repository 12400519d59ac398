"""Batches of upstream events in; items, their history and events out. A file for each service that is listened to."""
