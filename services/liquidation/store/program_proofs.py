"""Proofs of programs as SQL and rows: leaves of what was posted."""

from typing import Final

from services.liquidation.domain.program.proving import LEAF_FIELDS, LEAF_FORM

_DAYS: Final = ("posted_on", "liquidated_on", "paid_on")


def leaf_sql(columns: str, definition_sha256: str) -> str:
    """The digest of a leaf (bytea) over columns named as those of `program_postings`: the bytes of `leaf_digest`.

    `columns` is the name of the row that has them, `definition_sha256` SQL for the definition's digest as
    hexadecimal text, such as `$3::text`.
    """
    text = " || '|' || ".join(
        [f"'{LEAF_FORM}'", *(_text_sql(columns, each, definition_sha256) for each in LEAF_FIELDS)]
    )
    return f"sha256(convert_to({text}, 'UTF8'))"


def _text_sql(columns: str, name: str, definition_sha256: str) -> str:
    if name == "definition_sha256":
        return definition_sha256
    column = f"{columns}.{name}"
    if name == "headings":
        column = f"array_to_string({column}, ',')"
    elif name in _DAYS:
        column = f"to_char({column}, 'YYYY-MM-DD')"
    return f"coalesce({column}::text, '')"
