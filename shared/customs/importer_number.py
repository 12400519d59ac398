"""Importer of record numbers: the key to an importer's account, bond and Center assignment.

Shapes: CBP Form 5106 (recalled, not re-read). A number may be a social security number, so the whole class of
numbers is personal data: messages and logs carry `mask_importer_number(n)` only.
"""

import re
from enum import StrEnum
from typing import Final


class ImporterNumberKind(StrEnum):
    """Who issued the number, which also says whether it identifies a natural person."""

    EIN = "ein"
    SSN = "ssn"
    CBP_ASSIGNED = "cbp-assigned"


class InvalidImporterNumber(ValueError):  # noqa: N818 - says what the value is
    """The text has none of the three shapes of an importer number; the message never repeats the text."""


_SHAPES: Final = re.compile(r"[0-9]{2}-[0-9]{7}[0-9A-Z]{2}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{6}-[0-9]{5}")
_SPLIT_SUFFIX: Final = re.compile(r"([0-9]{2}-[0-9]{7})-([0-9A-Z]{2})")
_matches_a_shape: Final = _SHAPES.fullmatch
_UNREADABLE: Final = "*" * 12


def parse_importer_number(text: str) -> str:
    """The canonical importer number: hyphens kept, padding on the right removed.

    `NN-NNNNNNNXX` is an IRS employer number with its two-character suffix (`00` when none), `NNN-NN-NNNN` a
    social security number, `YYDDPP-NNNNN` a number assigned by CBP. Two suffixes of one employer number are
    two importers. Raises `InvalidImporterNumber` for anything else.

    >>> parse_importer_number("900-12-3456 ")
    '900-12-3456'
    """
    if _matches_a_shape(text):
        return text
    unpadded = text.rstrip(" ")
    if _matches_a_shape(unpadded):
        return unpadded
    raise InvalidImporterNumber(
        "expected an importer number NN-NNNNNNNXX (employer number with two-character suffix, 00 when none), "
        "NNN-NN-NNNN (social security number) or YYDDPP-NNNNN (assigned by CBP); "
        f"got {len(unpadded)} characters of another shape; correct it and send it again"
    )


def tidy_importer_number(text: str) -> str:
    """An importer number without padding, with its suffix in capitals; any other text as it is.

    Only what leaves no doubt is tidied. An employer number without its suffix stays as it is, and is refused: 19 CFR
    24.5 and CBP Form 5106 number the importers of one employer by the suffix, so that `00` would be a guess. So do
    digits without hyphens: nine may be an employer or a social security number, eleven an employer's or CBP's.

    >>> tidy_importer_number(" 07-3456789ab "), tidy_importer_number("07-3456789-00")
    ('07-3456789AB', '07-345678900')
    >>> tidy_importer_number("07-3456789"), tidy_importer_number("073456789")
    ('07-3456789', '073456789')
    """
    stripped = text.strip(" ").upper()
    if found := _SPLIT_SUFFIX.fullmatch(stripped):
        stripped = f"{found[1]}{found[2]}"
    return stripped if _matches_a_shape(stripped) else text


def kind_of(n: str) -> ImporterNumberKind:
    """The kind of a canonical importer number, told by where its first hyphen stands.

    Raises `InvalidImporterNumber` when `n` has none of the three shapes.

    >>> kind_of("07-123456700")
    <ImporterNumberKind.EIN: 'ein'>
    """
    if _matches_a_shape(n):
        if n[2] == "-":
            return ImporterNumberKind.EIN
        return ImporterNumberKind.SSN if n[3] == "-" else ImporterNumberKind.CBP_ASSIGNED
    raise InvalidImporterNumber("only a canonical importer number has a kind; parse the text first")


def mask_importer_number(n: str) -> str:
    """The number with all but its last four characters starred; what has no valid shape is starred whole.

    Never raises, so that it is safe in any log call.

    >>> mask_importer_number("900-12-3456")
    '***-**-3456'
    """
    if not _matches_a_shape(n):
        return _UNREADABLE
    hidden = "".join("-" if character == "-" else "*" for character in n[:-4])
    return hidden + n[-4:]
