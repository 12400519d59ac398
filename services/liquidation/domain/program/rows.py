"""A row of a declaration: the entry number in whatever dress it came, or what is wrong with it. Nothing is guessed."""

import re
from typing import Final

from services.liquidation.domain.program.judging import RowCode
from shared.customs.entry_number import InvalidEntryNumber, parse_entry_number

_DRESS: Final = re.compile(r"[\s\-\u2010-\u2015\u00a0\"']")
_POWER: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}")
_DIGITS: Final = re.compile(r"[0-9]{8,10}(?:\.0+)?")
GIVEN: Final = 40
"""Characters of a row that are kept when it is no entry number."""


def read_number(text: str) -> tuple[str | None, RowCode | None]:
    """The entry number of a cell: blanks, hyphens, quotation marks and small letters do not count.

    A number that a spreadsheet took for a quantity has lost digits that nobody can know.

    >>> read_number(" b76-0324527-8 ")
    ('B7603245278', None)
    >>> read_number("2.31E+12"), read_number("0324527"), read_number("23100012"), read_number("B7603245279")
    ((None, 'digits-lost'), (None, 'number-malformed'), (None, 'digits-lost'), (None, 'check-digit'))
    """
    bare = _DRESS.sub("", text).upper()
    try:
        return parse_entry_number(bare), None
    except InvalidEntryNumber as error:
        if error.code == "bad-check-digit":
            return None, "check-digit"
    if _POWER.fullmatch(bare) or _DIGITS.fullmatch(bare):
        return None, "digits-lost"
    return None, "number-malformed"


def as_text(cell: str | None) -> str | None:
    """A cell of a table that a spreadsheet does not take for a formula.

    >>> as_text("=1+1"), as_text("B7603245278"), as_text(None)
    ("'=1+1", 'B7603245278', None)
    """
    return f"'{cell}" if cell and cell[0] in "=+-@\t\r" else cell
