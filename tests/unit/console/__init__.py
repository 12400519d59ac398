"""Tests of the console that need nothing but its code."""
