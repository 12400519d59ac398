"""The image, what it is made of, and what of that is known to be weak."""
