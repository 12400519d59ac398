"""Who sees which row: staff see the matters of the Centers, outside parties see their own."""

from typing import Final

from shared.customs.importer_number import ImporterNumberKind, kind_of, mask_importer_number
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity, RoleName

OUTSIDE_PARTIES: Final = frozenset({RoleName.IMPORTER, RoleName.BROKER, RoleName.SURETY, RoleName.TRADE_COUNSEL})
STAFF: Final = frozenset(RoleName) - OUTSIDE_PARTIES


def is_staff(caller: Identity) -> bool:
    """Whether the caller works for CBP or operates the system."""
    return not caller.roles.isdisjoint(STAFF)


def may_see(
    caller: Identity, *, importer_number: str, filer_code: str | None = None, surety_code: str | None = None
) -> bool:
    """Whether the caller may see a matter of this importer, filed by this filer, bonded by this surety."""
    if is_staff(caller) or importer_number in caller.importer_numbers:
        return True
    if caller.has_role(RoleName.BROKER) and filer_code is not None and caller.filer_code == filer_code:
        return True
    return caller.has_role(RoleName.SURETY) and surety_code is not None and caller.surety_code == surety_code


def demand_sight(
    caller: Identity,
    what: str,
    *,
    importer_number: str,
    filer_code: str | None = None,
    surety_code: str | None = None,
) -> None:
    """Raise `NotFound` when the caller may not see the matter: whether it exists is part of what is not shown."""
    if not may_see(caller, importer_number=importer_number, filer_code=filer_code, surety_code=surety_code):
        raise NotFound(f"There is no {what}.", remedy="Check the number, and that the token names the importer.")


def shown_importer_number(caller: Identity, importer_number: str) -> str:
    """The number as this caller may see it: one that is a social security number only whole to its holder."""
    if kind_of(importer_number) is ImporterNumberKind.SSN and importer_number not in caller.importer_numbers:
        return mask_importer_number(importer_number)
    return importer_number
