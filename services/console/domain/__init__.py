"""What pages say and draw: pure functions from what services answer to words and coordinates."""
