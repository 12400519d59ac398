"""The rule of two people: what one person did, another completes, and whoever acts for somebody counts as both."""

from collections.abc import Iterable
from typing import Final

from shared.runtime.errors import Forbidden
from shared.runtime.identity import Identity

RULE: Final = "two-people"
CODE: Final = "second-person-required"


def demand_second_person(caller: Identity, before: Iterable[str | None], did: str) -> None:
    """Raise `Forbidden` when the caller, or whom the caller acts for, is among those who did the first part.

    `did` says what that was, as "drafted hold set 17". Source: separation of duties, domain/roles.md; no rule of law.
    """
    if not caller.people.isdisjoint(before):
        raise second_person_required(f"{caller.signature} {did}")


def second_person_required(why: str) -> Forbidden:
    """The one answer to somebody who had part in what another person has to complete; to be raised."""
    return Forbidden(
        f"{why[0].upper()}{why[1:]}: another person has to do this.",
        rule=RULE,
        code=CODE,
        remedy="Let somebody do it who had no part in it, nor acts for somebody who had.",
    )
