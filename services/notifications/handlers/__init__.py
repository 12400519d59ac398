"""Batches of events in; notices with their postings and deliveries out. A file for each service that is listened to."""
