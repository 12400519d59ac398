"""The words of what people wrote, by table: each expression is that of an index, and of the query that uses it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ENGLISH: Final = "'english'::regconfig"
"""Words are compared by their stems, whatever the server's own language is."""
_STRINGS: Final = """'["string"]'::jsonb"""


def _of_json(table: str, column: str) -> str:
    return f"jsonb_to_tsvector({ENGLISH}, {table}{column}, {_STRINGS})"


def _expressions(with_table: bool) -> dict[str, str]:
    def name(table: str) -> str:
        return f"{table}." if with_table else ""

    return {
        "matters": f"to_tsvector({ENGLISH}, {name('matters')}title)",
        "item_acts": f"({_of_json(name('item_acts'), 'fields')} || {_of_json(name('item_acts'), 'reasons')})",
        "item_events": _of_json(name("item_events"), "reasons"),
        "requests": _of_json(name("requests"), "questions"),
        "request_answers": f"to_tsvector({ENGLISH}, {name('request_answers')}text)",
        "decisions": f"({_of_json(name('decisions'), 'reasons')} || {_of_json(name('decisions'), 'found')})",
    }


WORDS_OF: Final[Mapping[str, str]] = MappingProxyType(_expressions(True))
"""The words of a row in a query, by table."""
WORDS_IN_INDEX: Final[Mapping[str, str]] = MappingProxyType(_expressions(False))
"""The same as an index of the table has them."""
