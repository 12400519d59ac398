"""Which parties a caller speaks for: a filer, a surety, an agent or counsel."""

from shared.customs.parties import is_party_id
from shared.runtime.identity import Identity, RoleName


def party_ids(identity: Identity) -> frozenset[str]:
    """The ids of the parties that the caller is, as the token says it; none for staff and importers."""
    found = set()
    if identity.has_role(RoleName.BROKER) and identity.filer_code is not None:
        found.add(f"filer:{identity.filer_code}")
    if identity.has_role(RoleName.SURETY) and identity.surety_code is not None:
        found.add(f"surety:{identity.surety_code}")
    if identity.party is not None:
        found.add(identity.party)
    return frozenset(each for each in found if is_party_id(each))
