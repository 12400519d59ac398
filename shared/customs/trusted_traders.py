"""Trusted-trader programs (6 USC 961 to 973 for CTPAT), as accounts, criteria and applications name them."""

from typing import Final

PROGRAM_NAME: Final = "[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}"
"""How the name of a program is written: it is the Centers' own word for it, as in CTPAT; no list of names is closed."""
