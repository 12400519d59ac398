"""The console: pages over the APIs of the services, for people of the Centers, of the trade, and anyone."""
