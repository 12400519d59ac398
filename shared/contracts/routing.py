"""What routing says: where an entry goes and which Center an account has."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.decision import Reasons
from shared.contracts.terms import (
    CenterCode,
    Code,
    Contract,
    Country,
    EntryNumber,
    EntryTypeCode,
    ImporterNumber,
    LegalDate,
    PortCode,
    ShortText,
    TariffNumber,
)

Basis = Literal["account", "tariff", "pending"]
Division = Literal["partnership", "validation-and-compliance", "enforcement"]
Lane = Literal["no-review", "document-review", "enforcement"]


class EntryRouted(Contract):
    """A routing decision for one version of an entry, with the facts that a queue needs."""

    entry_number: EntryNumber
    version: Annotated[int, Field(ge=1)]
    importer_number: ImporterNumber
    entry_type: EntryTypeCode
    port_of_entry: PortCode
    entry_date: LegalDate
    center: CenterCode
    basis: Basis
    division: Division
    lane: Lane
    processes: Annotated[tuple[Code, ...], Field(max_length=32)]
    reasons: Reasons
    rule_versions: dict[str, str]
    value_usd: Annotated[int, Field(ge=0)]
    duty_usd: Annotated[str, Field(examples=["9375.00"])]
    line_count: Annotated[int, Field(ge=1)]
    predominant_tariff: TariffNumber | None = None
    origins: tuple[Country, ...] = ()
    programs: tuple[ShortText, ...] = ()
    trusted_programs: tuple[Code, ...] = ()


class AccountAssigned(Contract):
    """An importer account's Center from a date, or that it has none yet (`center` null)."""

    importer_number: ImporterNumber
    sequence: Annotated[int, Field(ge=1, description="Counts the assignments of this account.")]
    name: ShortText
    contact_email: ShortText | None = None
    center: CenterCode | None
    previous_center: CenterCode | None
    basis: Code
    effective_on: LegalDate
    trusted_programs: tuple[Code, ...] = ()
    reasons: Reasons = ()
