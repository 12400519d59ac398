"""Notifications: what happened, told to the importer and posted for everyone."""
