"""Which parties a caller speaks for."""

from dataclasses import dataclass

import pytest

from shared.runtime.identity import Identity, RoleName
from shared.runtime.parties import party_ids


@dataclass(frozen=True)
class Holder(Identity):
    """A caller whose token names a party of its own."""

    party: str | None = None


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (Identity("kim", "Kim", frozenset({RoleName.IMPORT_SPECIALIST})), set()),
        (Identity("bro", "Bro", frozenset({RoleName.BROKER}), filer_code="B76"), {"filer:B76"}),
        (Identity("bro", "Bro", frozenset({RoleName.BROKER})), set()),
        (Identity("imp", "Imp", frozenset({RoleName.IMPORTER}), filer_code="B76"), set()),
        (Identity("sue", "Sue", frozenset({RoleName.SURETY}), surety_code="036"), {"surety:036"}),
        (Identity("bro", "Bro", frozenset({RoleName.BROKER}), surety_code="036"), set()),
        (Identity("bro", "Bro", frozenset({RoleName.BROKER}), filer_code="no code"), set()),
        (Holder("con", "Con", frozenset({RoleName.TRADE_COUNSEL}), party="counsel:2001"), {"counsel:2001"}),
        (Holder("con", "Con", frozenset({RoleName.TRADE_COUNSEL}), party="everybody"), set()),
    ],
)
def test_token_says_which_parties_the_caller_is(identity: Identity, expected: set[str]) -> None:
    assert party_ids(identity) == expected
