"""Work queue: which piece of work a Center team takes next, who holds it, what was decided."""
