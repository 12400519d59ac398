"""What routing takes and gives; made by `make client` from openapi/routing.json, never by hand."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from centerline_client.model import Model
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints


class AccountChangeOut(Model):
    """
    One change in the history of an account.
    """

    revision: int
    action: str
    """
    `registered` or `changed`.
    """
    changes: list[dict[str, Any]]
    """
    Each field that changed, with what it was and became.
    """
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: AwareDatetime


class AccountOut(Model):
    """
    An importer account with its newest assignment.
    """

    importer_number: str
    name: str
    size: str
    is_broker: bool
    trusted_programs: list[str]
    """
    Those in force today.
    """
    family: str | None
    center: str | None
    basis: str | None
    effective_on: date | None


class ActIn(Model):
    """
    Why, and from when on.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    """
    Why, for its history.
    """
    effective_on: date | None = None
    """
    A day after today (Eastern); tomorrow unless given.
    """


class ActivityRow(Model):
    """
    What was brought in under a heading or subheading.
    """

    lines: int
    goods: int
    """
    Tariff classifications of chapters 1-97 reported on lines.
    """
    value_usd: int
    number: str
    center: str | None
    """
    The Center that does its work on the day, by the tariff map.
    """


class Alive(Model):
    """
    The process answers.
    """

    status: Literal['alive'] | None = None
    service: str
    code_version: str


class AppealGuide(Model):
    """
    How to appeal against the assignment.
    """

    when: str
    to: str
    form: str
    contents: list[str]
    decision_deadline: str
    effect: str
    citation: str
    uncertain: list[str]


class AppealSummary(Model):
    """
    An appeal in a list.
    """

    appeal_number: str
    importer_number: str
    state: str
    """
    Words: appealed, under-review, upheld, reassigned, withdrawn; there may be others.
    """
    is_complete: bool
    current_center: str | None
    preferred_center: str | None
    received_at: AwareDatetime
    decided_center: str | None
    effective_on: date | None


class AskIn(Model):
    """
    Ask for a run, with why.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    """
    Why, in words that are kept with who asked.
    """


class BacktestCenterOut(Model):
    """
    The same of the entries of a Center.
    """

    entries: int
    hits: int
    """
    The trial selects them.
    """
    live_hits: int
    """
    The criterion, in whatever revision was live, selected them when they came.
    """
    both: int
    reviewed: int
    """
    Under review when they came, whatever selected them.
    """
    hits_reviewed: int
    """
    Those of the hits that were under review anyway; the others would be new.
    """
    hit_basis_points: int | None
    """
    Hits in 10,000 entries; null without an entry.
    """
    center: str


class BacktestCountsOut(Model):
    """
    Entries that were tried, and what became of them.
    """

    entries: int
    hits: int
    """
    The trial selects them.
    """
    live_hits: int
    """
    The criterion, in whatever revision was live, selected them when they came.
    """
    both: int
    reviewed: int
    """
    Under review when they came, whatever selected them.
    """
    hits_reviewed: int
    """
    Those of the hits that were under review anyway; the others would be new.
    """
    hit_basis_points: int | None
    """
    Hits in 10,000 entries; null without an entry.
    """


class BacktestIn(Model):
    """
    On which entries to try a criterion.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    from_: Annotated[date, Field(alias='from')]
    """
    First entry date.
    """
    to: date
    """
    Last entry date, 366 days at most with the first; no day to come.
    """
    revision: int | None = None
    """
    The newest one unless given.
    """


class BacktestWeekOut(Model):
    """
    Hits by entry date in a week, against the budget.
    """

    begins_on: date
    hits: int
    hits_in_all: int
    """
    As many of all entries, where only a part of them was drawn.
    """
    live_hits: int
    is_over_budget: bool


class BroadcastOut(Model):
    """
    A bulletin as it was sent; each importer in its audience has a notice N-33 of it.
    """

    broadcast_id: str
    center: str
    program: str | None
    hts: str | None
    subject: str
    text: str
    effective_on: date | None
    importers: int | None
    """
    How many importers were in the segment on the day, for staff: of few goods there may be one.
    """
    issued_at: AwareDatetime


class BrokerBody(Model):
    """
    A broker that may act for the account.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    from_: Annotated[date | None, Field(alias='from')] = None
    """
    First legal day; null: since ever.
    """
    to: date | None = None
    """
    Last legal day; null: until further notice.
    """
    filer_code: str
    name: str
    processes: list[str] | None = None
    """
    Empty: every process.
    """


class BytesOut(Model):
    """
    A part of a message's bytes.
    """

    size: int
    offset: int
    text: str
    hex_lines: list[str]
    is_masked: bool
    """
    A number in it that can be a social security number is not shown whole.
    """


class CalendarEventIn(Model):
    """
    Something to which a Center invites the trade.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['office-hours', 'call', 'training', 'visit-day', 'other']
    title: str
    place: str
    """
    Where, or how to take part.
    """
    starts_at: AwareDatetime
    """
    An hour that was agreed, with its offset.
    """
    ends_at: AwareDatetime
    """
    An hour that was agreed, with its offset.
    """
    weekly_until: date | None = None
    """
    Each week at the same hour until this day.
    """


class CalendarEventOut(Model):
    """
    An event as it stands.
    """

    event_id: UUID
    revision: int
    center: str
    kind: str
    """
    Words: office-hours, call, training, visit-day, other; there may be others.
    """
    title: str
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    weekly_until: date | None
    is_cancelled: bool
    reason: str | None


class CancellationIn(Model):
    """
    Why an event is cancelled.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str


class CenterFigures(Model):
    """
    What one Center handles; null is either not known or withheld, and `suppressed` says which are withheld.
    """

    center: str
    importers: int | None
    """
    Accounts assigned to the Center on the last day of the period.
    """
    partner_accounts: int | None
    """
    Of these, accounts in a trusted-trader program on that day.
    """
    entries: int | None
    """
    Entries dated in the period, by their newest decision.
    """
    post_entry_filings: int | None
    """
    Filings received in the period.
    """
    staff: int | None
    """
    Positions filled by the directory of the last day.
    """
    suppressed: list[str]


class CenterOut(Model):
    """
    A Center of Excellence and Expertise as the directory of the day has it.
    """

    code: str
    name: str
    office_city: str
    state: str
    numeric_code: str
    abbreviation: str | None
    opened_on: date | None
    """
    Null where the source names no day.
    """
    closed_on: date | None
    """
    The first day on which it takes no more work.
    """
    successor: str | None
    """
    The Center that took over when it closed.
    """
    is_open: bool
    """
    Whether it takes work on the day.
    """


class CenterScoreOut(Model):
    """
    The figures that point to a Center.
    """

    lines: int
    goods: int
    """
    Tariff classifications of chapters 1-97 reported on lines.
    """
    value_usd: int
    center: str
    share_of_goods_pct: str
    share_of_value_pct: str


class CheckOut(Model):
    """
    One thing that an appeal must contain, and whether it does.
    """

    code: str
    text: str
    is_given: bool
    missing: str | None
    """
    What is missing, in a sentence.
    """
    evidence: str
    """
    How well the requirement is known: M from memory. Words: S, P, M, U; there may be others.
    """


class ClockOut(Model):
    """
    A day by which something is due, with its rule and how well the rule is known.
    """

    rule: str
    citation: str
    what: str
    due_on: date
    evidence: str
    """
    S read in a source, P partly read, M from memory, U uncertain. Words: S, P, M, U; there may be others.
    """


class ConfirmationIn(Model):
    """
    From when the proposed Center takes over, and why.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    effective_on: date | None = None
    """
    First day; today unless given, not before.
    """
    reason: str
    """
    The reason, for the record and the importer.
    """


class ConflictOut(Model):
    """
    An event that contradicts the record, and which one stands.
    """

    kind: str
    detail: str
    event_source: str
    event_id: str


class ConsultationOut(Model):
    """
    Another Center that is asked, because the predominant goods belong to it.
    """

    center: str
    tariff: str
    line_count: int
    value_usd: int


class ContactBody(Model):
    """
    Whom to reach for a process: a person, a role, or both.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    from_: Annotated[date | None, Field(alias='from')] = None
    """
    First legal day; null: since ever.
    """
    to: date | None = None
    """
    Last legal day; null: until further notice.
    """
    process: str | None = None
    """
    Null: for every process.
    """
    person: str | None = None
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    verified_on: date | None = None
    """
    When the Center last found that it is right.
    """


class ContactOut(Model):
    """
    How to reach the Center about a process.
    """

    code: str
    process: str | None
    """
    Null: for every process.
    """
    phone: str | None
    email: str | None
    hours: str | None


class CriterionPatch(Model):
    """
    What to change: fields of a criterion; who, what, where and how_much are replaced whole.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    change: dict[str, Any]
    reason: str
    """
    Why, for its history.
    """


class DeadLetterFaultOut(Model):
    """
    One thing that is wrong with a message, as this release reads it.
    """

    field: str
    code: str
    right: str
    came: str | None


class DeadLetterGroupOut(Model):
    """
    Dead letters of one reason and topic.
    """

    reason: str
    topic: str
    letters: int
    oldest: AwareDatetime
    newest: AwareDatetime


class DeadLetterGroupsOut(Model):
    """
    Dead letters by reason and topic, the most first.
    """

    items: list[DeadLetterGroupOut]


class DeadLetterOut(Model):
    """
    A message that could not be applied.
    """

    letter_id: int
    state: str
    topic: str
    partition: int
    log_offset: int
    key: str
    """
    An entry number, or an importer number, which is not shown whole.
    """
    reason: str
    detail: str
    attempts: int
    first_failed_at: AwareDatetime
    last_failed_at: AwareDatetime
    code_version: str


