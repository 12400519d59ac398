"""Events in and out: the bus protocol, its two implementations, and the exactly-once consumer around them."""
