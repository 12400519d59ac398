"""Every process of the Centers as a table: stages, acts, clocks, steps and outcomes, each a module of one shape."""
