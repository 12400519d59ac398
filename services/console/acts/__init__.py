"""What the console does for people: calls to the services in their name, and their sessions."""
