"""Calendars that a person subscribes to: feeds under secret addresses, with the days that each told before."""
