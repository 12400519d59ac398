"""What the console keeps: sessions, and sign-ins that are under way."""