class DeadLettersPreviewOut(Model):
    """
    What an act on the letters of a filter would reach: send `letters` and `up_to` back with the act.
    """

    letters: int
    up_to: int
    """
    The last letter of them; what is parked later is not touched.
    """
    oldest: AwareDatetime | None
    newest: AwareDatetime | None
    sample: list[DeadLetterOut]


class DecisionIn(Model):
    """
    The decision, with its reasons. A new assignment names the Center and its first day, today or later.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    outcome: Literal['upheld', 'reassigned']
    center: str | None = None
    """
    With `reassigned` only.
    """
    effective_on: date | None = None
    """
    With `reassigned` only.
    """
    reasons: list[str]


class DelegationActOut(Model):
    """
    One act on a delegation.
    """

    version: int
    act: str
    """
    Words: granted, revoked, renounced; there may be others.
    """
    is_on_paper: bool
    """
    Registered by the Center for somebody who signed a paper.
    """
    revoked_on: date | None
    reason: str
    done_by: str | None
    """
    Null for what others did, unless to staff.
    """
    acting_for: str | None
    done_at: AwareDatetime


class DelegationDetails(Model):
    """
    A delegation with every act on it.
    """

    delegation_id: str
    party_id: str
    importer_number: str
    scopes: list[str]
    from_on: date
    to_on: date | None
    """
    Last legal day, counted; null: until revoked.
    """
    revoked_on: date | None
    """
    First legal day on which it has no force any more.
    """
    is_in_force: bool
    """
    Whether the party may act under it today.
    """
    version: int
    history: list[DelegationActOut]
    """
    Oldest act first.
    """


class DelegationEndIn(Model):
    """
    Why a delegation ends, and from when on it has no force.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    revoked_on: date | None = None
    """
    First legal day without force, today or later; today unless given.
    """
    reason: str
    """
    Why; kept in the history.
    """


class DelegationIn(Model):
    """
    What an importer delegates to a party.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    importer_number: str
    """
    Importer of record number: employer (NN-NNNNNNNXX), social security (NNN-NN-NNNN) or CBP-assigned (YYDDPP-NNNNN). Treated as personal data.
    """
    scopes: list[Literal['see', 'respond', 'correct', 'protest', 'extend', 'refund', 'all']]
    """
    `see`: See the importer's entries, filings, protests and notices. Every other scope includes it. `respond`: Answer requests for information and notices of action (CBP 28, CBP 29). `correct`: Present post-summary corrections, reconciliations and prior disclosures. `protest`: Protest, ask for further review, supply and withdraw. `extend`: Ask for an extension of the time to liquidate. `refund`: Claim refunds, preference after import and drawback, and follow bills and refunds. `all`: Everything that the importer may do, but for delegating.
    """
    from_on: date | None = None
    """
    First legal day; today unless given.
    """
    to_on: date | None = None
    """
    Last legal day, counted; null: until revoked.
    """
    reason: str
    """
    Why; kept in the history.
    """


class DelegationOut(Model):
    """
    What an importer delegated to a party.
    """

    delegation_id: str
    party_id: str
    importer_number: str
    scopes: list[str]
    from_on: date
    to_on: date | None
    """
    Last legal day, counted; null: until revoked.
    """
    revoked_on: date | None
    """
    First legal day on which it has no force any more.
    """
    is_in_force: bool
    """
    Whether the party may act under it today.
    """
    version: int


class DetailsIn(Model):
    """
    What is known of a unit; which fields it takes depends on its kind.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    name: str | None = None
    numeric_code: str | None = None
    abbreviation: str | None = None
    office_city: str | None = None
    city: str | None = None
    state: str | None = None
    successor: str | None = None
    division: str | None = None
    team: str | None = None
    team_number: str | None = None
    position: str | None = None
    """
    `director` directs the Center.
    """
    process: str | None = None
    phone: str | None = None
    email: str | None = None
    hours: str | None = None
    count: int | None = None
    """
    People.
    """


class DirectoryChangeIn(Model):
    """
    A change of the directory.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['center', 'division', 'team', 'office', 'person', 'contact', 'staffing']
    code: str
    """
    Names the unit among those of its kind in its Center; a Center names itself.
    """
    center: str
    """
    Center identifier.
    """
    action: Literal['open', 'change', 'close', 'stay-open']
    """
    `stay-open` withdraws a closing whose day has not come.
    """
    effective_on: date
    """
    First day; Centers open and close after today.
    """
    details: DetailsIn | None = None
    reason: str


class DirectoryChangeOut(Model):
    """
    One line of the directory's history, in words and as data.
    """

    sequence: int
    text: str
    kind: str
    """
    Words: center, division, team, office, person, contact, staffing; there may be others.
    """
    code: str
    center: str
    action: str
    """
    Words: open, change, close, stay-open; there may be others.
    """
    effective_on: date
    details: dict[str, Any]
    reason: str | None
    """
    Null for a caller without a token.
    """
    changed_by: str | None
    """
    Null for a caller without a token.
    """
    acting_for: str | None
    recorded_at: AwareDatetime


class DivisionOut(Model):
    """
    A division of a Center.
    """

    code: str
    name: str


class DoubtOut(Model):
    """
    Why a criterion should be looked at again.
    """

    code: str
    text: str


class EntryMoveOut(Model):
    """
    An open matter given to another Center by a person.
    """

    sequence: int
    from_center: str
    to_center: str
    reason: str
    moved_by: str
    moved_at: AwareDatetime


class EventActIn(Model):
    """
    Publish events once more that were set aside, or discard them.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    act: Literal['publish', 'discard']
    reason: str
    """
    Why, in words that are kept with who asked.
    """
    ids: list[int]


class EventOut(Model):
    """
    An event that the bus did not take.
    """

    event_id: int
    topic: str
    key: str
    bytes: int
    reason: str
    set_aside_at: AwareDatetime
    state: str


class EventPosition(Model):
    """
    Up to where a topic had been read when the figures were counted.
    """

    topic: str
    partition: int
    next_offset: int


class EventTakenOut(Model):
    """
    An event that is on the bus; what comes of it is read at the entry, or comes back as `event-refused`.
    """

    id: str
    source: str
    type: str
    subject: str
    topic: str


class EventsTakenOut(Model):
    """
    All events of a call, in their order.
    """

    events: list[EventTakenOut]


class FamilyChangeOut(Model):
    """
    One change of a family.
    """

    revision: int
    name: str
    added: list[str]
    removed: list[str]
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: AwareDatetime


class FamilyDetails(Model):
    """
    A family with its importer numbers and its history.
    """

    family: str
    name: str
    importer_numbers: list[str]
    history: list[FamilyChangeOut]
    """
    The newest hundred changes, newest first.
    """


