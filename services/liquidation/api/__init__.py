"""The HTTP side of liquidation: thin routes, one file for each subject."""
