"""Batches of upstream events in; routing decisions as rows and events out. A module for each upstream family."""
