"""Liquidation: the legal record of each entry, from its schedule to the close of the protest window."""
