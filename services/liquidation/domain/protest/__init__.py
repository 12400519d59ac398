"""Protests, 19 USC 1514 and 1515, 19 CFR part 174: filed, acted on, decided, by subject."""
