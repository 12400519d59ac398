"""Who acts: a verified caller with the roles and the rows that the token grants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class RoleName(StrEnum):
    """Every role of docs and tokens; what each sees and may do is the services' business."""

    CENTER_DIRECTOR = "center-director"
    ASSISTANT_CENTER_DIRECTOR = "assistant-center-director"
    NATIONAL_ACCOUNT_MANAGER = "national-account-manager"
    IMPORT_SPECIALIST = "import-specialist"
    ENTRY_SPECIALIST = "entry-specialist"
    INTERNATIONAL_TRADE_SPECIALIST = "international-trade-specialist"
    LIQUIDATION_SPECIALIST = "liquidation-specialist"
    DRAWBACK_SPECIALIST = "drawback-specialist"
    ADCVD_TEAM = "adcvd-team"
    TRADE_ENFORCEMENT_COORDINATOR = "trade-enforcement-coordinator"
    FPF_OFFICER = "fpf-officer"
    PORT_DIRECTOR = "port-director"
    PORT_STAFF = "port-staff"
    REGULATIONS_AND_RULINGS = "regulations-and-rulings"
    OFFICE_OF_TRADE = "office-of-trade"
    REGULATORY_AUDIT = "regulatory-audit"
    HSI = "hsi"
    CHIEF_COUNSEL = "chief-counsel"
    IMPORTER = "importer"
    BROKER = "broker"
    SURETY = "surety"
    TRADE_COUNSEL = "trade-counsel"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SERVICE = "service"
    PUBLIC = "public"
    """Whoever calls without a token; no token carries it."""


_FOR: Final = " acting for "


def sign(subject: str, acting_for: str | None) -> str:
    """Who acts, in one text as every history and answer says it: the subject, and for whom under a delegation.

    >>> sign("kim", None), sign("kim", "lee")
    ('kim', 'kim acting for lee')
    """
    return subject if acting_for is None else f"{subject}{_FOR}{acting_for}"


def people_of(signature: str) -> frozenset[str]:
    """Whom an act under this signature counts for.

    >>> sorted(people_of("kim acting for lee"))
    ['kim', 'lee']
    """
    return frozenset(signature.split(_FOR))


@dataclass(frozen=True, slots=True)
class Identity:
    """A verified caller; row access follows centers, divisions, ports, importer numbers, filer and
    surety codes.

    `acting_for` is the subject whose authority is exercised under a dated delegation ("X acting for Y"). `party` is the
    id of the agent or counsel whom the caller works for; `delegations` are the importers that have delegated something
    to the caller's parties today, by the code of what.
    """

    subject: str
    name: str
    roles: frozenset[RoleName]
    centers: frozenset[str] = frozenset()
    divisions: frozenset[str] = frozenset()
    importer_numbers: frozenset[str] = field(default=frozenset(), repr=False)
    filer_code: str | None = None
    surety_code: str | None = None
    acting_for: str | None = None
    party: str | None = None
    delegations: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False, hash=False)
    ports: frozenset[str] = frozenset()

    def has_role(self, *roles: RoleName) -> bool:
        """Whether the caller holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def signature(self) -> str:
        """Who acts, in one text for a history: the subject, and for whom under a delegation."""
        return sign(self.subject, self.acting_for)

    @property
    def people(self) -> frozenset[str]:
        """Whom an act of this caller counts for: the caller, and the one acted for. Two people share none of these."""
        return frozenset({self.subject, self.acting_for or self.subject})


ANYONE: Final = Identity("public", "Public", frozenset({RoleName.PUBLIC}))
"""Who calls without a token: sees what is public, and no row of anybody."""


def document_of(caller: Identity) -> dict[str, Any]:
    """An officer as kept with what is done later in their name: a token is not kept, nor what is not an officer's.

    >>> caller_from(document_of(Identity("kim", "Kim", frozenset({RoleName.HSI})))).signature
    'kim'
    """
    return {
        "subject": caller.subject,
        "name": caller.name,
        "roles": sorted(role.value for role in caller.roles),
        "centers": sorted(caller.centers),
        "divisions": sorted(caller.divisions),
        "acting_for": caller.acting_for,
    }


def caller_from(kept: Mapping[str, Any]) -> Identity:
    """The officer whom `document_of` kept."""
    return Identity(
        kept["subject"],
        kept["name"],
        frozenset(map(RoleName, kept["roles"])),
        centers=frozenset(kept["centers"]),
        divisions=frozenset(kept["divisions"]),
        acting_for=kept["acting_for"],
    )
