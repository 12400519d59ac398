"""What the services take and give, a module for each."""
