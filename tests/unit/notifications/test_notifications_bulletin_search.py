"""The search rule of the bulletin."""

from datetime import date

import pytest

from services.notifications.domain.bulletin import Search, SearchRefused, kept_until, parse_search


def test_two_fields_are_a_search_and_blanks_do_not_count() -> None:
    search = parse_search({"filer": " b76 ", "posted_from": "2026-03-01", "port": "  "})
    assert search == Search(filer="B76", posted_from=date(2026, 3, 1))


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"entry_number": "B7603245278"},
        {"posted_from": "2026-03-01", "posted_to": "2026-03-02"},
        {"liquidated_from": "2026-03-01", "liquidated_to": "2026-03-02", "basis": ""},
    ],
)
def test_fewer_than_two_fields_are_refused(terms: dict[str, str]) -> None:
    with pytest.raises(SearchRefused) as refused:
        parse_search(terms)
    assert refused.value.term is None


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("entry_number", "B7603245270"),
        ("filer", "B7"),
        ("importer_number", "12345"),
        ("port", "27O4"),
        ("posted_from", "03/01/2026"),
        ("entry_date", "2026-02-30"),
        ("surety_code", "0-3"),
        ("event_type", "cancellation"),
        ("action", "nothing"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(term: str, text: str) -> None:
    with pytest.raises(SearchRefused) as refused:
        parse_search({term: text, "basis": "liq-cycle-314"})
    assert refused.value.term == term


def test_a_refusal_never_repeats_the_importer_number() -> None:
    with pytest.raises(SearchRefused) as refused:
        parse_search({"importer_number": "123-45-678", "port": "2704"})
    assert "123-45" not in str(refused.value)


def test_a_posting_is_kept_fifteen_months() -> None:
    assert kept_until(date(2025, 11, 30)) == date(2027, 2, 28)
