"""What routing says: where an entry goes and which Center an account has."""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from shared.contracts.decision import Actor, Reasons
from shared.contracts.post_entry import FilingKind
from shared.contracts.terms import (
    CenterCode,
    Code,
    Contract,
    Country,
    EntryNumber,
    EntryTypeCode,
    ImporterNumber,
    Instant,
    LegalDate,
    PortCode,
    ShortText,
    TariffNumber,
)
from shared.contracts.words import Open

Basis = Literal["account", "tariff", "pending"]
Division = Literal["partnership", "validation-and-compliance", "enforcement"]
AppealOutcome = Literal["upheld", "reassigned"]
Lane = Literal["no-review", "document-review", "enforcement"]
Evidence = Literal["S", "P", "M", "U"]


class Consultation(Contract):
    """Goods on an entry that belong to another Center than the account's: that Center is consulted.

    The matter stays with the account's Center; the consultation is work beside it.
    """

    center: CenterCode
    tariff: TariffNumber
    line_count: Annotated[int, Field(ge=1)]
    value_usd: Annotated[int, Field(ge=0)]


class RoutedGoods(Contract):
    """One line of an entry as it was declared, for whoever reviews it.

    `key` is that of the goods without the tariff number (`shared/customs/goods.py`), absent where description and maker
    do not tell them apart. `tariff` is the first number of chapters 1-97, `special_tariffs` those of 98 and 99
    beside it.
    """

    line_number: Annotated[int, Field(ge=1, le=999)]
    key: Annotated[Code | None, Field(examples=["5f0c9a41d2e87b36"])] = None
    tariff: TariffNumber | None = None
    special_tariffs: Annotated[tuple[TariffNumber, ...], Field(max_length=32)] = ()
    origin: Country
    manufacturer_id: Annotated[str, Field(max_length=15)] | None = None
    description: Annotated[str, Field(max_length=120, description="The first 120 characters.")] = ""
    value_usd: Annotated[int, Field(ge=0)]
    duty_usd: Annotated[str, Field(examples=["9375.00"])]
    preference: Annotated[str, Field(max_length=10)] | None = None
    cases: Annotated[tuple[Code, ...], Field(max_length=16)] = ()
    quantity: Annotated[str | None, Field(examples=["100"])] = None
    unit: Annotated[str | None, Field(examples=["NO"])] = None


class EntryRouted(Contract):
    """A routing decision for one version of an entry, with the facts that a queue needs.

    `move` is 0 for the decision on filing; each time that the open matter is moved to another Center it is one more,
    and of several for one version the highest stands. `authority` names for each process the row of the authority
    table that says who decides. `instructions` tell the reviewer what the criteria that hit want looked at.
    `programs` are Chapter 98 and 99 programs by name, `program_families` what they are grouped by (`301`, `IEEPA` …)
    with antidumping, countervailing duty, preference, quota and temporary importation. `goods` are the lines of an
    entry under review, and are absent from others.
    """

    entry_number: EntryNumber
    version: Annotated[int, Field(ge=1)]
    importer_number: ImporterNumber
    entry_type: EntryTypeCode
    port_of_entry: PortCode
    entry_date: LegalDate
    center: CenterCode
    basis: Open[Basis]
    division: Open[Division]
    lane: Open[Lane]
    processes: Annotated[tuple[Code, ...], Field(max_length=32)]
    reasons: Reasons
    rule_versions: dict[str, str]
    value_usd: Annotated[int, Field(ge=0)]
    duty_usd: Annotated[str, Field(examples=["9375.00"])]
    line_count: Annotated[int, Field(ge=1)]
    predominant_tariff: TariffNumber | None = None
    origins: tuple[Country, ...] = ()
    programs: tuple[ShortText, ...] = ()
    program_families: tuple[Code, ...] = ()
    trusted_programs: tuple[Code, ...] = ()
    consultations: Annotated[tuple[Consultation, ...], Field(max_length=32)] = ()
    authority: dict[str, str] = Field(default_factory=dict)
    move: Annotated[int, Field(ge=0, le=99)] = 0
    instructions: Annotated[tuple[ShortText, ...], Field(max_length=100)] = ()
    goods: Annotated[tuple[RoutedGoods, ...], Field(max_length=999)] = ()
    headings: Annotated[
        tuple[Code, ...],
        Field(
            max_length=999,
            description="The tariff numbers of chapters 1-97 on its lines, six digits, each once; empty before that was"
            " told.",
        ),
    ] = ()


