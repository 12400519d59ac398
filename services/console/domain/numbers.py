"""The search box: which page a number leads to."""

import re
from typing import Final
from urllib.parse import quote

from shared.customs.entry_number import InvalidEntryNumber, parse_entry_number, tidy_entry_number
from shared.customs.importer_number import InvalidImporterNumber, parse_importer_number, tidy_importer_number
from shared.customs.tariff_number import InvalidTariffNumber, is_chapter_98_99, parse_tariff_number

_ITEM: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CENTER: Final = re.compile(r"CEE[0-9]{3}")
_PROTEST: Final = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{6}")
_FILING: Final = re.compile(r"[A-Z]{2,4}-[0-9]{4}-[0-9]{2,8}")
_RULE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


def tidy_number(text: str) -> str | None:
    """The digits of a tariff number, None of what is none.

    >>> tidy_number("8471.30.0100"), tidy_number("847")
    ('8471300100', None)
    """
    try:
        return parse_tariff_number(text.strip())
    except InvalidTariffNumber:
        return None


def is_declared(hts: str) -> bool:
    """Whether entries declare a tariff number so: whole, and not the heading that it is part of.

    >>> is_declared("8471300100"), is_declared("99038815"), is_declared("84713001")
    (True, True, False)
    """
    return len(hts) == 10 or (len(hts) == 8 and is_chapter_98_99(hts))


def find_page(text: str) -> str | None:
    """The path of the page that a text names; None where it is no number that is known here.

    >>> find_page("B76-0324527-8"), find_page("cee003"), find_page("liq-1yr-entry"), find_page("hello")
    ('/entries/B7603245278', '/centers/CEE003', '/rules/liq-1yr-entry', None)
    >>> find_page("2704-26-101688"), find_page("pd-2026-0002")
    ('/protests/270426101688', '/queue?center=&state=any&filing=PD-2026-0002')
    >>> find_page("8471.30.0100"), find_page("9903")
    ('/tariff/8471300100', '/tariff/9903')
    """
    given = text.strip()
    if _ITEM.fullmatch(given.lower()):
        return f"/items/{given.lower()}"
    if _CENTER.fullmatch(given.upper()):
        return f"/centers/{given.upper()}"
    if _FILING.fullmatch(given.upper()):
        return f"/queue?center=&state=any&filing={given.upper()}"
    if _PROTEST.fullmatch(given):
        return f"/protests/{given.replace('-', '')}"
    try:
        return f"/entries/{parse_entry_number(tidy_entry_number(given))}"
    except InvalidEntryNumber:
        pass
    try:
        return f"/accounts/{quote(parse_importer_number(tidy_importer_number(given)))}"
    except InvalidImporterNumber:
        pass
    if (number := tidy_number(given)) is not None:
        return f"/tariff/{number}"
    return f"/rules/{given}" if _RULE.fullmatch(given) else None