class FamilyIn(Model):
    """
    A family: its name and all of its importer numbers.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    name: str
    importer_numbers: list[str] | None = None
    """
    Registered accounts; a masked number stands for the one of this family that it masks.
    """
    reason: str
    """
    Why; kept in the history.
    """


class FamilyOut(Model):
    """
    A family in the list.
    """

    family: str
    name: str
    importers: int
    """
    How many importer numbers it has.
    """


class FaultOut(Model):
    """
    Something that keeps the version from being published.
    """

    code: str
    """
    `bad-range`, `prefix-too-long`, `overlap`, `not-covered`, `unknown-center`, `center-not-open`, `not-underlying` or `center-missing`.
    """
    prefix: str
    detail: str


class FiguresOut(Model):
    """
    Lines, goods and value in whole dollars.
    """

    lines: int
    goods: int
    """
    Tariff classifications of chapters 1-97 reported on lines.
    """
    value_usd: int


class FileOut(Model):
    """
    A file of a matter.
    """

    file_id: UUID
    name: str
    """
    As it was sent, without what could mislead.
    """
    kind: str
    """
    By the content, whatever the name says. Words: pdf, png, jpeg, tiff, xlsx, docx, csv, text, email; there may be others.
    """
    media_type: str
    size_bytes: int
    sha256: str
    level: str
    """
    Words: internal, party, law-enforcement; there may be others.
    """
    is_by_party: bool
    """
    A party added it; others were added by CBP.
    """
    added_at: AwareDatetime
    added_by: str | None
    """
    For staff, and for whoever added it.
    """
    added_by_name: str | None
    acting_for: str | None
    authority: str | None
    """
    The row of the authority table, for staff.
    """
    scan: str
    """
    `received` waits for its scan; `not-scanned` came where nothing scans; `infected` is never given out, and where scans are required only `clean` is. Words: received, clean, infected, not-scanned; there may be others.
    """
    scanned_at: AwareDatetime | None
    redacts: UUID | None
    """
    Of a redacted copy the original, for staff.
    """
    redacts_sha256: str | None
    """
    Of a redacted copy the SHA-256 of what the original holds.
    """


class FilingContactOut(Model):
    """
    Where to reach whoever has the matter.
    """

    code: str
    process: str | None
    """
    Null: for every process.
    """
    phone: str | None
    email: str | None
    hours: str | None


class FilingMoveOut(Model):
    """
    An open matter given to another Center by a person.
    """

    sequence: int
    from_center: str
    to_center: str
    reason: str
    moved_by: str | None
    """
    Shown to staff.
    """
    acting_for: str | None = None
    moved_at: AwareDatetime


class FilingOfficeOut(Model):
    """
    Who has the matter of record: Center, division, and how to reach them.

    Without a move the Center is that of the account on receipt. Who works on it, by all that was learned since, says
    `GET /items?filing=` of the work queue.
    """

    center: str
    """
    PNDING while no Center is known.
    """
    name: str | None
    city: str | None
    division: str
    contacts: list[FilingContactOut]
    """
    Those of the process, else those for every process.
    """
    since: AwareDatetime
    """
    Since the receipt, or since the last move.
    """


class FilingSummary(Model):
    """
    A filing in a list.
    """

    filing_number: str
    kind: str
    process: str
    received_at: AwareDatetime
    routed_to: str
    """
    The Center of record on receipt; moves are shown with the filing itself.
    """
    division: str
    due_on: date | None
    """
    The earliest clock.
    """


class FlawOut(Model):
    """
    Why there is nothing for an appeal to decide, and what to do.
    """

    code: str
    text: str
    remedy: str


class GoodsOut(Model):
    """
    Tariff numbers that the map of the day gives to the Center, where the importer has no account of its own.
    """

    first: str
    """
    Where the numbers begin, as many digits as decide.
    """
    last: str
    title: str | None
    """
    Of a whole chapter its short title.
    """
    confidence: str
    """
    `confirmed` was read in a source; the others are recalled or inferred. Words: confirmed, high, medium, low; there may be others.
    """


class HeadingMoveOut(Model):
    """
    A heading that moves, whole or in part.
    """

    heading: str
    from_center: str | None
    to_center: str | None
    subheadings: int
    """
    Subheadings of the heading that move so.
    """


class HolderOut(Model):
    """
    Who holds a function in a term, on which legal basis, and how well that is known.
    """

    row_id: str
    role: str
    from_: Annotated[date | None, Field(alias='from')]
    """
    First legal day; null: since ever.
    """
    to: date | None
    """
    Last legal day; null: until further notice.
    """
    legal_basis: str
    concurrent_with: str | None
    """
    The row of the one who may decide as well.
    """
    evidence: str
    """
    S read in a source, P partly read, M from memory, U uncertain. Words: S, P, M, U; there may be others.
    """
    is_uncertain: bool
    note: str


class HowMuchModel(Model):
    """
    Bounds of value, duty and unit value.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    entry_value_at_least_usd: str | None = None
    """
    US dollars, the bound included.
    """
    entry_value_at_most_usd: str | None = None
    """
    US dollars, the bound included.
    """
    entry_duty_at_least_usd: str | None = None
    """
    US dollars, the bound included.
    """
    entry_duty_at_most_usd: str | None = None
    """
    US dollars, the bound included.
    """
    line_value_at_least_usd: str | None = None
    """
    US dollars, the bound included.
    """
    line_value_at_most_usd: str | None = None
    """
    US dollars, the bound included.
    """
    line_duty_at_least_usd: str | None = None
    """
    US dollars, the bound included.
    """
    line_duty_at_most_usd: str | None = None
    """
    US dollars, the bound included.
    """
    unit_value_below_pct: int | None = None
    """
    Percent of the rolling median.
    """
    unit_value_above_pct: int | None = None
    """
    Percent of the rolling median.
    """


class ImportIn(Model):
    """
    Imports under a heading in the prior year, or projected, by value.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    hts: str
    value_usd: int


class ImportOut(Model):
    """
    An import: how far it has come, and how many of its rows did what.
    """

    import_id: str
    state: str
    """
    `open` until the end of the file has been applied: send the file again with the same key. Words: open, finished; there may be others.
    """
    rows: int
    """
    Rows that are applied or refused; sending again goes on behind them.
    """
    created: int
    updated: int
    unchanged: int
    refused: int
    assignments: int
    """
    Assignments that are new or changed.
    """
    started_by: str
    acting_for: str | None
    started_at: AwareDatetime
    progressed_at: AwareDatetime
    results: str
    """
    Where the result of each row is.
    """


class ImportedGoods(Model):
    """
    Goods of an import history; a heading, subheading or longer number of chapters 1-97.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    hts: str
    lines: int | None = None
    goods: int | None = None
    """
    As many as lines unless given.
    """
    value_usd: int | None = None


class InvariantOut(Model):
    """
    A statement that must always hold, and what is known of it.
    """

    name: str
    meaning: str
    is_walked: bool
    """
    Checked on a schedule slice by slice; else whole each time.
    """
    broken: int | None
    """
    What the schedule found and did not find mended; null where not kept.
    """
    last_asked_at: AwareDatetime | None
    last_asked_by: str | None
    violations: int | None
    """
    What the last check on demand found in the whole database, up to 100.
    """
    lines: list[str]
    problem: str | None
    """
    Why the last check on demand could not tell.
    """


class InvariantsOut(Model):
    """
    Every invariant of the service.
    """

    items: list[InvariantOut]


class JobOut(Model):
    """
    How a scheduled job ran last, and when it runs next.
    """

    job: str
    every_seconds: float
    result: str
    """
    Words: never, running, succeeded, failed, postponed; there may be others.
    """
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    duration_seconds: float | None
    error: str | None
    last_succeeded_at: AwareDatetime | None
    next_run_at: AwareDatetime
    rows_set_aside: int


class JobsOut(Model):
    """
    Every scheduled job of the service.
    """

    items: list[JobOut]


class JobsSummaryOut(Model):
    """
    How the scheduled jobs stand.
    """

    jobs: int
    failed: list[str]
    """
    Those whose last run failed or was put off.
    """
    rows_set_aside: int


class LaneOut(Model):
    """
    Deliveries of a lane and channel that wait.
    """

    lane: str
    channel: str
    waiting: int
    failing: int
    """
    Of them those that were tried before and failed.
    """
    due: int
    """
    Of them those whose next try is due.
    """
    held: int
    """
    Of them those that the recipient wants later.
    """
    without_account: int
    """
    Of them those whose importer's account is not known yet.
    """
    oldest_at: AwareDatetime


class LapseBody(Model):
    """
    A term in which the account is not in good standing.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    from_: Annotated[date | None, Field(alias='from')] = None
    """
    First legal day; null: since ever.
    """
    to: date | None = None
    """
    Last legal day; null: until further notice.
    """
    reason: str
    """
    Why; kept in the history.
    """


class MapChangeOut(Model):
    """
    One line of a version's history.
    """

    action: str
    """
    Words: drafted, edited, validated, found-faulty, published; there may be others.
    """
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: AwareDatetime


class MapMoveOut(Model):
    """
    How many go from one Center to another, with the first twenty of them.
    """

    from_center: str | None
    """
    Null: no Center.
    """
    to_center: str | None
    count: int
    examples: list[str]


class MapRow(Model):
    """
    Tariff numbers that begin with a prefix of a span, both ends included, and the Center that takes them.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    prefix_from: str
    """
    2 to 6 digits; more is found by validation.
    """
    prefix_to: str
    """
    2 to 6 digits; more is found by validation.
    """
    center: str
    """
    A Center, or `UNDERLYING` for chapters 98 and 99.
    """
    source: str
    """
    Where it was read, or that it was not.
    """
    confidence: Literal['confirmed', 'high', 'medium', 'low']
    note: str | None = None


class MapRowOut(Model):
    """
    A row of the tariff map: numbers from the first to the last go to the Center, where no assignment decides.
    """

    first: str
    """
    Where the numbers begin, as many digits as decide.
    """
    last: str
    center: str
    """
    `UNDERLYING`: none of its own, the number of chapters 1-97 on the same line decides.
    """
    confidence: str
    """
    `confirmed` was read in a source; the others are recalled or inferred. Words: confirmed, high, medium, low; there may be others.
    """
    source: str
    note: str


class MedianOut(Model):
    """
    The median of a tariff number and unit.
    """

    hts: str
    unit: str
    median_usd: str
    """
    Dollars per unit, as exact as declared.
    """
    sample_size: int


class MoveIn(Model):
    """
    Where an open matter goes, from where, and why.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    from_center: str
    """
    The Center that has it, as you saw it: another one is refused.
    """
    to_center: str
    """
    Center identifier.
    """
    reason: str


class MovedOut(Model):
    """
    A move as recorded. Clocks and the day of receipt stay as they were.
    """

    kind: str
    """
    Words: entry, filing; there may be others.
    """
    number: str
    sequence: int
    from_center: str
    to_center: str
    reason: str
    moved_by: str
    acting_for: str | None
    moved_at: AwareDatetime
    authority: str | None
    """
    The row of the table of authority that it rests on.
    """


class OccasionOut(Model):
    """
    One time at which an event takes place, or would have.
    """

    event_id: UUID
    center: str
    kind: str
    """
    Words: office-hours, call, training, visit-day, other; there may be others.
    """
    title: str
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    is_cancelled: bool
    reason: str | None
    """
    Why it is cancelled.
    """


class OfficeOut(Model):
    """
    A place where people of the Center work.
    """

    code: str
    name: str
    city: str | None
    state: str | None


class OpenAppeal(Model):
    """
    An appeal against the assignment that is not decided.
    """

    appeal_number: str
    state: str
    received_at: AwareDatetime


class OpenProposal(Model):
    """
    A proposal that waits for a person.
    """

    proposal_id: int
    proposed_center: str
    as_of: date


class OperatorActOut(Model):
    """
    What an operator asked for, with who and why, and how far it is.
    """

    act_id: int
    act: str
    """
    Words: replay-letters, discard-letters, publish-events, discard-events, run-job, retry-rows, check-invariants, restore-archive; there may be others.
    """
    state: str
    """
    Words: going-on, done, failed; there may be others.
    """
    asked: dict[str, Any]
    """
    The filter or the ids, the job or the keys.
    """
    reason: str
    asked_by: str
    asked_at: AwareDatetime
    total: int
    done: int
    result: dict[str, Any]
    ended_at: AwareDatetime | None


class OutboxOut(Model):
    """
    What waits to be published.
    """

    waiting: int
    oldest_at: AwareDatetime | None
    oldest_seconds: float | None
    set_aside: int
    """
    Events that the bus did not take and that wait for an operator.
    """


class OverrideIn(Model):
    """
    Another Center than the figures point to, on one of the grounds of the regulation.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    center: str
    """
    Center identifier.
    """
    ground: Literal['associated-business-practices', 'intended-use', 'high-relative-value']
    effective_on: date | None = None
    """
    First day; today unless given, not before.
    """
    reason: str
    """
    The reason, for the record and the importer.
    """


