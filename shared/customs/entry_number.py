"""Entry numbers: three characters of filer code, seven digits of transaction number, one check digit.

Source: CATAIR Entry Summary, AE Table 1 (July 2026), the same rule as CATAIR Appendix E, "Valid Entry
Numbers". Stored and sent as 11 upper-case characters without hyphens; printed `FFF-NNNNNNN-C`.
"""

import re
from itertools import product
from typing import Final, Literal

_DIGITS: Final = "0123456789"
# AE Table 1, step 1: A-I become 1-9, J-R 1-9, S-Z 2-9.
_CHARACTER_VALUES: Final = {
    **{digit: int(digit) for digit in _DIGITS},
    **{letter: 1 + place % 9 for place, letter in enumerate("ABCDEFGHIJKLMNOPQR")},
    **{letter: 2 + place for place, letter in enumerate("STUVWXYZ")},
}
# AE Table 1, step 4: double the value, and of a product above 9 add both digits.
_DOUBLED_VALUES: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

_PRINTED: Final = re.compile(r"([0-9A-Z]{3})-?([0-9]{7})-?([0-9])")

# The eight digits after the filer code are two groups of four, and in both the first and third digit stand
# at an even position. One table therefore weighs either group, the check digit counting as position eleven:
# the number is right when the sum of all three groups ends in 0. A group that is no four ASCII digits is
# simply not a key.
_FOUR_DIGIT_WEIGHTS: Final = {
    f"{a}{b}{c}{d}": _DOUBLED_VALUES[a] + b + _DOUBLED_VALUES[c] + d for a, b, c, d in product(range(10), repeat=4)
}


class _FilerCodeWeights(dict[str, int]):
    """Weight of each filer code seen so far; bounded, since only the 46,655 valid codes are kept."""

    def __missing__(self, filer_code: str) -> int:
        if len(filer_code) != 3 or filer_code == "000":
            raise KeyError(filer_code)
        first, second, third = (_CHARACTER_VALUES[character] for character in filer_code)
        weight = self[filer_code] = first + _DOUBLED_VALUES[second] + third
        return weight


_FILER_CODE_WEIGHTS: Final = _FilerCodeWeights()


class InvalidEntryNumber(ValueError):  # noqa: N818 - says what the value is
    """The text is no entry number; `code` says in which of the two ways, the message what to send instead."""

    def __init__(self, code: Literal["bad-entry-number", "bad-check-digit"], message: str) -> None:
        super().__init__(message)
        self.code: Literal["bad-entry-number", "bad-check-digit"] = code


def check_digit(first_ten: str) -> str:
    """The check digit that belongs to a filer code and its seven digits (`first_ten`, no hyphens).

    CATAIR AE Table 1: letters become digits (A-I, J-R: 1-9, S-Z: 2-9); values at odd positions count once,
    values at even positions count as the digit sum of their double; the check digit lifts the total to a
    multiple of ten. Raises `InvalidEntryNumber` (`bad-entry-number`) unless given three of 0-9 A-Z, not
    `000`, and seven digits.

    >>> check_digit("ABC1234567")
    '6'
    """
    try:
        # A zero in the check position adds nothing.
        total = (
            _FILER_CODE_WEIGHTS[first_ten[:3]]
            + _FOUR_DIGIT_WEIGHTS[first_ten[3:7]]
            + _FOUR_DIGIT_WEIGHTS[first_ten[7:] + "0"]
        )
    except KeyError:
        raise InvalidEntryNumber(
            "bad-entry-number",
            "expected a filer code of three letters or digits (not 000) and seven digits, no hyphens",
        ) from None
    return _DIGITS[-total % 10]


def parse_entry_number(text: str) -> str:
    """The canonical 11 characters of an entry number given in the wire form or in the printed form.

    Accepted are exactly `FFFNNNNNNNC` and `FFF-NNNNNNN-C`, upper case, no blanks. Raises
    `InvalidEntryNumber` with code `bad-entry-number` for any other shape or filer code 000 (001 is the
    lowest assigned), and with `bad-check-digit` when the last digit does not follow from the first ten
    (CATAIR AE Table 1).

    >>> parse_entry_number("8CG-0012345-4")
    '8CG00123454'
    """
    try:
        total = _FILER_CODE_WEIGHTS[text[:3]] + _FOUR_DIGIT_WEIGHTS[text[3:7]] + _FOUR_DIGIT_WEIGHTS[text[7:]]
    except KeyError:
        return _parse_printed_form(text)
    if total % 10:
        expected = check_digit(text[:10])
        raise InvalidEntryNumber(
            "bad-check-digit",
            f"entry number {mask_entry_number(text)} ends in {text[10]}, but its first ten characters give "
            f"check digit {expected} (CATAIR AE Table 1); compare it with the entry summary, send it again",
        )
    return text


def tidy_entry_number(text: str) -> str:
    """An entry number without the hyphens of the printed form; any other text as it is, for its checks to refuse.

    Hyphens stand after the filer code and before the check digit (CATAIR AE Table 1); either may have been left out.

    >>> tidy_entry_number("8CG-0012345-4"), tidy_entry_number("8CG-00123454"), tidy_entry_number("8-CG00123454")
    ('8CG00123454', '8CG00123454', '8-CG00123454')
    """
    return f"{found[1]}{found[2]}{found[3]}" if (found := _PRINTED.fullmatch(text)) else text


def _parse_printed_form(text: str) -> str:
    if len(text) == 13 and text[3] == "-" and text[11] == "-":
        joined = text.replace("-", "")
        if len(joined) == 11:
            return parse_entry_number(joined)
    # The text itself stays out of the message: a field mix-up may have put an importer number here.
    if text[:3] == "000" and len(text) == 11:
        problem = "filer code 000 is not assigned"
    else:
        problem = f"got {len(text)} characters of another shape"
    raise InvalidEntryNumber(
        "bad-entry-number",
        "expected an entry number of 11 characters, upper case: filer code of three letters or digits "
        f"(not 000), seven digits, check digit, as in 8CG00123454 or 8CG-0012345-4; {problem}; "
        "correct it and send it again",
    )


def format_entry_number(n: str) -> str:
    """The printed form `FFF-NNNNNNN-C` of a canonical entry number.

    >>> format_entry_number("ABC12345676")
    'ABC-1234567-6'
    """
    return f"{n[:3]}-{n[3:10]}-{n[10:]}"


def mask_entry_number(n: str) -> str:
    """A canonical entry number as CBP masks it in published rulings (HQ 227879): filer and last digits stay.

    For readers who may recognise their own entry but must not learn another's.

    >>> mask_entry_number("ABC12345676")
    'ABC-xxxx567-6'
    """
    return f"{n[:3]}-xxxx{n[7:10]}-{n[10:]}"
