"""Webhooks out: signing by Standard Webhooks, and sending to addresses of the public network alone."""
