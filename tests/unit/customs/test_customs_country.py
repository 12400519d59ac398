"""Country codes: ISO 3166-1 and what customs adds."""

import pytest

from shared.customs.country import COUNTRY_CODES, is_country_code


@pytest.mark.parametrize("code", ["CN", "US", "MM", "XA", "XY", "GZ", "WE", "KV", "ZZ"])
def test_iso_codes_and_customs_additions_are_known(code: str) -> None:
    assert is_country_code(code)


@pytest.mark.parametrize("text", ["", "C", "CHN", "cn", "C N", "XX", "ZZZ", "XZ", "CN "])
def test_anything_else_is_no_country_code(text: str) -> None:
    assert not is_country_code(text)


def test_every_code_is_two_upper_case_letters() -> None:
    assert all(len(code) == 2 and code.isascii() and code.isalpha() and code.isupper() for code in COUNTRY_CODES)


def test_the_set_holds_iso_3166_1_and_the_additions_of_customs() -> None:
    assert len(COUNTRY_CODES) == 249 + 13 + 3 + 1
