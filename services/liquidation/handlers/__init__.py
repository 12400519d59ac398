"""Batches of upstream events in; the legal record and its events out. A file for each family that is listened to."""