class FilingClock(Contract):
    """A date by which something is due on a filing, with the rule that says so and how well the rule is evidenced."""

    rule: Code
    citation: ShortText
    what: ShortText
    due_on: LegalDate
    evidence: Open[Evidence]


class FilingRouted(Contract):
    """Where a post-entry filing goes: Center of record, division, process, due clocks.

    `sequence` is 1 when it is routed and one more with each move. `received_at` is when the filing first reached CBP,
    wherever that was: forwarding it never moves that instant. `center` is PNDING while no Center is known by the
    importer's account on that day; `basis` says so, or which office has the filing by law. `answers_request` is the id
    of the CBP 28 or 29 that the filing says it answers, `goods_center` the Center to which the tariff map gives the
    goods that it names: the work queue looks at both, and at the entries, to say whose the filing is.
    """

    filing_number: Code
    sequence: Annotated[int, Field(ge=1)]
    kind: Open[FilingKind]
    importer_number: ImporterNumber
    entry_numbers: Annotated[tuple[EntryNumber, ...], Field(max_length=10_000)] = ()
    center: CenterCode
    basis: Code
    division: Open[Division]
    process: Code
    authority: Code
    received_at: Instant
    forwarded_from: ShortText | None = None
    clocks: Annotated[tuple[FilingClock, ...], Field(max_length=16)] = ()
    reasons: Reasons
    answers_request: Code | None = None
    goods_center: CenterCode | None = None


class AppealDecided(Contract):
    """What Field Operations decided on an appeal against the Center of an account.

    `center` and `effective_on` are those of the new assignment, null where the old one was upheld; the assignment of
    each number comes in an event of its own.
    """

    appeal_number: Code
    importer_number: ImporterNumber
    outcome: Open[AppealOutcome]
    center: CenterCode | None = None
    effective_on: LegalDate | None = None
    reasons: Annotated[tuple[Annotated[str, StringConstraints(max_length=4000)], ...], Field(max_length=100)] = ()
    decided_at: Instant


class PostalAddress(Contract):
    """Where letters go; `country` is its two letters of ISO 3166. A reader judges whether a letter can go there."""

    street: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=3)]
    city: ShortText
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] = "US"
    state: ShortText | None = None
    postal_code: ShortText | None = None
    attention: ShortText | None = None


class AccountAssigned(Contract):
    """An importer account's Center from a date, or that it has none yet (`center` null).

    `revision` counts the changes of the account; an event of a release before it had none says nothing of them.
    """

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
    size: Annotated[
        Code | None, Field(description="Of the account: small, mid or large; null before that was told.")
    ] = None
    revision: Annotated[int, Field(ge=1)] | None = None
    postal_address: PostalAddress | None = None


class AccountChanged(Contract):
    """How an importer account is reached, as it is now: its name, its address for mail and the one for letters.

    Of several for one account the highest revision stands. An address that is null is not known.
    """

    importer_number: ImporterNumber
    revision: Annotated[int, Field(ge=1, description="Counts the changes of this account.")]
    name: ShortText
    contact_email: ShortText | None = None
    postal_address: PostalAddress | None = None


MOST_ADDRESSED: Final = 100
"""How many importers one event of a broadcast names at most."""


class BroadcastIssued(Contract):
    """A bulletin that a Center sends to a segment of its importers.

    A broadcast has as many events as its audience needs; `part` counts them, and each names other importers. `program`
    and `hts` say how the segment was narrowed.
    """

    broadcast_id: Code
    part: Annotated[int, Field(ge=1)]
    center: CenterCode
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    effective_on: LegalDate | None = None
    program: Code | None = None
    hts: Annotated[str | None, Field(description="How the tariff numbers begin, 2 to 6 digits.")] = None
    importer_numbers: Annotated[tuple[ImporterNumber, ...], Field(min_length=1, max_length=MOST_ADDRESSED)]
    issued_by: Actor
    issued_at: Instant


class DetailChanged(Contract):
    """One detail of a unit of the directory: what it was and what it is, null where there was or is none."""

    name: Code
    before: ShortText | None = None
    after: ShortText | None = None


class DirectoryChanged(Contract):
    """A change of a Center in the directory, or of a division, team, office or contact point of it: never of a person.

    `sequence` is that of the directory's history, which grows with each change. `text` says it in a sentence.
    """

    center: CenterCode
    sequence: Annotated[int, Field(ge=1)]
    kind: Code
    code: Code
    action: Code
    effective_on: LegalDate
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    details: Annotated[tuple[DetailChanged, ...], Field(max_length=32)] = ()
    recorded_at: Instant