class PageAccountChangeOut(Model):
    items: list[AccountChangeOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageAccountOut(Model):
    items: list[AccountOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageAppealSummary(Model):
    items: list[AppealSummary]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageBroadcastOut(Model):
    items: list[BroadcastOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageDeadLetterOut(Model):
    items: list[DeadLetterOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageDelegationOut(Model):
    items: list[DelegationOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageDirectoryChangeOut(Model):
    items: list[DirectoryChangeOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageEventOut(Model):
    items: list[EventOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageFamilyOut(Model):
    items: list[FamilyOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageFileOut(Model):
    items: list[FileOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageFilingSummary(Model):
    items: list[FilingSummary]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageMedianOut(Model):
    items: list[MedianOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageOperatorActOut(Model):
    items: list[OperatorActOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PartiesRegistered(Model):
    """
    What a call registered.
    """

    parties: int
    """
    How many the call named.
    """
    changed: int
    """
    How many of them are new or changed.
    """


class PartyChangeOut(Model):
    """
    One change of a party.
    """

    version: int
    act: str
    changes: list[dict[str, Any]]
    reason: str
    changed_by: str | None
    """
    Null for what others did, unless to staff.
    """
    acting_for: str | None
    recorded_at: AwareDatetime


class PartyContactBody(Model):
    """
    Whom to reach at a party for a process.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    process: str | None = None
    """
    `all`: where no other contact is named.
    """
    name: str
    email: str | None = None
    phone: str | None = None
    verified_on: date | None = None
    """
    When the Center last found that it is right; only registrars say so.
    """


class PartyContactOut(Model):
    """
    Whom to reach at a party for a process.
    """

    process: str
    name: str
    email: str | None
    phone: str | None
    verified_on: date | None
    is_verification_due: bool
    """
    Never verified, or a year ago or longer.
    """


class PartyContactsIn(Model):
    """
    All contacts of a party.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    contacts: list[PartyContactBody]
    reason: str
    """
    Why; kept in the history.
    """


class PartyDetails(Model):
    """
    A party, with its contacts for those who see them.
    """

    party_id: str
    kind: str
    """
    Words: filer, surety, agent, counsel; there may be others.
    """
    name: str
    state: str
    """
    Words: active, closed; there may be others.
    """
    closed_on: date | None
    """
    First legal day on which it is closed.
    """
    contacts: list[PartyContactOut] | None
    """
    For staff, the party itself and importers that delegated to it; null for others.
    """
    version: int


class PartyOut(Model):
    """
    A party in the list.
    """

    party_id: str
    kind: str
    """
    Words: filer, surety, agent, counsel; there may be others.
    """
    name: str
    state: str
    """
    Words: active, closed; there may be others.
    """
    closed_on: date | None
    """
    First legal day on which it is closed.
    """


class PartyRow(Model):
    """
    One of several parties to register.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    party_id: str
    """
    filer:<filer code>, surety:<surety code>, agent:<number>, counsel:<number>.
    """
    name: str
    closed_on: date | None = None
    contacts: list[PartyContactBody] | None = None


class PersonOut(Model):
    """
    A person with a position in the Center.
    """

    code: str
    name: str
    position: str
    division: str | None
    team: str | None
    since: date | None


class PlaceOut(Model):
    """
    Where the service stands on a partition.
    """

    topic: str
    partition: int
    next_offset: int
    behind: int | None
    """
    Records still to apply; null where the bus does not answer.
    """
    refused_in_a_row: int
    """
    Letters in an unbroken row; beyond a limit the process stops.
    """
    failed_in_a_row: int
    moved_at: AwareDatetime | None


class PolicyConfirmation(Model):
    """
    The first day of a version and why it is confirmed.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    effective_on: date
    """
    After today: decisions already made keep their policy.
    """
    reason: str
    """
    The reason, for the record.
    """


class PolicyIn(Model):
    """
    A new version: another one as its base, and what differs.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    version: str
    based_on: str | None = None
    measure: Literal['goods', 'lines', 'value'] | None = None
    minimum_lines: int | None = None
    lead_points: int | None = None
    months_ahead: int | None = None
    broker_by_goods: bool | None = None
    override_grounds: list[Literal['associated-business-practices', 'intended-use', 'high-relative-value']] | None = (
        None
    )
    family_together: bool | None = None
    rest_months: int | None = None
    reason: str
    """
    The reason, for the record.
    """


class PolicySummary(Model):
    """
    What the policy of the day asks for.
    """

    version: str
    measure: str
    minimum_lines: int
    lead_points: int
    months_ahead: int
    family_together: bool


class PostalAddressBody(Model):
    """
    Where letters go: one to which a letter can go, with what its country asks for.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    street: list[str]
    city: str
    country: str | None = None
    """
    Two letters of ISO 3166.
    """
    state: str | None = None
    """
    In the United States its two letters.
    """
    postal_code: str | None = None
    """
    In the United States the ZIP code.
    """
    attention: str | None = None
    """
    A person or a department at the address.
    """


class PreviewedIn(Model):
    """
    A filter with what its preview said.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str | None = None
    topic: str | None = None
    failed_from: date | None = None
    """
    Failed last on this legal day or later.
    """
    failed_to: date | None = None
    """
    Failed last on this legal day or earlier.
    """
    letters: int
    up_to: int


class ProblemKindOut(Model):
    """
    What a code of a problem means, and what to do.
    """

    type: str
    """
    What stands as `type` in a problem detail.
    """
    code: str
    statuses: list[int]
    """
    The HTTP statuses that it comes with; none for a code of refused events only.
    """
    title: str
    meaning: str
    """
    What it means.
    """
    remedy: str
    """
    What to do; a problem detail may have a remedy of its own, which then counts.
    """


class ProblemKindsOut(Model):
    """
    The whole catalogue.
    """

    items: list[ProblemKindOut]


class ProgramBody(Model):
    """
    A trusted-trader program with its dates.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    from_: Annotated[date | None, Field(alias='from')] = None
    """
    First legal day; null: since ever.
    """
    to: date | None = None
    """
    Last legal day; null: until further notice.
    """
    program: str


class ProgramOut(Model):
    """
    A program behind a number of chapter 98 or 99 that is in force on the day.
    """

    code: str
    name: str
    authority: str
    origins: str
    """
    Of which countries of origin; empty where the table does not say.
    """
    rate: str
    """
    The rate in words.
    """
    since: date | None
    """
    First day in force; null: not known.
    """
    is_since_exact: bool
    """
    False: only the month or year is known, or nothing.
    """
    until: date | None
    """
    Last day in force; null: none is known.
    """
    note: str


class PublicationIn(Model):
    """
    From which day the version is in force.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    effective_on: date
    """
    After today: decisions already made keep their map.
    """
    reason: str


class RankingOut(Model):
    """
    Who is first by a measure, who second, and by how much.
    """

    measure: str
    predominant: str | None
    runner_up: str | None
    margin_points: str
    """
    Percentage points between the two.
    """


class Ready(Model):
    """
    Whether the process can take work, and what each check says.
    """

    is_ready: bool
    checks: dict[str, str | None]
    """
    Each check with its problem, null where all is well.
    """


class ReasonIn(Model):
    """
    Why.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    """
    Why, for its history.
    """


class ReasonOut(Model):
    """
    One ground of a decision.
    """

    code: str
    text: str
    fact: str | None = None
    citation: str | None = None


class RecommendationOut(Model):
    """
    A recommendation with what was expected, and what came of it.
    """

    recommendation_id: UUID
    matter: UUID
    kind: str
    """
    Words: criterion, tariff-map, assignment-policy; there may be others.
    """
    reference: str
    """
    The criterion's id, or the version of the map or policy.
    """
    revision: int | None
    expected_effect: str
    measure: str
    before: str
    expected: str
    compare_on: date
    is_due: bool
    """
    The day has come, and nothing was compared.
    """
    made_by: str
    made_at: AwareDatetime
    actual: str | None
    finding: str | None
    reached_percent: int | None
    """
    Of the change that was expected, how much came.
    """
    compared_by: str | None
    compared_at: AwareDatetime | None


class RecommendedOut(Model):
    """
    A recommendation that became this version: what is expected of it, and when that is compared.
    """

    recommendation_id: UUID
    matter: UUID
    """
    The item of the work queue in which it was recommended.
    """
    expected_effect: str
    measure: str
    before: str
    expected: str
    compare_on: date
    actual: str | None
    """
    Null: not compared yet.
    """


class Registered(Model):
    """
    What registration did.
    """

    accounts: int
    assignments: int
    """
    Assignments that are new or changed; the others stood already.
    """


class RejectionIn(Model):
    """
    Why the account stays as it is.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    """
    The reason, for the record and the importer.
    """


class RelatedPartyBody(Model):
    """
    Somebody with whom the account is related, by number or by name.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    relation: str
    importer_number: str | None = None
    name: str | None = None


class ReportOut(Model):
    """
    What validation found.
    """

    version: str
    is_valid: bool
    on: date
    headings: int
    """
    Headings of the tariff that must be covered.
    """
    headings_by_center: dict[str, int]
    """
    Headings with a row for the Center; one that is split by subheading counts for each.
    """
    faults: list[FaultOut]


class ResultIn(Model):
    """
    What became of it.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    actual: float | str
    finding: str


class RetirementIn(Model):
    """
    Why, from when on, and which revision.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    """
    Why, for its history.
    """
    effective_on: date | None = None
    """
    A day after today (Eastern); tomorrow unless given.
    """
    revision: int | None = None
    """
    The newest one unless given.
    """


class RetryIn(Model):
    """
    Rows that the next run is to try again.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    """
    Why, in words that are kept with who asked.
    """
    keys: list[str] | None = None
    """
    Their keys; all of the job without keys and ids.
    """
    ids: list[int] | None = None
    """
    Their numbers (`row_id`), which name rows whose keys are not shown whole.
    """


class ReviewIn(Model):
    """
    Taking an appeal under review; one that is incomplete needs the reason in writing.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str | None = None


class ReviewedShareOut(Model):
    """
    Entries of a month and how many of them were selected for review.
    """

    month: str
    accounts: str
    """
    `trusted` or `other`.
    """
    entries: int
    reviewed: int
    reviewed_basis_points: int
    """
    Reviewed in 10,000 entries.
    """


class RoutingFigures(Model):
    """
    Entries by the newest decision of each.
    """

    entries: int
    by_center: dict[str, int]
    by_basis: dict[str, int]
    by_lane: dict[str, int]


class RowLeftOut(Model):
    """
    A row that a job could not do and leaves out.
    """

    row_id: int
    """
    What names the row where its key is not shown whole.
    """
    key: str
    error: str
    attempts: int
    first_failed_at: AwareDatetime
    last_failed_at: AwareDatetime
    skipped_until: AwareDatetime


class RowResultOut(Model):
    """
    What became of a row.
    """

    row: int
    """
    Counted from 1, without the header.
    """
    importer_number: str | None
    """
    Masked when it may be a social security number; null when it is no importer number.
    """
    result: str
    """
    Words: created, updated, unchanged, refused; there may be others.
    """
    code: str | None = None
    detail: str | None = None
    remedy: str | None = None
    """
    What to do about a refused row.
    """


class RunIn(Model):
    """
    As of which day to propose.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    as_of: date | None = None
    """
    Today unless given; not a day to come.
    """


class RunOut(Model):
    """
    What a run did.
    """

    as_of: date
    policy_version: str
    map_version: str
    accounts: int
    """
    Accounts looked at.
    """
    proposed: int
    """
    New proposals.
    """
    gave_way: int
    """
    Open proposals of earlier runs that gave way to newer figures.
    """


class ScopeOut(Model):
    """
    How far a row of the table reaches, in the caller's own terms.
    """

    row_id: str
    scope: str
    """
    How far a row reaches. Words: center, division, unassigned, national, port, own-account, delegated, filed-by, bonded-by, own-party, named, public; there may be others.
    """
    where: list[str]
    """
    Centers, importer numbers, codes: what it reaches; empty: nothing.
    """
    is_everywhere: bool
    """
    Whether it reaches everything there is.
    """


class ScoresOut(Model):
    """
    Figures by Center, and the ranking by every measure.
    """

    first_month: date | None
    last_month: date | None
    total: FiguresOut
    unmapped: FiguresOut
    """
    Goods that the tariff map gives to no open Center.
    """
    centers: list[CenterScoreOut]
    rankings: list[RankingOut]


class SealRunLinksOut(Model):
    """
    A run with the links that it made, in the order in which they are hashed.
    """

    run: int
    sealed_at: AwareDatetime
    seals: int
    link: str
    links: list[str]
    before: str | None
    """
    The link of the run before.
    """


class SealRunOut(Model):
    """
    A run of sealing: its link rests on all that were sealed before.
    """

    run: int
    sealed_at: AwareDatetime
    seals: int
    link: str


class SealRunsOut(Model):
    """
    Runs of sealing, the first first.
    """

    items: list[SealRunOut]


class SealedLineOut(Model):
    """
    A line of history with its seal: `digest` is the SHA-256 of its text, `link` that of the link before and it.
    """

    source: str
    """
    The table of history.
    """
    position: int | None
    """
    In the chain of the subject and source; null: it waits for the next run.
    """
    run: int | None
    digest: str | None
    link: str | None
    text: str | None
    """
    The line as JSON, as it was sealed; null where it is withheld.
    """
    is_masked: bool
    """
    A number in it that can be a social security number is not shown whole.
    """
    withheld: str | None
    """
    Why the reader does not see it; its seal is shown all the same.
    """


class SelectionOut(Model):
    """
    What selected a version: criteria that hit, those on trial that would have, the draw of the random floor.
    """

    hits: list[list[Any]]
    shadow: list[list[Any]]
    draw: int


class SpanIn(Model):
    """
    Names a row by its two prefixes.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    prefix_from: str
    """
    2 to 6 digits; more is found by validation.
    """
    prefix_to: str
    """
    2 to 6 digits; more is found by validation.
    """


class StaffingOut(Model):
    """
    How many people hold a position.
    """

    position: str
    count: int
    since: date | None


class StaleOut(Model):
    """
    A criterion with what speaks against it.
    """

    id: str
    revision: int
    state: str
    owner: str
    doubts: list[DoubtOut]


class StepOut(Model):
    """
    One line of the history.
    """

    act: str
    state: str
    """
    Words: appealed, under-review, upheld, reassigned, withdrawn; there may be others.
    """
    reasons: list[str]
    detail: dict[str, Any]
    done_by: str | None
    """
    Shown to staff; parties see their own acts.
    """
    acting_for: str | None
    done_at: AwareDatetime
    authority: str | None
    """
    The row of the table of authority that it rests on; for staff.
    """


class TariffMapDetailOut(Model):
    """
    A version with its history and a page of its rows.
    """

    version: str
    title: str
    based_on: str | None
    state: str
    """
    Words: draft, validated, published, superseded, rolled-back; there may be others.
    """
    is_in_force: bool
    """
    Whether entries of today are decided by it.
    """
    revision: int
    valid_on: date | None
    """
    The day for which it was found valid.
    """
    effective_on: date | None
    """
    Null while unpublished, and for the map shipped with the product.
    """
    ended_on: date | None
    """
    The day on which another version takes or took over.
    """
    rolls_back: str | None
    """
    The version that it undoes.
    """
    history: list[MapChangeOut]
    recommended: list[RecommendedOut]
    """
    The recommendations of policy analysis that it came from.
    """
    rows: list[MapRow]
    next: str | None
    """
    The link to the next page of rows; null on the last.
    """


class TariffMapOut(Model):
    """
    A version of the map: how far it has come and from when to when it is in force.
    """

    version: str
    title: str
    based_on: str | None
    state: str
    """
    Words: draft, validated, published, superseded, rolled-back; there may be others.
    """
    is_in_force: bool
    """
    Whether entries of today are decided by it.
    """
    revision: int
    valid_on: date | None
    """
    The day for which it was found valid.
    """
    effective_on: date | None
    """
    Null while unpublished, and for the map shipped with the product.
    """
    ended_on: date | None
    """
    The day on which another version takes or took over.
    """
    rolls_back: str | None
    """
    The version that it undoes.
    """


class TariffNumberOut(Model):
    """
    A tariff number as it stands on a day; what is null is not known.
    """

    hts: str
    shown: str
    """
    With its dots.
    """
    on: date
    map_version: str
    """
    The version of the tariff map in force on the day.
    """
    chapter_title: str | None
    decides: MapRowOut | None
    """
    The row for the number; null: no row of the map has it.
    """
    narrower: list[MapRowOut]
    """
    Rows for a part of the numbers that begin with it.
    """
    description: str | None
    """
    CBP's short description, of a number of ten digits.
    """
    units: str | None
    general_rate_2024: str | None
    """
    General rate of duty in January 2024; older than the number.
    """
    may_be_ad: bool | None
    """
    Whether an antidumping order may cover goods of it; the scope of the order decides.
    """
    may_be_cvd: bool | None
    """
    Whether a countervailing order may cover goods of it.
    """
    agencies: list[str]
    """
    Flags of partner government agencies.
    """
    programs: list[ProgramOut]
    """
    Of a number of chapter 98 or 99: the programs behind it.
    """


class TeamOut(Model):
    """
    A team of a division.
    """

    code: str
    name: str
    division: str
    team_number: str | None


class TransparencyFigures(Model):
    """
    Figures per Center for a period, with the event position that they were counted at.
    """

    period: str
    first: str
    last: str
    smallest_shown: int
    """
    Cells that rest on fewer importer accounts are withheld.
    """
    event_position: list[EventPosition]
    centers: list[CenterFigures]


class TrustedFigures(Model):
    """
    Whether trusted accounts see less work than the others.
    """

    first: date
    last: date
    months: list[ReviewedShareOut]


class UnitValuesIn(Model):
    """
    For which day to compute.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    as_of: date
    """
    The last day of the twelve months; today or earlier.
    """
    minimum_sample: int | None = None
    """
    Declarations below which there is no median.
    """


class UnitValuesOut(Model):
    """
    A version of the medians.
    """

    as_of: date
    effective_on: date
    """
    The first entry date that is compared with it.
    """
    minimum_sample: int
    medians: int
    """
    How many tariff numbers, by unit, have a median.
    """
    computed_by: str
    computed_at: AwareDatetime


class ValidationIn(Model):
    """
    For which day to validate.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    effective_on: date | None = None
    """
    The day on which Centers must be open; tomorrow.
    """


class WeekOut(Model):
    """
    Entries that a criterion hit in a week.
    """

    begins_on: date
    hits: int
    is_over_budget: bool


class WhatIfIn(Model):
    """
    An import history of twelve months, and by which policy and tariff map to look at it.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    history: list[ImportedGoods]
    on: date | None = None
    """
    The legal day of policy, map and Centers; today unless given.
    """
    policy: str | None = None
    """
    A version; the one in force unless given.
    """
    map_version: str | None = None
    """
    A version; the one in force unless given.
    """


class WhatIfOut(Model):
    """
    Which Center the history would get, and why.
    """

    center: str | None
    """
    Null where no goods point to an open Center.
    """
    runner_up: str | None
    margin_points: str
    is_enough: bool
    """
    Whether there are lines enough for a proposal.
    """
    policy_version: str
    map_version: str
    scores: ScoresOut
    reasons: list[ReasonOut]


class WhatModel(Model):
    """
    Which goods and claims; line conditions are met by one line together.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    tariff_prefixes: list[str] | None = None
    """
    First 2 to 10 digits of any number on the line.
    """
    program_families: list[str] | None = None
    """
    122, 201, 232, 301, IEEPA, chapter-98, TIB.
    """
    preference: Literal['any', 'none'] | None = None
    preference_symbols: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """
    has_case: bool | None = None
    """
    Any antidumping or countervailing case.
    """
    case_prefixes: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """
    agency_flags: list[str] | None = None
    """
    Flags of partner agencies, such as FD4, or FD for all.
    """
    entry_types: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """
    is_quota: bool | None = None
    """
    An entry type that is subject to quota.
    """


class WhereModel(Model):
    """
    From where and through where.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    origins: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """
    export_countries: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """
    ports: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """
    manufacturers: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """


class WhoModel(Model):
    """
    Whose entries; every field that is given must be met.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    importers: list[str] | None = None
    """
    Importer numbers; social security numbers are shown masked.
    """
    families: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """
    trust: Literal['trusted', 'not-trusted'] | None = None
    trusted_programs: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """
    sizes: list[str] | None = None
    """
    Alternatives; empty asks nothing.
    """
    without_account: bool | None = None
    new_within_days: int | None = None
    """
    Registered less than so many days before the entry, or no account.
    """
    not_in_good_standing: bool | None = None


class WholeDeadLetterOut(Model):
    """
    A dead letter with its message.
    """

    letter_id: int
    state: str
    topic: str
    partition: int
    log_offset: int
    key: str
    """
    An entry number, or an importer number, which is not shown whole.
    """
    reason: str
    detail: str
    attempts: int
    first_failed_at: AwareDatetime
    last_failed_at: AwareDatetime
    code_version: str
    headers: dict[str, str]
    refused_now: str | None
    """
    Why this release refuses its form; null where it can be read now.
    """
    faults: list[DeadLetterFaultOut]
    """
    What is wrong with it by place, as far as it is an event.
    """
    message: BytesOut
    settled_by: OperatorActOut | None
    """
    The last act of an operator on it, with who and why.
    """


class WithdrawalIn(Model):
    """
    Why the appeal is withdrawn.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str


class WouldChangeOut(Model):
    """
    What another Center would need to be proposed.
    """

    challenger: str | None
    lead_points: str | None
    """
    Percentage points; below 0: behind.
    """
    months_ahead: int
    """
    Consecutive windows in which it led far enough.
    """
    months_needed: int
    text: str


class AccountChangeIn(Model):
    """
    A change of an account: what is absent stays, a list replaces the list that is known.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    """
    Why; kept in the history.
    """
    name: str | None = None
    size: Literal['small', 'mid', 'large'] | None = None
    is_broker: bool | None = None
    contact_email: str | None = None
    filer_code: str | None = None
    trusted_programs: list[str | ProgramBody] | None = None
    other_names: list[str] | None = None
    contacts: list[ContactBody] | None = None
    brokers: list[BrokerBody] | None = None
    standing: list[LapseBody] | None = None
    related_parties: list[RelatedPartyBody] | None = None
    family: str | None = None
    registered_on: date | None = None
    postal_address: PostalAddressBody | None = None


class AccountDetails(Model):
    """
    A whole account. A broker sees its own authorisation and the contacts of its processes, nothing on standing.
    """

    importer_number: str
    name: str
    other_names: list[str]
    size: str
    is_broker: bool
    filer_code: str | None
    contact_email: str | None
    family: str | None
    registered_on: date | None
    """
    First day of the account; null while nobody has said it.
    """
    postal_address: PostalAddressBody | None
    """
    Where letters go; null while nobody has said it.
    """
    trusted_programs: list[ProgramBody]
    programs_in_force: list[str]
    """
    The programs in force today.
    """
    is_in_good_standing: bool | None
    """
    Today; null for those who may not know.
    """
    standing: list[LapseBody]
    """
    Lapses of good standing.
    """
    contacts: list[ContactBody]
    brokers: list[BrokerBody]
    related_parties: list[dict[str, str | None]]
    center: str | None
    """
    Of the newest assignment; GET /importers/{n}/assignment explains it.
    """
    basis: str | None
    effective_on: date | None
    revision: int


class AccountIn(Model):
    """
    An importer account to register, with its Center when it has one.

    What follows `filer_code` is left as it is when it is absent.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    importer_number: str
    """
    Importer of record number: employer (NN-NNNNNNNXX), social security (NNN-NN-NNNN) or CBP-assigned (YYDDPP-NNNNN). Treated as personal data.
    """
    name: str
    size: Literal['small', 'mid', 'large'] | None = None
    trusted_programs: list[str | ProgramBody] | None = None
    """
    Names, or programs with dates. A bare name keeps the dates that are known for it, and without any it is in force always.
    """
    center: str | None = None
    """
    Null while no Center is assigned.
    """
    effective_on: date | None = None
    """
    First day of the assignment.
    """
    is_broker: bool | None = None
    contact_email: str | None = None
    filer_code: str | None = None
    other_names: list[str] | None = None
    contacts: list[ContactBody] | None = None
    brokers: list[BrokerBody] | None = None
    standing: list[LapseBody] | None = None
    """
    Lapses of good standing.
    """
    related_parties: list[RelatedPartyBody] | None = None
    family: str | None = None
    """
    A family that exists; see PUT /families/{family}.
    """
    registered_on: date | None = None
    """
    First day of the account, where known.
    """
    postal_address: PostalAddressBody | None = None
    """
    Where letters go, where known.
    """


class AccountsIn(Model):
    """
    Up to 1,000 accounts to register at once.
    """

    accounts: list[AccountIn]


class ActionOut(Model):
    """
    An action that the caller may do in this service.
    """

    action: str
    legal_basis: str | None
    """
    Who holds the function by law, and on which basis; null where it is the product's own rule.
    """
    scopes: list[ScopeOut]


class ActivityOut(Model):
    """
    What an importer brought in over twelve months, of the standing version of each entry.
    """

    importer_number: str
    first_month: date
    last_month: date
    total: FiguresOut
    by_heading: list[ActivityRow]
    by_subheading: list[ActivityRow]


class AppealCheckOut(Model):
    """
    What filing an appeal now would come to; nothing of it is kept.
    """

    would_be_received: bool
    """
    False: there would be nothing to decide; `flaw` says why.
    """
    is_complete: bool
    """
    What is missing never makes it void, and may be supplied later.
    """
    checks: list[CheckOut]
    flaw: FlawOut | None


class AppealIn(Model):
    """
    An appeal: who appeals, and what the appeal says.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    current_center: str | None = None
    preferred_center: str | None = None
    importer_numbers: list[str] | None = None
    """
    All that are affected.
    """
    bond_numbers: (
        dict[
            Annotated[
                str,
                StringConstraints(pattern=r'^([0-9]{2}-[0-9]{7}[0-9A-Z]{2}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{6}-[0-9]{5})$'),
            ],
            str,
        ]
        | None
    ) = None
    """
    Bond by importer number.
    """
    justification: str | None = None
    import_history: list[ImportIn] | None = None
    """
    Of the prior year.
    """
    is_projection: bool | None = None
    """
    The importer is new: the imports are projected.
    """
    importer_number: str
    """
    Importer of record number: employer (NN-NNNNNNNXX), social security (NNN-NN-NNNN) or CBP-assigned (YYDDPP-NNNNN). Treated as personal data.
    """


class AppealOut(Model):
    """
    An appeal whole: its state and what comes next, the contents with what is missing, clocks, history.
    """

    appeal_number: str
    importer_number: str
    state: str
    """
    Words: appealed, under-review, upheld, reassigned, withdrawn; there may be others.
    """
    is_complete: bool
    current_center: str | None
    preferred_center: str | None
    received_at: AwareDatetime
    decided_center: str | None
    effective_on: date | None
    says: str
    """
    The state in a plain sentence.
    """
    may_do: list[str]
    """
    The acts that this state allows.
    """
    checks: list[CheckOut]
    flaw: FlawOut | None
    """
    Why there is nothing to decide, by the Centers named and the assignment on the day of receipt. Said of an appeal that came as an event; one that is made here is refused for it.
    """
    importer_numbers: list[str]
    bond_numbers: dict[str, str]
    justification: str | None
    import_history: list[ImportIn]
    is_projection: bool
    filed_by: dict[str, Any]
    decides: str
    """
    Who decides.
    """
    authority: str
    clocks: list[str]
    """
    No clock is known; said plainly.
    """
    effect: str
    citation: str
    history: list[StepOut]


class AssignmentEntry(Model):
    """
    One assignment of the history.
    """

    sequence: int
    center: str | None
    basis: str
    effective_on: date
    assigned_by: str
    confirmed_by: str | None
    policy_version: str | None
    map_version: str | None
    runner_up: str | None
    margin_points: str | None
    ground: str | None
    figures: ScoresOut | None
    reasons: list[ReasonOut]


class AssignmentOut(Model):
    """
    An importer's Center: since when, why, on which figures, what would change it, how to appeal, and the history.
    """

    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    name: str
    family: str | None
    """
    The family whose figures are counted together, if the policy says so.
    """
    on: date
    center: str | None
    """
    Null while no Center is assigned.
    """
    center_name: str | None
    office: str | None
    since: date | None
    basis: str | None
    explanation: str
    policy: PolicySummary
    figures_then: ScoresOut | None
    """
    The figures that the assignment rested on, if on any.
    """
    figures_now: ScoresOut
    """
    Those of the twelve months that end with the day, as known by now.
    """
    would_change: WouldChangeOut
    appeal: AppealGuide
    open_appeal: OpenAppeal | None
    open_proposal: OpenProposal | None
    history: list[AssignmentEntry]


class AuthorityOut(Model):
    """
    Who may decide a function on a day.
    """

    function: str
    on: date
    says: str
    """
    The answer in one plain sentence.
    """
    is_uncertain: bool
    """
    Whether a row that the answer rests on is from memory or unsettled.
    """
    holders: list[HolderOut]
    processes: list[str]
    """
    The processes in which the function is exercised.
    """


class BacktestOut(Model):
    """
    A back-test: how far it is, and what it has counted.
    """

    backtest_id: UUID
    criterion_id: str
    revision: int
    first: date
    last: date
    asked_by: str
    asked_at: AwareDatetime
    state: str
    """
    `waiting` for a job, `running`, `done`, `withdrawn`, or `failed` with its fault. Words: waiting, running, done, withdrawn, failed; there may be others.
    """
    fault: str | None
    begun_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    frames: int
    """
    Pieces of the archive that may have entries of the period.
    """
    frames_read: int
    is_cut: bool
    """
    Its time was over before the last of them.
    """
    known: int
    """
    Entries of the period that routing has decided.
    """
    share_basis_points: int
    """
    Of 10,000 of them so many are tried, drawn by their numbers.
    """
    lacking: int | None
    """
    Those that are not in the archive as routing has them. Null until it is done, and of a draw.
    """
    whole: BacktestCountsOut
    by_center: list[BacktestCenterOut]
    weekly_budget: int | None
    weeks: list[BacktestWeekOut]
    decisions: int
    """
    Decisions of reviews on the hits that were reviewed.
    """
    findings: int
    """
    Those of them with an increase, a refund or a rejection.
    """


class CalendarOut(Model):
    """
    What takes place from one day to another, in the order of time.
    """

    first: date
    last: date
    items: list[OccasionOut]


class CenterDetailOut(Model):
    """
    A Center with everything that belongs to it on the day, and what is announced after it.
    """

    code: str
    name: str
    office_city: str
    state: str
    numeric_code: str
    abbreviation: str | None
    opened_on: date | None
    """
    Null where the source names no day.
    """
    closed_on: date | None
    """
    The first day on which it takes no more work.
    """
    successor: str | None
    """
    The Center that took over when it closed.
    """
    is_open: bool
    """
    Whether it takes work on the day.
    """
    on: date
    director: PersonOut | None
    divisions: list[DivisionOut]
    teams: list[TeamOut]
    offices: list[OfficeOut]
    people: list[PersonOut]
    contacts: list[ContactOut]
    staffing: list[StaffingOut]
    goods: list[GoodsOut]
    announced: list[DirectoryChangeOut]


class ContentsIn(Model):
    """
    What an appeal says, or what is supplied later. What is missing is said; one without any Center is refused.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    current_center: str | None = None
    preferred_center: str | None = None
    importer_numbers: list[str] | None = None
    """
    All that are affected.
    """
    bond_numbers: (
        dict[
            Annotated[
                str,
                StringConstraints(pattern=r'^([0-9]{2}-[0-9]{7}[0-9A-Z]{2}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{6}-[0-9]{5})$'),
            ],
            str,
        ]
        | None
    ) = None
    """
    Bond by importer number.
    """
    justification: str | None = None
    import_history: list[ImportIn] | None = None
    """
    Of the prior year.
    """
    is_projection: bool | None = None
    """
    The importer is new: the imports are projected.
    """


class CriterionFields(Model):
    """
    What a criterion says.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    title: str
    """
    The reason, as a sentence.
    """
    owner: str
    """
    Who answers for it: a person or team.
    """
    lane: str
    """
    Words: document-review, enforcement; there may be others.
    """
    processes: list[str]
    instruction: str
    """
    What the reviewer looks at.
    """
    expires_on: date | None
    """
    The last day on which it selects; null only for shipped criteria.
    """
    weekly_budget: int | None = None
    """
    Entries a week.
    """
    expected_hit_basis_points: int | None = None
    sampling_basis_points: int | None = None
    """
    Of 10,000 that meet it.
    """
    spares_trusted: bool | None = None
    """
    Trusted traders in good standing pass.
    """
    who: WhoModel | None = None
    what: WhatModel | None = None
    where: WhereModel | None = None
    how_much: HowMuchModel | None = None


class CriterionIn(Model):
    """
    A new criterion, which begins as a draft.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    title: str
    """
    The reason, as a sentence.
    """
    owner: str
    """
    Who answers for it: a person or team.
    """
    lane: Literal['document-review', 'enforcement']
    processes: list[str]
    instruction: str
    """
    What the reviewer looks at.
    """
    expires_on: date | None
    """
    The last day on which it selects; null only for shipped criteria.
    """
    weekly_budget: int | None = None
    """
    Entries a week.
    """
    expected_hit_basis_points: int | None = None
    sampling_basis_points: int | None = None
    """
    Of 10,000 that meet it.
    """
    spares_trusted: bool | None = None
    """
    Trusted traders in good standing pass.
    """
    who: WhoModel | None = None
    what: WhatModel | None = None
    where: WhereModel | None = None
    how_much: HowMuchModel | None = None
    id: str
    reason: str
    """
    Why, for its history.
    """


class DecidedOut(Model):
    """
    A decision as it was made, and for staff what selected the entry.
    """

    version: int
    center: str
    basis: str
    division: str | None
    lane: str | None
    processes: list[str]
    predominant_tariff: str | None
    value_usd: int
    line_count: int
    programs: list[str]
    program_families: list[str] | None = None
    consultations: list[ConsultationOut] | None = None
    authority: dict[str, str] | None = None
    """
    The row of the authority table for each process.
    """
    instructions: list[str] | None = None
    move: int | None = None
    """
    How often the open matter had been moved when this was decided.
    """
    reasons: list[ReasonOut]
    rule_versions: dict[str, str]
    decided_on_filing_of: AwareDatetime
    selection: SelectionOut | None = None


class DecisionOut(Model):
    """
    The routing decision for one version of an entry.

    What selected an entry for review, or did not, is shown to staff only: lane, processes, criteria and their reasons.
    """

    version: int
    center: str
    basis: str
    division: str | None
    lane: str | None
    processes: list[str]
    predominant_tariff: str | None
    value_usd: int
    line_count: int
    programs: list[str]
    program_families: list[str] | None = None
    consultations: list[ConsultationOut] | None = None
    authority: dict[str, str] | None = None
    """
    The row of the authority table for each process.
    """
    instructions: list[str] | None = None
    move: int | None = None
    """
    How often the open matter had been moved when this was decided.
    """
    reasons: list[ReasonOut]
    rule_versions: dict[str, str]


class DeliveriesOut(Model):
    """
    Deliveries to people; no recipient is named.
    """

    waiting: list[LaneOut]
    by_state: dict[str, int] | None
    """
    All deliveries; null where they are too many to count now.
    """


class DiffOut(Model):
    """
    What would move if one version took over from another.
    """

    version: str
    against: str
    on: date
    """
    The day whose open Centers count; work of a closed one goes to its successor.
    """
    first_month: date
    """
    Importers and entries are counted from this month on, twelve in all.
    """
    headings: list[HeadingMoveOut]
    importers_moving: int
    importers: list[MapMoveOut]
    """
    By predominant number of goods, more value breaking a tie.
    """
    entries_moving: int
    entries: list[MapMoveOut]
    """
    Entries without an assigned importer, which go by their goods.
    """
    entries_unknown: int
    """
    Such entries of which the goods were not kept.
    """


class EntryRoutingOut(Model):
    """
    Everything that routing knows of an entry: decisions by version, moves, release, conflicts.
    """

    entry_number: str
    importer_number: str | None
    """
    Masked when it is a social security number of someone else.
    """
    center: str | None
    """
    The Center that has the matter now.
    """
    current: DecidedOut | None
    history: list[DecidedOut]
    moves: list[EntryMoveOut]
    released_at: AwareDatetime | None
    port_of_release: str | None
    conflicts: list[ConflictOut]


class FilingOut(Model):
    """
    A filing: who has it, on which authority, since when, until when, why.
    """

    filing_number: str
    kind: str
    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    entries: list[str]
    filed_by: dict[str, Any]
    received_at: AwareDatetime
    """
    When it first reached CBP, wherever that was.
    """
    process: str
    held_by: FilingOfficeOut
    basis: str
    authority: str
    """
    The row of the authority table that says who decides.
    """
    forwarded_from: str | None
    clocks: list[ClockOut]
    reasons: list[ReasonOut]
    moves: list[FilingMoveOut]
    contradictions: int
    """
    Other contents that came under this number; the earliest stands.
    """


class FunctionOut(Model):
    """
    A function with everybody who ever held it.
    """

    function: str
    rows: list[HolderOut]


class HistoryOut(Model):
    """
    The history of one subject, table by table, in the order of each chain.
    """

    subject: str
    lines: list[SealedLineOut]


class LetterActIn(Model):
    """
    Replay or discard letters: those that are named, or all of a filter that was previewed.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    act: Literal['replay', 'discard']
    reason: str
    """
    Why, in words that are kept with who asked.
    """
    ids: list[int] | None = None
    matching: PreviewedIn | None = None


class MeOut(Model):
    """
    The caller, and what they may do here.
    """

    subject: str
    name: str
    acting_for: str | None
    signature: str
    """
    How histories name the caller.
    """
    roles: list[str]
    centers: list[str]
    divisions: list[str]
    ports: list[str]
    importer_numbers: list[str]
    filer_code: str | None
    surety_code: str | None
    party: str | None
    """
    The agent or counsel whom the caller works for.
    """
    delegations: list[str]
    """
    What importers have delegated today: `importer number: what`.
    """
    actions: list[ActionOut]


class PageBacktestOut(Model):
    items: list[BacktestOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PagePartyChangeOut(Model):
    items: list[PartyChangeOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PagePartyOut(Model):
    items: list[PartyOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRecommendationOut(Model):
    items: list[RecommendationOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRowLeftOut(Model):
    items: list[RowLeftOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRowResultOut(Model):
    items: list[RowResultOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageTariffMapOut(Model):
    items: list[TariffMapOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageUnitValuesOut(Model):
    items: list[UnitValuesOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PartiesIn(Model):
    """
    Parties to register.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    parties: list[PartyRow]
    reason: str
    """
    Why; kept in the history.
    """


class PartyBody(Model):
    """
    What is said of a party when it is registered or changed.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    name: str
    closed_on: date | None = None
    """
    First legal day on which it is closed, not one to come; null: it is active.
    """
    contacts: list[PartyContactBody] | None = None
    """
    Left as they are known when absent.
    """
    reason: str
    """
    Why; kept in the history.
    """


class PerformanceOut(Model):
    """
    What a criterion selected in a period and what the reviews found.
    """

    id: str
    first: date
    last: date
    entries: int
    """
    All entries of the period.
    """
    hits: int
    """
    Entries that it selected.
    """
    shadow_hits: int
    """
    Entries that it hit while on trial.
    """
    hit_basis_points: int | None
    """
    Hits in 10,000 entries; of the trial where it was never live.
    """
    expected_hit_basis_points: int | None
    reviewed: int
    """
    Decisions on entries that it selected, in a process that it opened.
    """
    referred: int
    """
    Referred without a decision; not counted as reviewed.
    """
    findings: int
    """
    Decisions with an increase, a refund or a rejection.
    """
    precision_basis_points: int | None
    """
    Findings in 10,000 reviews; null before the first.
    """
    increase_usd: str
    """
    Duty and fees found due.
    """
    refund_usd: str
    """
    Duty and fees given back.
    """
    found_right: int
    """
    Decisions whose reviewer found the criterion right.
    """
    found_wrong: int
    """
    Decisions whose reviewer found it wrong: none of its findings.
    """
    weekly_budget: int | None
    weeks: list[WeekOut]


class PolicyOut(Model):
    """
    A version of the assignment policy, whole, and who put it where it is.
    """

    version: str
    state: str
    """
    Available: shipped, not in force. Confirmed: in force from a day to come. Past: another took over. Words: available, proposed, confirmed, in-force, past; there may be others.
    """
    effective_on: date | None
    """
    First day; null for the shipped default, in force from the start.
    """
    measure: str
    """
    Words: goods, lines, value; there may be others.
    """
    minimum_lines: int
    lead_points: int
    """
    Percentage points by which another Center must lead the present one.
    """
    months_ahead: int
    """
    In the windows of how many consecutive months it must have led so.
    """
    broker_by_goods: bool
    override_grounds: list[str]
    family_together: bool
    rest_months: int
    reason: str
    proposed_by: str | None
    proposed_at: AwareDatetime | None
    confirmed_by: str | None
    confirmed_at: AwareDatetime | None
    confirmed_reason: str | None
    sources: list[str]
    """
    What of the policy is law, what is believed, what is choice.
    """
    recommended: list[RecommendedOut] | None = None
    """
    The recommendations of policy analysis that it came from; of one version.
    """


class ProposalOut(Model):
    """
    A proposal with the figures that it rests on and what was decided.
    """

    proposal_id: int
    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    family: str | None
    """
    Where the numbers of a family were counted, and are decided, together.
    """
    state: str
    """
    Words: open, confirmed, rejected, overridden, superseded; there may be others.
    """
    as_of: date
    present_center: str | None
    proposed_center: str
    runner_up: str | None
    margin_points: str
    """
    Percentage points between the proposed Center and the runner-up.
    """
    policy_version: str
    map_version: str
    figures: dict[str, Any]
    """
    Lines, goods and value by Center, and the ranking by every measure.
    """
    reasons: list[ReasonOut]
    proposed_by: str
    proposed_at: AwareDatetime
    decided_by: str | None
    decided_acting_for: str | None
    decided_at: AwareDatetime | None
    decided_center: str | None
    ground: str | None
    reason: str | None
    effective_on: date | None


class RecommendationIn(Model):
    """
    What was recommended in a matter of policy analysis.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    matter: UUID
    """
    The item of the work queue, of process policy-analysis.
    """
    kind: Literal['criterion', 'tariff-map', 'assignment-policy']
    criterion: CriterionIn | None = None
    """
    Drafted with the recommendation.
    """
    reference: str | None = None
    """
    The version of a draft tariff map or assignment policy that is there.
    """
    expected_effect: str
    measure: str
    """
    Which figure is compared.
    """
    before: float | str
    expected: float | str
    compare_on: date
    """
    Legal day in America/New_York.
    """


class RevisionOut(Model):
    """
    A revision of a criterion with its state and days.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    title: str
    """
    The reason, as a sentence.
    """
    owner: str
    """
    Who answers for it: a person or team.
    """
    lane: str
    """
    Words: document-review, enforcement; there may be others.
    """
    processes: list[str]
    instruction: str
    """
    What the reviewer looks at.
    """
    expires_on: date | None
    """
    The last day on which it selects; null only for shipped criteria.
    """
    weekly_budget: int | None = None
    """
    Entries a week.
    """
    expected_hit_basis_points: int | None = None
    sampling_basis_points: int | None = None
    """
    Of 10,000 that meet it.
    """
    spares_trusted: bool | None = None
    """
    Trusted traders in good standing pass.
    """
    who: WhoModel | None = None
    what: WhatModel | None = None
    where: WhereModel | None = None
    how_much: HowMuchModel | None = None
    id: str
    revision: int
    state: str
    """
    Words: draft, shadow, live, retired; there may be others.
    """
    shadow_from: date | None
    """
    First day on trial.
    """
    live_from: date | None
    """
    First day on which it selects.
    """
    ends_on: date | None
    """
    First day without it: retired, superseded or expired.
    """
    live_requested_by: str | None
    """
    Who asked for it to go live; somebody else confirms.
    """


class RowsIn(Model):
    """
    Rows to write and rows to remove.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    write: list[MapRow] | None = None
    remove: list[SpanIn] | None = None
    reason: str


class StaleList(Model):
    """
    Criteria that should be looked at again, by entries of a period.
    """

    first: date
    last: date
    items: list[StaleOut]


class StatusOut(Model):
    """
    Where the service stands; a part that cannot be told in time is null, and `unknown` says why.
    """

    service: str
    version: str
    code_version: str
    roles: list[str]
    """
    What the process that answers runs; others of the service may run more.
    """
    checks: dict[str, str | None] | None
    is_ready: bool | None
    places: list[PlaceOut] | None
    behind: int | None
    """
    Records to apply on all partitions; null where one is not known.
    """
    outbox: OutboxOut | None
    dead_letters: dict[str, int] | None
    """
    Parked letters by reason.
    """
    jobs: JobsSummaryOut | None
    broken_invariants: dict[str, int] | None
    """
    What the checks on a schedule found and did not find mended, by invariant.
    """
    deliveries: DeliveriesOut | None
    """
    Null in a service that sends nothing to people.
    """
    unknown: dict[str, str]
    """
    Parts that cannot be told now, and why.
    """


class ChangeOut(Model):
    """
    One act on a criterion.
    """

    sequence: int
    revision: int
    act: str
    """
    Words: shipped, drafted, edited, shadow, request-live, confirm-live, retire, superseded; there may be others.
    """
    reason: str
    effective_on: date | None
    definition: CriterionFields | None
    """
    What it said from then on, where that changed.
    """
    changed_by: str
    acting_for: str | None
    recorded_at: AwareDatetime


class CriterionOut(Model):
    """
    A criterion with all its revisions, the newest first.
    """

    id: str
    revisions: list[RevisionOut]


class PageChangeOut(Model):
    items: list[ChangeOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageProposalOut(Model):
    items: list[ProposalOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRevisionOut(Model):
    items: list[RevisionOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """
