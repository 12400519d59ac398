"""What liquidation takes and gives; made by `make client` from openapi/liquidation.json, never by hand."""

from __future__ import annotations

from datetime import date as date_aliased
from typing import Annotated, Any, Literal
from uuid import UUID

from centerline_client.model import Model
from pydantic import AwareDatetime, ConfigDict, Field


class AccelerateIn(Model):
    """
    Ask for accelerated disposition; the clock runs from the mailing.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['request-acceleration']
    mailed_on: date_aliased | None = None
    """
    Today when it is left out.
    """
    text: str | None = None
    """
    A remark for the history.
    """


class AccountIn(Model):
    """
    What is known of a payee since a day; null where nothing is known.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    effective_on: date_aliased
    """
    Legal day in America/New_York.
    """
    is_corporation: bool | None = None
    """
    Sets the rate of overpayments (26 USC 6621(a)(1)).
    """
    pays_monthly: bool | None = None
    """
    Deposits on a periodic monthly statement.
    """
    has_ach_enrollment: bool | None = None
    has_valid_bank_data: bool | None = None
    has_paper_waiver: bool | None = None
    """
    A waiver of electronic payment.
    """
    designee_number: str | None = None
    """
    Whom the importer has on file to receive refunds (CBP Form 4811). It is paid only for entries that name it too (`notify_party`); for all others the importer is.
    """


class AccountOut(Model):
    """
    What is known of a payee; revision 0 when nothing was recorded. Its ETag is the revision.
    """

    importer_number: str
    revision: int
    effective_on: date_aliased | None
    is_corporation: bool | None
    pays_monthly: bool | None
    has_ach_enrollment: bool | None
    has_valid_bank_data: bool | None
    has_paper_waiver: bool
    designee_number: str | None
    """
    Masked when it is a social security number of someone else.
    """
    recorded_by: str | None


class ActDoneOut(Model):
    """
    Where the protest stands after the act.
    """

    protest_number: str
    version: int
    state: str
    further_review: str
    denied_on: date_aliased | None
    sue_by: date_aliased | None


class ActEffectOut(Model):
    """
    What an act changed; money is positive where it is due to CBP, null where there is none or it is not known.
    """

    to_state: str | None
    """
    The state of the entry after it.
    """
    scheduled_on: date_aliased | None
    """
    The planned day after it.
    """
    deemed_on: date_aliased | None
    """
    The end of the period after it.
    """
    liquidation_kind: str | None
    duty_usd: str | None
    fees_usd: str | None
    amount_usd: str | None
    """
    Of a bill, payment or refund.
    """


class AfterFactOut(Model):
    """
    What came to be known of an entry after it was posted. Nothing was rewritten by it.
    """

    program: str
    entry_number: str
    code: str
    """
    Words: entered-outside, no-heading, heading-out-of-dates, entry-type, drawback-designated, reconciliation-filed, surety-paid, under-correction, effects-overlap, stacking-revives, base-duty-missing, not-the-product, amount-differs; there may be others.
    """
    fact: str
    team: str
    """
    Whose it is to settle. Words: drawback, center; there may be others.
    """
    declaration_id: str
    removed_usd: str
    """
    Duty that was removed when the entry was posted.
    """
    owed_usd: str
    """
    Duty that the program would remove by what is known now.
    """
    excess_usd: str
    """
    Removed less owed; negative where more would be removed.
    """
    found_at: AwareDatetime
    gone_at: AwareDatetime | None
    """
    Since when it does not stand any more.
    """
    settled_at: AwareDatetime | None
    settled_by: str | None
    settlement: str | None


class AfterSumOut(Model):
    """
    What nobody has settled, of one team and code.
    """

    team: str
    """
    Words: drawback, center; there may be others.
    """
    code: str
    """
    Words: entered-outside, no-heading, heading-out-of-dates, entry-type, drawback-designated, reconciliation-filed, surety-paid, under-correction, effects-overlap, stacking-revives, base-duty-missing, not-the-product, amount-differs; there may be others.
    """
    entries: int
    excess_usd: str


class AfterSumsOut(Model):
    """
    What came after the posting and nobody has settled, in counts and money.
    """

    program: str
    open: list[AfterSumOut]


class Alive(Model):
    """
    The process answers.
    """

    status: Literal['alive'] | None = None
    service: str
    code_version: str


class AmendIn(Model):
    """
    Attack further categories, while the time to protest runs.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['amend']
    categories: list[str]
    text: str | None = None
    """
    A remark for the history.
    """


class AmountsOut(Model):
    """
    Money: as asserted, what liquidation changed (positive is due), and as liquidated.
    """

    duty_usd: str
    fees_usd: str
    effect_duty_usd: str | None = None
    effect_fees_usd: str | None = None
    liquidated_duty_usd: str | None = None
    liquidated_fees_usd: str | None = None


class AnswerIn(Model):
    """
    What an importer says of entries that a program took.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    entries: list[str]
    answer: Literal['accept', 'decline', 'contest']
    """
    accept: the refund as reckoned, corrections wait where the program says so. decline: none from this program. contest: what was reckoned is wrong, `explanation` says why, and a person looks at it.
    """
    explanation: str | None = None


class AnswersOut(Model):
    """
    The entries that were answered; the last answer stands until the entry is posted.
    """

    program: str
    answer: str
    """
    Words: accept, decline, contest; there may be others.
    """
    entries: list[str]


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


class AssessedOut(Model):
    """
    What the act comes to by what is known now.
    """

    outcome: str
    total_usd: str | None
    other_usd: str
    """
    What it changed beside what the program removed, by decisions of others; below zero: owed to CBP.
    """
    says: str
    """
    The same in words.
    """
    is_disregarded: bool
    why: str | None


class AssumptionIn(Model):
    """
    A value that no source settles: a setting of the program with what is assumed.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    field: str
    mark: Literal['k', 'j', 'U']
    """
    k: recalled, j: judged by the authors of the program, U: unsettled.
    """
    says: str


class BarOut(Model):
    """
    Why a protest would not be received, as the problem of its filing would say it.
    """

    code: str
    rule: str
    citation: str | None
    says: str
    remedy: str | None


class BillOut(Model):
    """
    A bill and how it stood on `stood_on`; `state` open, delinquent, paid, replaced (by a later act).
    """

    bill_number: str
    entry_number: str
    act_key: str
    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    surety_code: str | None
    state: str
    """
    Words: open, delinquent, paid, replaced; there may be others.
    """
    principal_usd: dict[str, str]
    interest_usd: str
    billed_usd: str
    liquidated_on: date_aliased
    issued_on: date_aliased
    due_on: date_aliased
    stood_on: date_aliased
    open_usd: str
    delinquency_usd: str
    surplus_usd: str
    settled_on: date_aliased | None
    replaced_by: str | None
    unknown_because: str | None


class BlockOut(Model):
    """
    One whole period of 30 days that bears interest.
    """

    number: int
    ended_on: date_aliased
    base_usd: str
    interest_usd: str


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


class CalculatedClockOut(Model):
    """
    One clock: warn by `safe`, refuse only after `last_arguable`.
    """

    what: str
    rule: str
    citation: str
    evidence: str
    """
    S read in a source, P partly read, M recalled, U unsettled. Words: S, P, M, U; there may be others.
    """
    text: str
    """
    The rule in a sentence.
    """
    safe: date_aliased
    """
    Never rolled, the earliest plausible reading.
    """
    last_arguable: date_aliased
    """
    The latest plausible reading.
    """
    explanation: str
    """
    What was counted, and what moved the day: roll, month end, posting, closure.
    """
    effect: str
    """
    What happens when it ends.
    """
    inputs: dict[str, str]
    """
    The facts it was reckoned from.
    """
    unsettled: str | None
    """
    What of the rule is open.
    """
    is_past: bool
    """
    Whether it had lapsed on the day of the answer, by the last arguable day.
    """


class CalendarFeedIn(Model):
    """
    A calendar of deadlines.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    owner: str
    """
    An importer number, or the id of a party, that you speak for.
    """
    name: str
    """
    What the calendar is called in the program that shows it.
    """
    clients: list[str] | None = None
    """
    Of a party: the importers whose days are in it; null: all that delegate `see` on the day.
    """
    mine_only: bool | None = None
    """
    Only days by which the importer has to act.
    """
    alarm_days: int | None = None
    """
    Have the calendar program remind so many days before each day; null: it does not.
    """


class ChangeOut(Model):
    """
    Entries whose disposition changed in one way; null: not in that dry run.
    """

    was: str | None
    becomes: str | None
    why: str
    entries: int


class ChangedEntryOut(Model):
    """
    One entry whose disposition changed, and why.
    """

    entry_number: str
    was: str | None
    becomes: str | None
    why: str


class ChangesOut(Model):
    """
    What changed from an earlier dry run to a later one.
    """

    date: date_aliased
    since: int
    number: int
    changes: list[ChangeOut]


class ClaimChangeIn(Model):
    """
    What granting the claim changes on an entry as it stands; negative is a refund.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    entry_number: str
    """
    Entry number: filer code, seven digits, check digit; 11 characters without hyphens.
    """
    change_duty_usd: str | None = None
    """
    US dollars as a decimal string with at most two decimals.
    """
    change_fees_usd: str | None = None
    """
    US dollars as a decimal string with at most two decimals.
    """


class ClaimClockOut(Model):
    """
    A day of the claim with its rule.
    """

    what: str
    safe: date_aliased
    last_arguable: date_aliased
    rule: str
    citation: str
    evidence: str
    """
    Words: S, P, M, U; there may be others.
    """


class ClaimDecisionIn(Model):
    """
    Grant or deny a claim.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    outcome: Literal['granted', 'denied']
    reasons: str
    changes: list[ClaimChangeIn] | None = None


class ClaimDefectOut(Model):
    """
    What the claim lacks.
    """

    rule: str
    outcome: str
    why: str
    unsettled: str | None
    """
    What of the rule is open.
    """


class ClaimOut(Model):
    """
    A claim under 19 USC 1520(d); its clock runs from the earliest importation among its entries.
    """

    filing_number: str
    state: str
    """
    Words: filed, granted, denied; there may be others.
    """
    timeliness: str
    importer_number: str
    entries: list[str]
    received_at: AwareDatetime
    imported_on: date_aliased | None
    defects: list[ClaimDefectOut]
    clocks: list[ClaimClockOut]
    decided_on: date_aliased | None
    reasons: str | None
    change_duty_usd: str | None
    change_fees_usd: str | None
    decided_by: str | None


class ClassChangeOut(Model):
    """
    One class as it stood before an act and as found due; positive `difference_usd` is due to CBP.
    """

    class_code: str
    before_usd: str
    found_usd: str
    difference_usd: str


class ClassEffect(Model):
    """
    What a decision changes of one accounting class of amounts.
    """

    class_code: str
    """
    Three digits of a fee or tax as declared, or a kind of duty.
    """
    change_usd: str
    """
    US dollars as a decimal string with at most two decimals.
    """


class ClockUseOut(Model):
    """
    A clock of the calculator that is reckoned by the rule.
    """

    what: str
    effect: str
    """
    What its end means.
    """


class CloseIn(Model):
    """
    Why a case is closed.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str


class CodeOut(Model):
    """
    What a code of a row means: the fact, where the rule stands, what to do.
    """

    code: str
    fact: str
    citation: str
    remedy: str


class CollectionOut(Model):
    """
    A bill that is open, of an entry under a case.
    """

    bill_number: str
    entry_number: str
    importer_number: str | None
    surety_code: str | None
    open_usd: str
    due_on: date_aliased
    state: str
    last_entry_on: date_aliased | None
    """
    When the importer last entered anything.
    """
    has_stopped: bool
    """
    Nothing for 180 days: collection is at risk.
    """


class ComparedOut(Model):
    """
    Entries of which the cut sheet said, and the cycle did, the same; null: not on the sheet, or not taken.
    """

    said: str | None
    did: str | None
    entries: int


class ConfirmationIn(Model):
    """
    In which capacity the caller confirms.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    capacity: Literal['specialist', 'supervisor']


class ConfirmationOut(Model):
    """
    Who confirmed.
    """

    capacity: str
    subject: str
    acting_for: str | None
    confirmed_at: AwareDatetime
    authority: str | None
    """
    The row of the table of authority that the confirmation rests on.
    """


class ConflictOut(Model):
    """
    An event that contradicts the record, and by which rule it does not stand.
    """

    kind: str
    rule: str
    detail: str
    event_source: str
    event_id: str


class CorrectionsIn(Model):
    """
    Whether corrections wait while a refund is requested.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    lock: bool
    free_while_suspended: list[str] | None = None


class CycleDifferenceOut(Model):
    """
    Entries that differ in the same way and for the same reason.
    """

    way: str
    """
    Left out of what the sheet names, added to it, or treated otherwise. Words: left-out, added, otherwise; there may be others.
    """
    said: str | None
    did: str | None
    why: str
    """
    What the record shows of it.
    """
    entries: int


class CycleIn(Model):
    """
    Which cycle to run.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    date: date_aliased
    """
    Legal day in America/New_York.
    """
    despite_unread: bool | None = None
    """
    Run at once, though events published before it are not read; it says which.
    """


class DaysIn(Model):
    """
    Days of entry, both ends counted; null leaves that side open.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    from_: Annotated[date_aliased | None, Field(alias='from')] = None
    to: date_aliased | None = None


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


class DecisionItemIn(Model):
    """
    What to decide on an entry or a line of it; the change is against the entry as it stands, negative a refund.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    entry_number: str
    """
    Entry number: filer code, seven digits, check digit; 11 characters without hyphens.
    """
    line_number: int | None = None
    outcome: Literal['allowed', 'denied']
    reasons: str
    change_duty_usd: str | None = None
    """
    US dollars as a decimal string with at most two decimals.
    """
    change_fees_usd: str | None = None
    """
    US dollars as a decimal string with at most two decimals.
    """


class DecisionOut(Model):
    """
    A review decision and what became of it: applied (waits for the cycle), effective, superseded, refused.
    """

    decision_id: str
    process: str
    outcome: str
    status: str
    effect_duty_usd: str
    effect_fees_usd: str
    decided_at: AwareDatetime
    rule: str | None
    remedy: str | None


class DeclaringIn(Model):
    """
    Who may ask, from when to when, how many entries at a time.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    from_: Annotated[date_aliased, Field(alias='from')]
    """
    Legal day in America/New_York.
    """
    until: date_aliased | None = None
    max_rows: int
    by: list[Literal['importer', 'filer-of-entry']]


class DefectOut(Model):
    """
    What stands against the protest, or is to be known of it.
    """

    rule: str
    outcome: str
    why: str
    unsettled: str | None
    """
    What of the rule is open.
    """


class DepositIn(Model):
    """
    What the summary does not say of a deposit; null where it is not known.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    required_on: date_aliased | None = None
    """
    By when the estimated duties were due.
    """
    claimed_on: date_aliased | None = None
    """
    The day of a claim under 19 USC 1520(d).
    """
    case_order_on: date_aliased | None = None
    """
    Publication of the antidumping or countervailing order.
    """


class DepositOut(Model):
    """
    What was recorded of an entry's deposit; revision 0 when nothing was. Its ETag is the revision.
    """

    entry_number: str
    revision: int
    required_on: date_aliased | None
    claimed_on: date_aliased | None
    case_order_on: date_aliased | None
    recorded_by: str | None


class DesignatedImportFact(Model):
    """
    An import that a drawback claim designates.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    liquidated_on: date_aliased | None = None
    """
    Not given: not known.
    """
    final_1514_on: date_aliased | None = None
    """
    When it became final: no protest or suit is possible.
    """
    is_protested: bool | None = None
    """
    Whether a protest is on file; false lets its finality be derived.
    """


class DesignatedImportIn(Model):
    """
    An import that a drawback claim designates; null: not known.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    liquidated_on: date_aliased | None = None
    final_1514_on: date_aliased | None = None
    """
    The first day on which nobody can protest it.
    """
    is_protested: bool | None = None
    """
    Whether a protest is on file against it; false lets its finality be derived.
    """


class DifferingEntryOut(Model):
    """
    One entry that the cycle did not treat as the sheet said, and why; `state` is its state now.
    """

    entry_number: str
    way: str
    """
    Words: left-out, added, otherwise; there may be others.
    """
    said: str | None
    did: str | None
    why: str
    state: str
    center: str | None


class DraftedExtensionOut(Model):
    """
    The body for POST /entries/{entry_number}/extensions, once the notice is posted (`posted_on` is missing).
    """

    reason: str
    """
    Words: information-needed, importer-request; there may be others.
    """
    months: int
    requested_on: date_aliased | None
    explanation: str


class DraftedHoldSetOut(Model):
    """
    A draft that was kept.
    """

    hold_set_id: str
    revision: int
    state: Literal['draft']
    name: str


class DraftedInstructionOut(Model):
    """
    A draft that was kept.
    """

    instruction_id: str
    revision: int
    state: str


class EffectOut(Model):
    """
    From which cycle on a change has effect: the first whose Wednesday cut is to come.
    """

    hold_set_id: str
    state: str
    """
    Words: applied, lifted; there may be others.
    """
    first_cycle_on: date_aliased


class EntryDateOut(Model):
    """
    A day that could be the time of entry.
    """

    source: str
    """
    release, entry-filed, summary-filed, presentation, withdrawal, or the version that asserts it; importation stands beside them and never governs.
    """
    on: date_aliased
    governs: bool
    """
    Whether it is the time of entry.
    """


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


class ExplanationIn(Model):
    """
    Why a rate at liquidation is another than the instruction's, or why an entry liquidated by law.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    line_number: int
    case_number: str
    explanation: str


class ExplanationOut(Model):
    """
    What was said of an error.
    """

    number: int
    explanation: str
    made_by: str
    made_at: AwareDatetime


class ExtensionFact(Model):
    """
    An extension of liquidation as it was posted.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: Literal['information-needed', 'importer-request']
    months: int | None = None
    """
    1 to 12; any other length is void (ext-length).
    """
    posted_on: date_aliased
    """
    Legal day in America/New_York.
    """
    requested_on: date_aliased | None = None
    """
    When the importer asked in writing.
    """


class ExtensionIn(Model):
    """
    An extension whose notice has been posted.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: Literal['information-needed', 'importer-request']
    months: int | None = None
    """
    1 to 12 (ext-length).
    """
    posted_on: date_aliased
    """
    The day on which the notice was posted.
    """
    requested_on: date_aliased | None = None
    """
    When the importer asked in writing.
    """
    explanation: str
    """
    What the notice states as the reason.
    """


class ExtensionOut(Model):
    """
    One extension of liquidation.
    """

    number: int
    reason: str
    months: int
    posted_on: date_aliased
    requested_on: date_aliased | None
    period_ended_on: date_aliased
    """
    End of the period before.
    """
    period_ends_on: date_aliased
    """
    The new deemed date.
    """
    explanation: str
    posted_by: str


class ExtensionRequestOut(Model):
    """
    A written request of the importer; `is_open` until an extension names its day, or the entry is liquidated.
    """

    filing_number: str
    received_at: AwareDatetime
    is_open: bool


class FeedMadeOut(Model):
    """
    A calendar feed that was made; the first answer to the call has its address, and no other answer has it.
    """

    feed_id: UUID
    kind: str
    """
    Words: importer, clients, officer; there may be others.
    """
    owner: str
    """
    The importer number, party or officer whose feed it is.
    """
    name: str
    clients: list[str] | None
    """
    The importers chosen; null: all that delegated, or not of this kind.
    """
    mine_only: bool
    """
    Only days by which the importer has to act.
    """
    team: bool
    """
    What the officer's team holds as well.
    """
    alarm_days: int | None
    state: str
    """
    Words: open, revoked, over; there may be others.
    """
    expires_on: date_aliased
    """
    The last day on which the address answers.
    """
    created_by: str
    created_at: AwareDatetime
    revoked_by: str | None
    revoked_at: AwareDatetime | None
    read_at: AwareDatetime | None
    """
    When a calendar program last read it, to the hour; null: never.
    """
    address: str | None
    """
    Shown in the first answer alone; null when the call is sent again with its key.
    """
    address_note: str | None = None


class FeedOut(Model):
    """
    A calendar feed, without its address.
    """

    feed_id: UUID
    kind: str
    """
    Words: importer, clients, officer; there may be others.
    """
    owner: str
    """
    The importer number, party or officer whose feed it is.
    """
    name: str
    clients: list[str] | None
    """
    The importers chosen; null: all that delegated, or not of this kind.
    """
    mine_only: bool
    """
    Only days by which the importer has to act.
    """
    team: bool
    """
    What the officer's team holds as well.
    """
    alarm_days: int | None
    state: str
    """
    Words: open, revoked, over; there may be others.
    """
    expires_on: date_aliased
    """
    The last day on which the address answers.
    """
    created_by: str
    created_at: AwareDatetime
    revoked_by: str | None
    revoked_at: AwareDatetime | None
    read_at: AwareDatetime | None
    """
    When a calendar program last read it, to the hour; null: never.
    """


class FieldChangeOut(Model):
    """
    A field with its values before and after; null: not stated.
    """

    field: str
    before: Any
    after: Any


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


class FiledOut(Model):
    """
    A protest that was received.
    """

    protest_number: str
    state: str
    timeliness: str
    received_on: date_aliased
    decide_by: date_aliased
    defects: list[DefectOut]


class FinalityOut(Model):
    """
    When the liquidation is final: for CBP's own motion (1501), for everyone (1514), and who may write all the same.

    `final_1514_on` is null while a protest, an allowance or a suit keeps it open; once a protest is denied, the day
    after the time to sue. `is_final_1514` asks for the last arguable day.
    """

    final_1501_on: date_aliased
    is_final_1501: bool
    final_1514_on: date_aliased | None
    final_1514_arguable_on: date_aliased | None
    is_final_1514: bool
    writers_after_final: dict[str, str]


class FindingIn(Model):
    """
    Whether the goods of an entry are the product that an order describes.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    is_product: bool
    explanation: str


class FindingOut(Model):
    """
    What a rule says of the facts besides a date.
    """

    rule: str
    citation: str
    evidence: str
    """
    Words: S, P, M, U; there may be others.
    """
    text: str
    outcome: str
    """
    `no-answer`: the rule does not reach the entry, and `why` says what shuts it out.
    """
    why: str
    unsettled: str | None
    """
    What of the rule is open.
    """


class ForecastLineOut(Model):
    """
    Entries of one disposition, Center and kind; duty and fees as asserted, effects by review decisions.
    """

    disposition: str
    """
    Words: deemed, by-decision, as-entered, held; there may be others.
    """
    center: str | None
    kind: str
    entries: int
    despite_hold: int
    """
    Of these, taken although a hold set matches.
    """
    duty_usd: str
    fees_usd: str
    effect_duty_usd: str
    effect_fees_usd: str


class ForecastOut(Model):
    """
    What the cycle of a Friday would do with the record as it is now; nothing is changed.
    """

    date: date_aliased
    deemed: int
    liquidated: int
    with_decision: int
    held: int
    """
    Due, and held back by a hold set.
    """
    despite_hold: int
    """
    Taken although a hold set matches: the period ends before the next cycle.
    """
    late_decisions: int
    """
    Review decisions after the Wednesday cut, without effect in this cycle.
    """
    suspended: int
    """
    Entries that no cycle takes while they are suspended.
    """
    lines: list[ForecastLineOut]


class FurtherReviewIn(Model):
    """
    Apply for further review, or grant it, by the criteria of 19 CFR 174.24.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['apply-further-review', 'grant-further-review']
    criteria: list[Literal['conflicts-with-decision', 'not-ruled-on', 'new-facts-or-arguments', 'advice-declined']] | None = (
        None
    )
    text: str | None = None
    """
    A remark for the history.
    """


class GoodsIn(Model):
    """
    Of which lines the duty is removed; what is left out says nothing.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    origins: list[str] | None = None
    importers: list[str] | None = None
    tariff_prefixes: list[str] | None = None
    preferences: list[str] | None = None
    """
    Special program indicators, one of which the line claims.
    """
    product: str | None = None
    """
    Text of the order that no field can say: a person finds whether the goods are it.
    """


class GroupItemIn(Model):
    """
    A protest of a group, at the version that the preview showed.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    protest_number: str
    version: int


class GroupItemOut(Model):
    """
    What an act did, or would do, on one protest.
    """

    protest_number: str
    result: str
    """
    Words: would-be-done, done, refused; there may be others.
    """
    version: int | None = None
    state: str | None = None
    rule: str | None = None
    code: str | None = None
    why: str | None = None


class GroupOut(Model):
    """
    The results, protest by protest: one that is refused does not stop the others.
    """

    done: int
    refused: int
    items: list[GroupItemOut]


class HeadquartersAnswerIn(Model):
    """
    What headquarters decided on further review.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['answer-further-review']
    outcome: Literal['allowed', 'allowed-in-part', 'denied']
    reference: str
    reasons: str


class HoldOut(Model):
    """
    A hold set that kept the entry out of cycles; `is_overridden`: its period would have ended, so it was taken.

    The days are the Fridays by which these cycles are named.
    """

    hold_set_id: str
    name: str
    state: str
    first_held_on: date_aliased
    last_held_on: date_aliased
    is_overridden: bool


class HoldSetEventOut(Model):
    """
    One thing that happened to a hold set; `entries` matched when it was applied.
    """

    revision: int
    change: str
    at: AwareDatetime
    actor: str
    acting_for: str | None
    detail: str | None
    entries: int | None
    authority: str | None
    """
    The row of the table of authority that applying or lifting rests on.
    """


class InstructionPreviewOut(Model):
    """
    What an instruction would mean now; money as asserted.
    """

    entries: int
    suspended: int
    liquidated: int
    duty_usd: str
    fees_usd: str


class InstructionResultOut(Model):
    """
    What an instruction did to one entry, and by which rule.
    """

    entry_number: str
    outcome: str
    rule: str
    detail: str


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


class IssueOut(Model):
    """
    A question common to protests.
    """

    issue: str
    protests: int
    open: int
    suspended: int
    due_on: date_aliased | None


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


class LeafOut(Model):
    """
    The canonical text of what was posted, and its SHA-256.
    """

    text: str
    sha256: str


class LeftOutCount(Model):
    """
    How many protests were refused or are left out for one reason.
    """

    code: str
    protests: int


class LegalBasis(Model):
    """
    The rule that an act rests on: its id in the rule table and its citation.
    """

    rule: str
    citation: str


class LiftIn(Model):
    """
    Why a hold set is lifted.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str


class LiftNoticeFact(Model):
    """
    Something that told of the removal of a suspension; which starts the six months is judged.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['federal-register', 'commerce-message', 'agency-notice', 'court-notice', 'court-opinion', 'timken-notice']
    on: date_aliased
    """
    Legal day in America/New_York.
    """


class LineAmountsOut(Model):
    """
    What a line asserts, by class.
    """

    line_number: int
    amounts_usd: dict[str, str]


class LineCase(Model):
    """
    An antidumping or countervailing duty case on a line with its cash deposit.
    """

    case_number: str
    """
    Case number: A or C and the digits.
    """
    rate_pct: str
    deposit_usd: str
    """
    US dollars as a decimal string with at most two decimals.
    """


class LineDecisionOut(Model):
    """
    What was signed on an entry; `line_number` is null for the whole entry.
    """

    act_number: int
    entry_number: str
    line_number: int | None
    outcome: str
    reasons: str
    change_duty_usd: str
    change_fees_usd: str


class LineFee(Model):
    """
    A fee by accounting class code: 499 merchandise processing, 501 harbor maintenance, 311 informal …
    """

    class_code: str
    amount_usd: str
    """
    US dollars as a decimal string with at most two decimals.
    """


class LineOut(Model):
    """
    Duty of one line under one number that was removed.
    """

    line_number: int
    hts: str
    before_usd: str
    removed_usd: str
    after_usd: str


class LineQuantity(Model):
    """
    A reported quantity in a unit of the tariff.
    """

    amount: str
    unit: str
    """
    Unit of quantity as the tariff names it; empty where it names none.
    """


class LineTariff(Model):
    """
    One tariff provision reported on a line; Chapter 98 and 99 provisions stand beside the underlying one.
    """

    hts: str
    """
    HTSUS number, 8 or 10 digits without dots.
    """
    value_usd: int
    """
    Entered value in whole US dollars.
    """
    duty_usd: str
    """
    US dollars as a decimal string with at most two decimals.
    """


class LiquidatedOut(Model):
    """
    A liquidation by hand; from `final_1501_on` the Center cannot reliquidate.
    """

    total_usd: str | None = None
    """
    Change and interest.
    """
    interest_usd: str | None = None
    bill_number: str | None = None
    bill_due_on: date_aliased | None = None
    refund_number: str | None = None
    refund_state: str | None = None
    missing: str | None = None
    """
    Why no amount is known yet; GET …/money names the fact.
    """
    entry_number: str
    liquidated_on: date_aliased
    kind: str
    effect_duty_usd: str
    effect_fees_usd: str
    final_1501_on: date_aliased


class LiquidationFigures(Model):
    """
    Entries by state; `liquidated` counts the deemed ones too.
    """

    entries: int
    scheduled: int
    suspended: int
    extended: int
    liquidated: int
    deemed: int
    not_liquidating: int
    clock_unknown: int
    protests: int


class LiquidationIn(Model):
    """
    A liquidation by hand, dated today.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    basis: Literal['as-entered', 'by-decision']
    explanation: str
    """
    Why, as the history is to say it.
    """


class LookIn(Model):
    """
    What an officer found who looked at a protest of the sample.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    verdict: Literal['agrees', 'differs']
    """
    `agrees`: the act fits it; `differs`: it does not.
    """
    says: str


class LookOut(Model):
    """
    A protest of the sample.
    """

    number: int
    protest_number: str
    verdict: str | None
    """
    Null: nobody has looked yet.
    """
    says: str | None
    looked_by: str | None
    looked_at: AwareDatetime | None


class LostOut(Model):
    """
    An entry that the program reaches, that nobody declared, and that was liquidated with the duty.
    """

    entry_number: str
    importer_number: str
    liquidated_on: date_aliased
    despite_hold: bool
    """
    A hold set matched it, and its period would have ended before it lifts.
    """
    protest_by: date_aliased
    """
    The safe last day to protest (19 USC 1514).
    """


class MatchedEntryOut(Model):
    """
    An entry that a hold set matches; `is_due`: the next cycle would liquidate it without the set.
    """

    entry_number: str
    center: str | None
    horizon: str
    """
    Words: 1, 7, 14, 30, 60, 90, later, no date; there may be others.
    """
    is_suspended: bool
    is_due: bool
    scheduled_on: date_aliased | None
    deemed_on: date_aliased | None
    duty_usd: str | None
    fees_usd: str | None


class MayDoOut(Model):
    """
    Whether the caller may do an action on this thing now, and what stands against it.
    """

    action: str
    may: bool
    authority: str | None
    """
    The row of the table by which the caller may; null when none says so.
    """
    code: str | None = None
    rule: str | None = None
    says: str | None = None
    """
    Why not, in a sentence.
    """
    remedy: str | None = None


class MoneyIn(Model):
    """
    How the refund is reckoned.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    interest: Literal['1505c', 'none', 'ordered']
    small: Literal['by-writer', 'disregard', 'refund']
    fees: Literal['as-asserted']
    """
    MPF and HMF rest on value: they stay.
    """
    base_check: Literal['review', 'none']
    ordered_rate_pct: str | None = None
    ordered_from: date_aliased | None = None


class NearDayOut(Model):
    """
    An entry that waits while its last day comes near.
    """

    entry_number: str
    importer_number: str
    center: str | None
    act: str
    """
    Words: liquidate, reliquidate; there may be others.
    """
    last_day: date_aliased
    is_over: bool
    legal_basis: str


class NextDayOut(Model):
    """
    The first day from today on by which somebody has to act, by law or by a policy of CBP.
    """

    code: str
    """
    GET /timeline-codes says what it means.
    """
    on: date_aliased
    kind: str
    """
    Words: act, law, policy, goal; there may be others.
    """
    whose: str | None
    what: str


class ObjectionIn(Model):
    """
    One objection: its category, its nature, and the reasons, stated distinctly for each category.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    category: str
    nature: str
    reasons: str


class OfProgramOut(Model):
    """
    The revision that was in force.
    """

    definition: dict[str, Any] | None
    """
    null: it names importers whose numbers the caller may not see whole; the leaf has its digest.
    """


class OfferOut(Model):
    """
    An entry that a program took by itself: what becomes of it, and what the importer said.
    """

    program: str
    entry_number: str
    state: str
    """
    Words: dropped, withdrawn, nothing, waiting, due, posted; there may be others.
    """
    code: str | None
    """
    Why it is dropped; stable, as on the rows of declarations.
    """
    fact: str | None
    remedy: str | None
    last_day: date_aliased | None
    """
    Until when the offer is answered, or the remedy taken.
    """
    cohort: str | None
    act: str | None
    removed_usd: str
    notes: list[str]
    says: list[str]
    offered_at: AwareDatetime
    """
    Since when the program has it.
    """
    answer: str | None
    """
    What the importer said last; null: nothing.
    """
    answered_at: AwareDatetime | None
    explanation: str | None


class OfferingIn(Model):
    """
    How long what is offered can be answered, and what silence means.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    answer_days: int | None = None
    """
    Days after that of the offer.
    """
    silence: Literal['accept', 'drop'] | None = None
    """
    accept: the refund is made. drop: it is not.
    """


class OffsetOut(Model):
    """
    What of a payment is set off against a bill: told, certified, applied, or released and why.
    """

    bill_number: str
    told_on: date_aliased
    apply_from: date_aliased
    """
    The first day on which it is applied.
    """
    told_usd: str
    """
    What was open on the bill when the payee was told.
    """
    state: str
    offset_usd: str
    settled_on: date_aliased | None
    why: str | None


class OpenRequestOut(Model):
    """
    A request for information (CBP 28) or a proposed notice of action (CBP 29) whose work item has not ended.
    """

    request_id: str
    form: str
    """
    Words: CBP-28, CBP-29; there may be others.
    """
    item_id: str
    issued_on: date_aliased
    reply_by: date_aliased
    """
    The day on the form, else 30 days (CBP 28) or 20 days (CBP 29) from its date.
    """
    legal_basis: LegalBasis


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


class OrderOut(Model):
    """
    The order by which it was done.
    """

    title: str
    order: str
    citation: str


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


class PageAfterFactOut(Model):
    items: list[AfterFactOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageBillOut(Model):
    items: list[BillOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageChangedEntryOut(Model):
    items: list[ChangedEntryOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageCollectionOut(Model):
    items: list[CollectionOut]
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


class PageDifferingEntryOut(Model):
    items: list[DifferingEntryOut]
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


class PageFileOut(Model):
    items: list[FileOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageInstructionResultOut(Model):
    items: list[InstructionResultOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageIssueOut(Model):
    items: list[IssueOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageLostOut(Model):
    items: list[LostOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageMatchedEntryOut(Model):
    items: list[MatchedEntryOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageNearDayOut(Model):
    items: list[NearDayOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageOfferOut(Model):
    items: list[OfferOut]
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


class PaidWithOut(Model):
    """
    The payment in which the refund goes, as it stands now.
    """

    payment: str
    state: str
    """
    Words: waiting, ready, certified, paid, returned, replaced; there may be others.
    """
    part: int
    certified_on: date_aliased | None
    paid_on: date_aliased | None
    statement: str
    """
    Where every refund of the payment is told.
    """


class PartyIn(Model):
    """
    The protestant, 19 CFR 174.13(a)(1).
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    name: str
    address: str
    agent: str | None = None


class PauseIn(Model):
    """
    To pause a program, or to resume it.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    act: Literal['pause', 'resume']


class PayeeNotReadyOut(Model):
    """
    An importer of accepted entries who cannot be paid today: the refund waits, and bears no interest for it.
    """

    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    missing: list[str]
    remedy: str


class PaymentEventOut(Model):
    """
    What was done with a payment.
    """

    number: int
    part: int
    change: str
    at: AwareDatetime
    on: date_aliased
    net_usd: str
    detail: str
    actor: str | None
    authority: str | None
    """
    The row of the table of authority that a person's act rests on.
    """


class PaymentIn(Model):
    """
    Money received on a bill; a wrong one is not taken back here.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    received_on: date_aliased
    """
    Legal day in America/New_York.
    """
    amount_usd: str
    payer: Literal['importer', 'surety'] | None = None
    reference: str


class PaymentOut(Model):
    """
    A payment as recorded.
    """

    number: int
    received_on: date_aliased
    amount_usd: str
    payer: str
    reference: str
    recorded_by: str


class PayoffOut(Model):
    """
    What to pay on a bill on a day.
    """

    bill_number: str
    on: date_aliased
    due_on: date_aliased
    billed_usd: str
    """
    What the bill is for, before delinquency.
    """
    to_pay_usd: str | None = None
    """
    What settles it on that day; null: not known.
    """
    delinquency_usd: str | None = None
    """
    What of it is interest since the due day.
    """
    is_delinquent: bool | None = None
    """
    Whether the due day has passed by then.
    """
    good_through: date_aliased | None = None
    """
    The last day on which the same amount settles it; null where nothing is open.
    """
    pay_to: str | None
    """
    Where and how it is paid, as the operator set it; null: see the bill.
    """
    unknown_because: str | None = None
    """
    Why the amount is not known.
    """


class PayoutIn(Model):
    """
    The day on which the bank was given a payment.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    paid_on: date_aliased
    """
    Legal day in America/New_York.
    """
    sent_at: AwareDatetime | None = None
    """
    The moment, where the day is that of a stay: what was sent before it is recorded all the same.
    """


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


class PlainActIn(Model):
    """
    An act that states nothing but a remark.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['add-grounds', 'ask-party', 'begin-review', 'forward', 'party-answered', 'refuse-set-aside', 'request-set-aside', 'request-void', 'resume', 'return', 'set-aside', 'void-denial', 'withdraw']
    text: str | None = None
    """
    A remark for the history.
    """


class PostedActOut(Model):
    """
    An act on an entry: its place in the entry's record, and what it was. Nothing else of it is said here.
    """

    entry_number: str
    sequence: int
    change: str


class PostedOut(Model):
    """
    What was posted, as the leaf has it, field by field.
    """

    program: str
    revision: int
    definition_sha256: str
    """
    SHA-256 of the revision: JSON with sorted keys and no blanks.
    """
    entry_number: str
    version: int
    """
    The version of the summary that governed.
    """
    declaration_id: str
    row_number: int
    cohort: str
    act: str
    writer: str
    act_key: str
    sequence: int
    """
    The number of the act on the entry, as `entry-changed` tells it.
    """
    posted_on: date_aliased
    liquidated_on: date_aliased
    paid_on: date_aliased | None
    headings: list[str]
    removed_usd: str
    outcome: str
    interest_usd: str | None
    """
    Owed to the importer; negative where the importer owed.
    """
    refund_usd: str | None
    """
    Of the whole act: the balance of all that it changed, also by decisions of others, with interest.
    """
    refund_number: str | None
    missing: str | None
    """
    The fact without which interest could not be reckoned when it was posted.
    """


class PostingIn(Model):
    """
    On which days it posts, and when it waits or warns.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    days: list[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']] | None = None
    max_per_day: int | None = None
    """
    Entries; null: as many as are due.
    """
    pause_outbox: int | None = None
    """
    Events to be published above which it waits.
    """
    pause_lag_seconds: int | None = None
    """
    It waits while an event is to be published for longer than this.
    """
    alarm_days: int | None = None
    """
    Days before the last legal day of an entry on which it is alarmed.
    """


class PredicateIn(Model):
    """
    Entries for which every given part holds; the parts about goods must hold of one and the same line.

    Each maker is meant with each exporter: a message that pairs them differently is drafted as several instructions.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    case_numbers: list[str] | None = None
    manufacturer_ids: list[str] | None = None
    """
    Makers (producers) by MID; spaces do not count.
    """
    exporter_ids: list[str] | None = None
    """
    Foreign exporters by MID; spaces do not count. A removal that names exporters ends only cases on lines that report one of them; without any it ends those of all lines.
    """
    importer_number: str | None = None
    entered_from: date_aliased | None = None
    entered_to: date_aliased | None = None
    duty_heading: str | None = None
    """
    A Chapter 99 number or its beginning, digits without dots.
    """
    tariff_prefix: str | None = None
    """
    The beginning of a tariff number.
    """
    headings: list[str] | None = None
    """
    Tariff numbers or their beginnings, or ranges of these, both ends included; one is enough.
    """
    except_headings: list[str] | None = None
    """
    What of `headings` is not meant.
    """
    origin: str | None = None
    case_prefix: str | None = None
    """
    An antidumping or countervailing duty case or its beginning.
    """
    port_of_entry: str | None = None
    entry_type: str | None = None
    filer_code: str | None = None
    surety_code: str | None = None
    center: str | None = None


class PreferenceProgramOut(Model):
    """
    A trade agreement of 19 USC 1520(d): its names and symbols are taken in any case and punctuation.
    """

    code: str
    name: str
    names: list[str]
    """
    What else it is called.
    """
    symbols: list[str]
    """
    Special program indicators on a line of a summary.
    """
    first_on: date_aliased | None
    """
    The first day that it covers; null: not known.
    """
    last_on: date_aliased | None
    """
    The last day that it covers; null: it is in force.
    """
    counted_by: Literal['entry']
    """
    Of what the days are; importation stands in for an unknown one.
    """
    citation: str
    evidence: str
    """
    S its days were read, P that it is listed was read and the rest recalled. Words: S, P, M, U; there may be others.
    """


class PreferenceProgramsOut(Model):
    """
    All listed programs; any other cannot be claimed after entry.
    """

    items: list[PreferenceProgramOut]


class PreviewLineOut(Model):
    """
    Entries of one Center and horizon (days until they are deemed liquidated).
    """

    center: str | None
    horizon: str
    """
    1, 7, 14, 30, 60, 90, later, or no date.
    """
    entries: int
    suspended: int
    due: int
    duty_usd: str
    fees_usd: str


class PreviewOut(Model):
    """
    What a hold set matches now; `due` would be liquidated by the next cycle without it.
    """

    hold_set_id: str
    next_cycle_on: date_aliased
    entries: int
    suspended: int
    due: int
    duty_usd: str
    fees_usd: str
    lines: list[PreviewLineOut]


class PreviewedIn(Model):
    """
    A filter with what its preview said.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str | None = None
    topic: str | None = None
    failed_from: date_aliased | None = None
    """
    Failed last on this legal day or later.
    """
    failed_to: date_aliased | None = None
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


class ProductFindingOut(Model):
    """
    What a person found of the goods of an entry.
    """

    program: str
    entry_number: str
    number: int
    is_product: bool
    explanation: str
    found_at: AwareDatetime
    found_by: str


class ProgramEventOut(Model):
    """
    What a person did with a revision.
    """

    revision: int
    change: str
    """
    drafted, edited, tried, confirmed, released.
    """
    at: AwareDatetime
    actor: str
    acting_for: str | None
    detail: str | None
    authority: str | None


class ProgramRunOut(Model):
    """
    A posting day: what was posted, in which lane, to how much money.
    """

    program: str
    run: int
    kind: str
    """
    cycle: the weekly cycle posted what waited for it. Words: posting, cycle; there may be others.
    """
    posted_on: date_aliased
    cycle_on: date_aliased | None
    revision: int
    state: str
    """
    done: through; until its day ends it goes on when more comes due. Words: running, done, stopped; there may be others.
    """
    posted: int
    set_based: int
    """
    Entries whose money was assessed by arrays.
    """
    careful: int
    """
    Entries that were assessed one by one, and those of a cycle.
    """
    dropped: int
    """
    Entries that were due and were not any more when they were looked at.
    """
    undetermined: int
    """
    Posted, with a fact of the money missing.
    """
    removed_usd: str
    interest_usd: str
    refund_usd: str
    began_at: AwareDatetime
    ended_at: AwareDatetime | None
    why: str | None
    """
    Why it was stopped.
    """
    leaves: int | None
    root: str | None
    """
    Root of the proofs of its entries, hexadecimal; null until its day is over.
    """


class ProofActOut(Model):
    """
    The legal act in the history of the entry.
    """

    change: str
    occurred_on: date_aliased
    rule: str
    kind: str | None
    authority: str | None


class ProofRateOut(Model):
    """
    The rate of one quarter.
    """

    quarter: str | None
    """
    null: a rate that the order names.
    """
    from_: Annotated[date_aliased, Field(alias='from')]
    """
    The first day that bears it.
    """
    to: date_aliased
    days: int
    rate_pct: str
    """
    Percent a year, compounded daily; that of an order is simple.
    """


class ProofReversalOut(Model):
    """
    How it was undone, where it was.
    """

    state: str
    reason: str | None
    act_key: str | None


class ProofRuleOut(Model):
    """
    A rule that was applied.
    """

    rule: str
    citation: str
    says: str


class ProofRunOut(Model):
    """
    The run in which it was posted.
    """

    run: int
    kind: str
    state: str
    posted_on: date_aliased
    lane: str


class ProofSegmentOut(Model):
    """
    A time in which one side owed the other.
    """

    debtor: str
    """
    Words: importer, cbp; there may be others.
    """
    amount_usd: str
    start: date_aliased
    """
    Bears no interest.
    """
    end: date_aliased
    """
    Bears interest.
    """
    rates: list[ProofRateOut]


class ProtestActOut(Model):
    """
    An act on a protest.
    """

    number: int
    kind: str
    acted_on: date_aliased
    acted_at: AwareDatetime
    actor: str
    acting_for: str | None
    rule: str
    from_state: str
    to_state: str
    authority: str | None
    """
    The row of the table of authority that the act rests on; for staff.
    """
    details: dict[str, Any]


class ProtestClockOut(Model):
    """
    A day that matters: warn by `safe`, hold against somebody only after `last_arguable`. `evidence` as for rules.
    """

    what: str
    safe: date_aliased
    last_arguable: date_aliased
    binds: str
    """
    Words: cbp, filer; there may be others.
    """
    is_past: bool
    rule: str
    citation: str
    evidence: str
    """
    Words: S, P, M, U; there may be others.
    """
    unsettled: str | None
    inputs: dict[str, str]


class ProtestIn(Model):
    """
    A protest; `decision` is which of the seven kinds of 19 USC 1514(a) is attacked. What is missing is named.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    entries: list[str]
    decision: Literal['appraised-value', 'classification-rate-duty', 'charge-exaction', 'exclusion-redelivery', 'liquidation', 'drawback-refusal', 'preference-refusal-1520d']
    categories: list[str] | None = None
    protestant: PartyIn | None = None
    goods: str | None = None
    objections: list[ObjectionIn] | None = None
    issue: str | None = None
    """
    The question common to many protests; they are worked as a group.
    """
    decision_on: date_aliased | None = None
    """
    The day of the decision, where it is not the liquidation, or of the reliquidation.
    """
    demand_on: date_aliased | None = None
    """
    A surety: when the demand was mailed to it.
    """
    redelivery: bool | None = None
    """
    A demand for redelivery is attacked, not an exclusion.
    """
    earlier_protest: str | None = None
    like_treatment: bool | None = None
    non_collusion_certified: bool | None = None
    drawback_declared: bool | None = None
    section_337: bool | None = None
    origin_decision: bool | None = None
    further_review: bool | None = None
    """
    Further review is applied for (19 CFR 174.25).
    """
    further_review_criteria: list[Literal['conflicts-with-decision', 'not-ruled-on', 'new-facts-or-arguments', 'advice-declined']] | None = (
        None
    )
    accelerated_disposition: bool | None = None
    """
    Deemed denied on day 30 unless decided.
    """


class ProtestSummaryOut(Model):
    """
    A protest in a list.
    """

    protest_number: str
    state: str
    is_open: bool
    timeliness: str
    further_review: str
    issue: str
    importer_number: str
    entries: int
    received_at: AwareDatetime
    decide_by: date_aliased
    due_on: date_aliased | None
    """
    What CBP has to do first.
    """
    due_rule: str | None
    denied_on: date_aliased | None
    sue_by: date_aliased | None
    lead_protest: str | None


class RadarCountOut(Model):
    """
    Entries of one horizon and cause; each horizon counts what the shorter ones do not.
    """

    horizon: str
    """
    Words: past, 1, 7, 14, 30, 60, 90; there may be others.
    """
    cause: str
    """
    Words: any, review-open, request-open, suspension-lifted, held, extension-needed; there may be others.
    """
    entries: int


class RadarEntryOut(Model):
    """
    An entry whose period ends soon.
    """

    entry_number: str
    act_by: date_aliased
    """
    The earliest plausible last day: CBP acts and is alarmed by it.
    """
    deemed_on: date_aliased
    """
    The last day by the reading in force.
    """
    legal_basis: LegalBasis | None
    state: str
    scheduled_on: date_aliased | None
    center: str | None
    lane: str | None
    importer_number: str | None
    extensions: int
    extension_requested_on: date_aliased | None
    """
    When the importer asked for an extension in writing.
    """
    open_requests: list[OpenRequestOut]
    """
    What CBP asked the importer and is open.
    """
    duty_usd: str
    fees_usd: str


class RadarOut(Model):
    """
    Running entries by days until they are deemed liquidated, and why somebody should look at them.
    """

    date: date_aliased
    clock_unknown: int
    """
    Entries whose clock lacks a fact: GET /clocks-unknown lists them.
    """
    deemed_cases_open: int
    """
    Entries deemed liquidated by oversight: GET /deemed-cases.
    """
    counts: list[RadarCountOut]


class RateIn(Model):
    """
    A rate that a message of Commerce names for a case.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    message_number: str
    case_number: str
    rate_pct: float | str
    """
    In percent of value.
    """
    manufacturer_id: str | None = None
    """
    Of one maker; null: of all for whom no message names another.
    """
    entered_from: date_aliased | None = None
    entered_to: date_aliased | None = None


class RateOut(Model):
    """
    A rate that was recorded.
    """

    rate_id: UUID
    message_number: str
    case_number: str
    rate_pct: str


class ReadingOut(Model):
    """
    How a rule is read where the law leaves it open.
    """

    settles: str
    """
    What the setting decides.
    """
    in_force: str
    """
    The reading that the operator has set.
    """
    default: str
    """
    The reading of an operator who sets none.
    """
    choices: list[str]
    """
    The readings that there are; empty for a number, a date or days.
    """
    setting: str
    """
    Where an operator sets it.
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
    Why it is done.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str


class ReasonedActIn(Model):
    """
    Refuse further review, with reasons.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['refuse-further-review']
    reasons: str


class RecommendIn(Model):
    """
    Recommend a decision on every entry: by the items, the other entries as `otherwise` says.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['recommend']
    reasons: str
    otherwise: Literal['denied'] | None = None
    items: list[DecisionItemIn] | None = None


class RecomputeDifferenceOut(Model):
    """
    A field of the stored record that differs from what follows from the facts.
    """

    entry_number: str
    field: str
    stored: str | None
    derived: str | None


class RecomputeOut(Model):
    """
    A nightly comparison; `differences` are alarms and are never mended by it.
    """

    recomputed_on: date_aliased
    entries: int
    differences: int
    is_done: bool
    first_differences: list[RecomputeDifferenceOut]
    """
    At most 100, of entries that the caller may read.
    """


class RecordedPaymentOut(Model):
    """
    A payment and how the bill stands with it.
    """

    bill_number: str
    number: int
    received_on: date_aliased
    amount_usd: str
    payer: str
    reference: str
    bill_state: str
    open_usd: str
    surplus_usd: str


class ReferenceOut(Model):
    """
    What a row is of, or rests on.
    """

    kind: str
    """
    act, version, extension, reliquidation, claim, cycle, instruction, decision, request, protest, bill, refund or rule.
    """
    id: str
    href: str | None
    """
    Where it can be read; null: nowhere of its own (an act, a request), or not by the caller.
    """


class RefundOut(Model):
    """
    A refund: waiting-for-enrollment, ready, certified, paid, or replaced by a later act.
    """

    refund_number: str
    entry_number: str
    act_key: str
    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    state: str
    """
    Words: waiting-for-enrollment, ready, certified, paid, replaced; there may be others.
    """
    way: str
    """
    Words: ach, paper; there may be others.
    """
    missing: list[str]
    reason: str
    principal_usd: dict[str, str]
    interest_usd: str
    refund_usd: str
    liquidated_on: date_aliased
    opened_on: date_aliased
    due_on: date_aliased
    certified_on: date_aliased | None
    certified_by: str | None
    paid_on: date_aliased | None
    paid_by: str | None
    delay_usd: str | None
    """
    Interest for delay (19 USC 1505(d)), once paid.
    """
    replaced_by: str | None


class RefundPaymentIn(Model):
    """
    The day on which a refund was paid.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    paid_on: date_aliased
    """
    Legal day in America/New_York.
    """


class RefundStandOut(Model):
    """
    The refund as it stands now.
    """

    refund_number: str
    state: str
    """
    Words: waiting-for-enrollment, ready, certified, paid, replaced; there may be others.
    """
    refund_usd: str
    """
    Of the whole act: the balance of all that it changed, with interest.
    """
    removed_usd: str
    """
    What of it the program removed.
    """
    interest_usd: str
    other_usd: str
    """
    What else it holds, by decisions of others; below zero: owed to CBP.
    """
    says: str
    """
    The same in words.
    """
    due_on: date_aliased
    certified_on: date_aliased | None
    paid_on: date_aliased | None


class RefusalUseOut(Model):
    """
    An act that is refused by the rule.
    """

    act: str
    code: str
    """
    The `code` of the problem.
    """


class RejectIn(Model):
    """
    Reject a protest for a defect on record, without a decision on its merits.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['reject']
    ground: Literal['untimely', 'too-early', 'incomplete', 'no-standing', 'not-protestable', 'second-protest', 'split']
    reasons: str


class ReliquidatedOut(Model):
    """
    A reliquidation; `change` is what it adds to the state before.
    """

    total_usd: str | None = None
    """
    Change and interest.
    """
    interest_usd: str | None = None
    bill_number: str | None = None
    bill_due_on: date_aliased | None = None
    refund_number: str | None = None
    refund_state: str | None = None
    missing: str | None = None
    """
    Why no amount is known yet; GET …/money names the fact.
    """
    entry_number: str
    number: int
    reliquidated_on: date_aliased
    writer: str
    kind: str
    effect_duty_usd: str
    effect_fees_usd: str
    change_duty_usd: str
    change_fees_usd: str


class ReliquidationFact(Model):
    """
    A reliquidation; `by` says on whose power, the Center's own when it is left out.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    on: date_aliased
    """
    Legal day in America/New_York.
    """
    by: Literal['allowed-protest', 'court-judgment', 'claim-1520d', 'records-1509g', 'duty-1592d', 'petition-1516', 'center'] | None = (
        None
    )


class ReliquidationIn(Model):
    """
    A reliquidation, dated today; effects are against the amounts as asserted, positive is due.

    A power that outlasts finality and has a limit of time needs the day that it is counted from.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    writer: Literal['center', 'court-judgment', 'claim-1520d', 'records-1509g', 'duty-1592d', 'petition-1516'] | None = (
        None
    )
    """
    Whose power it is; the Center's own ends with day 90.
    """
    effect_duty_usd: str
    """
    US dollars as a decimal string with at most two decimals.
    """
    effect_fees_usd: str
    """
    US dollars as a decimal string with at most two decimals.
    """
    by_class: list[ClassEffect] | None = None
    """
    The effects by accounting class, against what was asserted; without them the class stays open.
    """
    explanation: str
    """
    Why, as the history is to say it.
    """
    preference_claimed_on: date_aliased | None = None
    """
    claim-1520d: the day of the claim; within a year of importation.
    """
    records_demanded_on: date_aliased | None = None
    """
    records-1509g: the day of the demand; it reaches liquidations of the two years before.
    """
    violated_on: date_aliased | None = None
    """
    duty-1592d: the day of the violation; five years from it, or from the discovery of fraud.
    """
    fraud_discovered_on: date_aliased | None = None
    """
    duty-1592d: only if the violation was fraud.
    """
    limit_waived_until: date_aliased | None = None
    """
    duty-1592d: until when the party waived the limit of 19 USC 1621.
    """
    court_ordered_on: date_aliased | None = None
    """
    court-judgment: the day of the judgment or order; left out: taken as today.
    """
    is_in_suit: bool | None = None
    """
    court-judgment: whether the entry was in the suit, with `court_number`; a liquidation that is final without protest or suit is not reopened by an order alone (final-1514).
    """
    court_number: str | None = None
    """
    court-judgment: of the suit.
    """


class RemovalIn(Model):
    """
    A tariff number, its beginning, or a range of these, with days of entry of its own where it has them.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    headings: str
    entered_from: date_aliased | None = None
    entered_to: date_aliased | None = None


class ReplacingActOut(Model):
    """
    An act that took the place of refunds of a payment.
    """

    act: str
    """
    Key of the act on the entry; `voided`: its liquidation has no effect.
    """
    refunds: int
    first_entry: str


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


class ReturnIn(Model):
    """
    That the bank returned a payment, when, and what it said.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    returned_on: date_aliased
    """
    Legal day in America/New_York.
    """
    reason: str


class ReversalConfirmationIn(Model):
    """
    Which request is confirmed: the one that was read.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    request: int | None = None
    """
    Without it the only one that waits.
    """


class ReversalIn(Model):
    """
    What is to be undone: the entries that are named, those of a run, or all that the program posted.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    entries: list[str] | None = None
    run: int | None = None
    by: Literal['center', 'court-judgment']
    """
    Whose power: the Center's within 90 days (19 USC 1501), or a judgment as headquarters instructs. A judgment reaches what is final (19 USC 1514) only of entries that were in the suit; others are refused, entry by entry.
    """
    court_ordered_on: date_aliased | None = None
    """
    Of a judgment: its day. Without it the day on which an entry is reversed.
    """
    is_in_suit: bool | None = None
    """
    Of a judgment: whether the entries were in the suit. Without it that is known only of those that a cohort of importers who sued has posted.
    """
    court_number: str | None = None


class ReversalRequestOut(Model):
    """
    What somebody asked to be reversed, and what became of that.
    """

    program: str
    entries: int
    request: int
    """
    The number under which it is confirmed or withdrawn.
    """
    state: str
    """
    Words: asked, confirmed, withdrawn; there may be others.
    """
    by: str
    """
    Words: center, court-judgment; there may be others.
    """
    reason: str
    court_ordered_on: date_aliased | None
    is_in_suit: bool | None
    court_number: str | None
    removed_usd: str
    asked_at: AwareDatetime
    asked_by: str
    settled_at: AwareDatetime | None
    """
    When it was confirmed or withdrawn; null: it waits.
    """
    settled_by: str | None
    why: str | None
    """
    Why it was withdrawn.
    """


class ReversalStateOut(Model):
    """
    Postings by how far their reversal is.
    """

    state: str
    """
    Words: asked, confirmed, done, refused; there may be others.
    """
    code: str | None
    """
    Why it is refused.
    """
    entries: int
    removed_usd: str


class ReversalWithdrawalIn(Model):
    """
    Which request is withdrawn, and why.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    request: int
    """
    The number of a request to reverse.
    """
    reason: str


class ReversedOut(Model):
    """
    How many entries a request is about.
    """

    program: str
    entries: int
    request: int
    """
    The number under which it is confirmed or withdrawn.
    """
    state: str
    """
    Words: asked, confirmed, withdrawn; there may be others.
    """


class RevisionOut(Model):
    """
    A revision, whole.
    """

    program: str
    revision: int
    edits: int
    """
    How often it was written: the ETag.
    """
    state: str
    """
    Words: draft, confirmed, released, superseded; there may be others.
    """
    definition: dict[str, Any]
    """
    As it was drafted; `assumptions` says what of it no source settles, and what is taken instead.
    """
    reason: str
    made_at: AwareDatetime
    made_by: str
    tried_at: AwareDatetime | None
    released_at: AwareDatetime | None


class RowChangeOut(Model):
    """
    A row that was added (`before` null), dropped (`after` null), changed, or moved (both the same).
    """

    rows: str
    """
    tariffs, cases, quantities or fees.
    """
    key: str
    """
    The tariff number, case, unit or class of the row.
    """
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    before_at: int | None
    """
    Its place on the line before, counted from 0.
    """
    after_at: int | None
    """
    Its place on the line after, counted from 0.
    """


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


class RowOut(Model):
    """
    What becomes of a row: the fact, where the rule stands, what to do, until when.
    """

    row: int
    entry_number: str | None
    given: str | None
    """
    What came, shortened, where it is no entry number.
    """
    state: str
    """
    Words: read, dropped, withdrawn, nothing, waiting, due, posted; there may be others.
    """
    code: str | None
    """
    Why it is dropped; stable.
    """
    fact: str | None
    citation: str | None
    remedy: str | None
    last_day: date_aliased | None
    """
    Until when the remedy can be taken.
    """
    cohort: str | None
    act: str | None
    """
    What follows: liquidate, reliquidate, at-cycle, with-warehouse-entry.
    """
    removed_usd: str
    notes: list[str]
    """
    What else is to be known of an accepted entry.
    """
    says: list[str]
    """
    The notes in words.
    """
    judged_at: AwareDatetime | None


class RuleOut(Model):
    """
    A rule with its source; `evidence` S read, P partly read, M recalled, U unsettled.
    """

    id: str
    citation: str
    evidence: str
    """
    Words: S, P, M, U; there may be others.
    """
    text: str


class RuleSummaryOut(Model):
    """
    A rule in a list.
    """

    id: str
    section: str
    """
    The subject, by which the list can be narrowed.
    """
    text: str
    """
    The rule in a sentence.
    """
    citation: str
    evidence: str
    """
    S read in a source, P partly read, M recalled, U unsettled. Words: S, P, M, U; there may be others.
    """
    effective_from: date_aliased | None
    """
    The first day on which it holds; null: no bound is known.
    """
    effective_until: date_aliased | None
    """
    The last day on which it holds; null: no bound is known.
    """
    applies_to: str | None
    """
    By which day of a case that is told, or what has days of its own.
    """
    unsettled: str | None
    """
    What of the rule is open.
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


class SegmentOut(Model):
    """
    Money that one side owed the other for a time; `start` is day 0, `end` bears interest.
    """

    debtor: str
    """
    Words: importer, cbp; there may be others.
    """
    amount_usd: str
    start: date_aliased
    end: date_aliased


class SelectedEntryOut(Model):
    """
    An entry that a protest of the selection names.
    """

    number: int
    """
    The protest's number in the selection.
    """
    protest_number: str
    entry_number: str
    """
    Entry number: filer code, seven digits, check digit; 11 characters without hyphens.
    """
    state: str
    """
    Words: pending, left-out, done, refused; there may be others.
    """
    timeliness: str
    """
    Whether the protest is in time for this entry. Words: unknown, timely, arguable, untimely, too-early, mixed; there may be others.
    """
    stake_usd: str | None
    """
    Duty and fees of the entry as liquidated. Null: not known.
    """


class SelectedOut(Model):
    """
    What became of one protest.
    """

    number: int
    protest_number: str
    state: str
    """
    Words: pending, left-out, done, refused; there may be others.
    """
    code: str | None
    """
    Why it was refused, or is left out.
    """
    says: str | None
    stake_usd: str | None
    """
    Null: not known.
    """
    change_usd: str
    at: AwareDatetime | None


class SelectionActIn(Model):
    """
    What is done with a selection.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    act: Literal['begin', 'withdraw']


class SelectionLineOut(Model):
    """
    A selection in the list.
    """

    selection_id: UUID
    criteria: dict[str, Any]
    act: dict[str, Any]
    reason: str
    sample: int
    """
    So many protests are looked at before; all when there are fewer.
    """
    tolerated: int
    """
    How many of the sample may differ.
    """
    asked_by: str
    asked_at: AwareDatetime
    state: str
    """
    `looking` while the act is tried; `ready` for the sample and to begin; `running`; `done`. Words: looking, ready, running, done, withdrawn; there may be others.
    """
    protests: int
    is_cut: bool
    """
    The criteria gave more than 20,000: draft again for the rest afterwards.
    """
    foreseen: int
    """
    How many are left out as things stood when the act was tried.
    """
    stake_usd: str
    """
    Duty and fees of the entries of the others, as liquidated.
    """
    stake_unknown: int
    """
    Protests of which that is not known.
    """
    change_usd: str
    """
    What the act changes in all; negative: refunds.
    """
    needs_second: bool
    """
    Over the limits, or money unknown: another person has to begin it.
    """
    begun_by: str | None
    begun_at: AwareDatetime | None
    ended_at: AwareDatetime | None


class SelectionOut(Model):
    """
    A selection: what it would do, and what it has done.
    """

    selection_id: UUID
    criteria: dict[str, Any]
    act: dict[str, Any]
    reason: str
    sample: int
    """
    So many protests are looked at before; all when there are fewer.
    """
    tolerated: int
    """
    How many of the sample may differ.
    """
    asked_by: str
    asked_at: AwareDatetime
    state: str
    """
    `looking` while the act is tried; `ready` for the sample and to begin; `running`; `done`. Words: looking, ready, running, done, withdrawn; there may be others.
    """
    protests: int
    is_cut: bool
    """
    The criteria gave more than 20,000: draft again for the rest afterwards.
    """
    foreseen: int
    """
    How many are left out as things stood when the act was tried.
    """
    stake_usd: str
    """
    Duty and fees of the entries of the others, as liquidated.
    """
    stake_unknown: int
    """
    Protests of which that is not known.
    """
    change_usd: str
    """
    What the act changes in all; negative: refunds.
    """
    needs_second: bool
    """
    Over the limits, or money unknown: another person has to begin it.
    """
    begun_by: str | None
    begun_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    pending: int
    left_out: int
    done: int
    refused: int
    refusals: list[LeftOutCount]
    """
    Why protests were refused or are left out; the most first.
    """


class SelectionSampleOut(Model):
    """
    The sample of a selection, by number; `seed` and `candidates` are what it can be drawn again from.
    """

    seed: str | None
    """
    Null while the act is tried: nothing is drawn yet.
    """
    candidates: int
    drawn_at: AwareDatetime | None
    items: list[LookOut]


class SettlementIn(Model):
    """
    How a fact of after was settled: in words, for the money follows its own acts.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    code: Literal['entered-outside', 'no-heading', 'heading-out-of-dates', 'entry-type', 'drawback-designated', 'reconciliation-filed', 'surety-paid', 'under-correction', 'effects-overlap', 'stacking-revives', 'base-duty-missing', 'not-the-product', 'amount-differs']
    settlement: str


class SettlementOut(Model):
    """
    A fact of after that is settled.
    """

    program: str
    entry_number: str
    code: str
    """
    Words: entered-outside, no-heading, heading-out-of-dates, entry-type, drawback-designated, reconciliation-filed, surety-paid, under-correction, effects-overlap, stacking-revives, base-duty-missing, not-the-product, amount-differs; there may be others.
    """


class SignIn(Model):
    """
    Sign what is recommended: the decision. Its notice states the reasons and the right to sue.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['sign']
    reasons: str | None = None


class SignatureOut(Model):
    """
    Who signed, the first or the second.
    """

    number: int
    signed_at: AwareDatetime
    signed_by: str
    signed_for: str | None
    authority: str
    """
    The row of the table of authority that it rests on.
    """


class SigningIn(Model):
    """
    The digest of what the caller read.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    sha256: str


class SnapshotOut(Model):
    """
    A dry run that was kept; money of what the cycle takes.
    """

    date: date_aliased
    number: int
    made_at: AwareDatetime
    made_by: str
    liquidated: int
    with_decision: int
    deemed: int
    held: int
    despite_hold: int
    late_decisions: int
    suspended: int
    duty_usd: str
    fees_usd: str
    effect_duty_usd: str
    effect_fees_usd: str
    has_entries: bool
    """
    Whether its entries are still kept, so that it can be compared.
    """


class SourceIn(Model):
    """
    Where a rule of the program was read.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    title: str
    citation: str
    url: str | None = None


class StandingLettersOut(Model):
    """
    Dead letters of a topic that nobody has replayed or discarded.
    """

    topic: str
    letters: int


class StandingOut(Model):
    """
    How a program stands.
    """

    program: str
    standing: str
    """
    Words: running, paused, stayed, ended, aborted; there may be others.
    """
    since: AwareDatetime | None
    is_stayed: bool
    """
    An order stays it: nothing of it is certified or sent, also when it is over.
    """
    cycles: str | None = None
    """
    Of a stay or a pause: what weekly cycles go on to do, and what keeps entries out.
    """
    hold_set: str | None = None
    """
    The hold set that was drafted with the stay: POST /hold-sets/{id}/apply, by another person. null: none was; POST /hold-sets drafts one.
    """
    hold_from: date_aliased | None = None
    """
    The Friday of the first cycle that obeys it, if it is applied before that one's cut.
    """


class StateOut(Model):
    """
    Rows in one state, by code.
    """

    state: str
    """
    Words: read, dropped, withdrawn, nothing, waiting, due, posted; there may be others.
    """
    code: str | None
    entries: int
    removed_usd: str


class StayIn(Model):
    """
    That an order stays a program, or does not any more.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str
    act: Literal['stay', 'lift']
    holds: bool | None = None
    """
    Draft a hold set with the stay that keeps entries with the program's headings out of weekly cycles; another person applies it.
    """


class StepIn(Model):
    """
    An act that states nothing but a remark.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['ask-party', 'begin-review', 'party-answered', 'resume', 'return']
    text: str | None = None
    """
    A remark for the history.
    """


class SummonIn(Model):
    """
    Note that a suit was begun: the record is locked.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['summon']
    filed_on: date_aliased
    """
    Legal day in America/New_York.
    """
    court_number: str
    are_duties_paid: bool
    text: str | None = None
    """
    A remark for the history.
    """


class SuspendIn(Model):
    """
    Wait for a lead protest on the same question.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['suspend']
    lead: str
    text: str | None = None
    """
    A remark for the history.
    """


class SuspensionFact(Model):
    """
    A suspension of liquidation; without `lift_noticed_on` it stands.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    ground: str
    authority: Literal['statute', 'agency', 'court']
    """
    Who suspended: a court's is an injunction.
    """
    began_on: date_aliased
    """
    Legal day in America/New_York.
    """
    lift_noticed_on: date_aliased | None = None
    """
    When CBP received notice of its removal.
    """


class SuspensionOut(Model):
    """
    A suspension; `is_filed`: it follows from the summary itself. It stands while `lift_noticed_on` is null.
    """

    ground: str
    authority: str
    began_on: date_aliased
    is_filed: bool
    instruction_id: str | None = None
    lift_noticed_on: date_aliased | None = None
    lift_source: str | None = None
    lift_instruction_id: str | None = None


class TimelineCodeOut(Model):
    """
    What a code of timelines means.
    """

    code: str
    track: str
    """
    The line of a picture on which it stands. Words: release, summary, review, suspension, extension, liquidation, finality, protest, money, special; there may be others.
    """
    kind: str
    """
    act: it was done; a day is set by law, by a policy of CBP, or is only a goal. Words: act, law, policy, goal; there may be others.
    """
    title: str
    meaning: str
    whose: str | None
    """
    Who has to act by the day; null: nobody, it comes about by itself.
    """
    lapse: str | None
    """
    What happens when nobody does.
    """


class TimelineCodesOut(Model):
    """
    Every code, those of acts first.
    """

    items: list[TimelineCodeOut]


class TimelineRowOut(Model):
    """
    An act or a day, with everything by which a picture places it.
    """

    code: str
    """
    Stable: GET /timeline-codes says what each means.
    """
    track: str
    """
    Words: release, summary, review, suspension, extension, liquidation, finality, protest, money, special; there may be others.
    """
    kind: str
    """
    Words: act, law, policy, goal; there may be others.
    """
    title: str
    whose: str | None
    """
    Who has to act by the day.
    """
    state: str
    """
    arguable: the safe day has passed, the last arguable one has not; unknown: a day binds that is not known, `what` and `inputs` say why; standing: it has no day. Words: happened, passed, arguable, today, coming, unknown, standing; there may be others.
    """
    on: date_aliased | None
    """
    The day in law of an act, or the safe day.
    """
    last_arguable: date_aliased | None
    what: str
    rule: RuleOut | None
    unsettled: str | None
    """
    What of the rule is open.
    """
    detail: str | None
    effect: ActEffectOut | None
    inputs: dict[str, str]
    references: list[ReferenceOut]
    actor: str | None
    authority: str | None
    """
    The row of the table of authority that an act rests on; for staff.
    """


class TotalOut(Model):
    """
    Entries of one value of a dimension.
    """

    value: str | None
    """
    null: accepted, where it is a code; unknown, where it is a Center.
    """
    entries: int
    removed_usd: str
    likely_usd: str | None


class TreeOut(Model):
    """
    The path from the leaf to the root of its run (RFC 6962, 2.1).
    """

    leaves: int
    """
    How many entries the run posted.
    """
    index: int
    """
    The place of this one among them, from 0, in order of entry number.
    """
    path: list[str]
    """
    The digests beside the way, the lowest first.
    """
    root: str


class TrialLineOut(Model):
    """
    Entries alike in everything that a trial looks at.
    """

    cohort: str | None
    code: str | None
    state: str
    center: str | None
    month: str | None
    readiness: str | None
    entries: int
    removed_usd: str
    likely_usd: str | None


class TrialOut(Model):
    """
    What a revision would do, were everything that it reaches asked for on a day.
    """

    program: str
    trial: int
    revision: int
    is_of_this_edit: bool
    """
    Whether the revision was edited since: then it has to be tried again.
    """
    as_of: date_aliased
    tried_at: AwareDatetime
    tried_by: str
    entries: int
    accepted: int
    removed_usd: str
    """
    Duty that is removed, without interest: the least that is refunded.
    """
    likely_usd: str | None
    """
    What would be refunded: with interest to the day of the trial where the payment is known, at the lower rate where nobody recorded what the importer is, and without what is small and disregarded. null: of a trial of before this was reckoned.
    """
    by_code: list[TotalOut]
    by_cohort: list[TotalOut]
    by_center: list[TotalOut]
    by_month: list[TotalOut]
    """
    Month of entry.
    """
    by_readiness: list[TotalOut]
    """
    Whether the payee can be paid: ready, not-ready, unknown.
    """
    examples: dict[str, list[str]]
    """
    Up to twenty entries of each code.
    """
    lines: list[TrialLineOut]
    """
    Every combination, when asked for with `lines=true`.
    """


class UncalculatedClockOut(Model):
    """
    A clock that cannot be computed, and the facts that are missing.
    """

    what: str
    rule: str
    citation: str
    evidence: str
    """
    Words: S, P, M, U; there may be others.
    """
    text: str
    missing: list[str]


class UnknownClockOut(Model):
    """
    An entry with a clock that cannot be computed.
    """

    entry_number: str
    missing: str | None
    """
    The fact that is missing.
    """
    rule: RuleOut | None
    entry_type: str | None
    entry_date: date_aliased | None
    released_at: AwareDatetime | None
    center: str | None


class UnreadPartitionOut(Model):
    """
    Events of a partition that were published before the cycle began and not applied when it ran.
    """

    topic: str
    partition: int
    events: int


class UnseenOut(Model):
    """
    What a cycle did not see of what was published before it began.
    """

    state: str
    """
    unknown: the bus was away, or the cycle ran before this was recorded. Words: nothing, some, unknown; there may be others.
    """
    as_of: AwareDatetime | None
    """
    When the ends of the topics were read.
    """
    events: int | None
    """
    Unread events; null when it is not known.
    """
    letters: int
    """
    Dead letters that stood.
    """
    unread: list[UnreadPartitionOut]
    dead_letters: list[StandingLettersOut]


class UseOut(Model):
    """
    Something else that the rule decides.
    """

    service: str
    does: str


class VectorOut(Model):
    """
    Facts with the date or outcome that the law gives: worked out by hand, and held by the tests.
    """

    asks: str
    """
    The question that is answered.
    """
    given: str
    """
    The facts in words.
    """
    answer: str
    """
    The answer in words.
    """
    source: str
    note: str
    function: str
    """
    What answers: a function of the rules, `calculator`, or a kind of amount.
    """
    facts: dict[str, Any]
    expected: str
    """
    As the vector writes it.
    """


class VerdictOut(Model):
    """
    Whether the protest is in time for an entry: counted from `decided_on`, by both readings.
    """

    entry_number: str
    timeliness: str
    rule: str
    citation: str | None
    why: str
    decided_on: date_aliased | None
    protest_by: date_aliased | None
    """
    The safe last day.
    """
    arguable_by: date_aliased | None
    outcome: str | None
    """
    What was decided on the entry.
    """
    unsettled: str | None
    """
    What of the rule is open.
    """


class VersionAmountsOut(Model):
    """
    What one version of the summary asserts, by class and by line.
    """

    version: int
    governs: bool
    paid_on: date_aliased | None
    amounts_usd: dict[str, str]
    lines: list[LineAmountsOut]


class VersionOut(Model):
    """
    One version of the entry summary; `barred_as` and `barred_because` say why it cannot govern.
    """

    version: int
    governs: bool
    filed_at: AwareDatetime
    entry_type: str
    entry_date: date_aliased
    duty_usd: str
    fees_usd: str
    barred_as: str | None
    """
    The first reason.
    """
    barred_because: str | None
    """
    Every reason, with both values of a field or both days.
    """


class VoidedLiquidationOut(Model):
    """
    A liquidation without effect in law, and why.
    """

    liquidated_on: date_aliased
    liquidation_kind: str
    voided_on: date_aliased
    rule: RuleOut
    why: str


class VoidedOut(Model):
    """
    A liquidation without effect, and the state that was restored.
    """

    entry_number: str
    voided_liquidation_on: date_aliased
    state: str
    rule: str
    why: str


class VoidedPostingOut(Model):
    """
    An act by which the program posted the entry, and which has no effect in law.
    """

    posted_on: date_aliased
    act_key: str
    voided_on: date_aliased


class VoidingIn(Model):
    """
    Why a liquidation is taken to have no effect.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    explanation: str
    """
    Why, as the history is to say it.
    """


class WhatIfIn(Model):
    """
    What the decision would change in money: positive is an increase due, negative a refund.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    duty_usd: str | None = None
    """
    US dollars as a decimal string with at most two decimals.
    """
    fees_usd: str | None = None
    """
    US dollars as a decimal string with at most two decimals.
    """
    by_class: list[ClassEffect] | None = None
    """
    The same by accounting class.
    """
    item_id: str | None = None
    """
    The item that it would decide.
    """


class WhatIfOut(Model):
    """
    What would follow, as the money stands now; nothing of it is kept.
    """

    entry_number: str
    would_apply: bool
    """
    False: the law lets no decision reach the entry; `remedy` says what does.
    """
    rule: RuleOut | None
    remedy: str | None
    liquidated_on: date_aliased | None
    """
    The day to which the money is reckoned.
    """
    basis: str | None
    """
    `today`: no day is planned for the entry.
    """
    with_decisions: list[str]
    """
    Decisions on other items that would take effect with it.
    """
    outcome: str | None
    changes: list[ClassChangeOut]
    change_usd: str | None
    interest_usd: str | None
    interest_periods: list[SegmentOut]
    total_usd: str | None
    is_disregarded: bool
    """
    True when the net difference is under 20 dollars.
    """
    bill_usd: str | None
    """
    The bill that would be sent, with what it would carry over.
    """
    refund_usd: str | None
    missing: str | None
    """
    The fact without which the rest cannot be told.
    """
    why: str | None
    foreseen: str | None


class WhenIn(Model):
    """
    Which entries a cohort takes; what is left out says nothing.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    category: str | None = None
    entry_types: list[str] | None = None
    suspended: bool | None = None
    liquidated: bool | None = None
    informal: bool | None = None
    liquidated_days: list[Any] | None = None
    """
    Days from liquidation to receipt, both counted; the last may be null.
    """


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


class WholePaymentOut(Model):
    """
    A payment with what is set off, its history, and what the caller may do.
    """

    payment: str
    remittance: str
    """
    What the bank line carries: the payment and its part.
    """
    part: int
    """
    Goes up when a payment that the bank returned is certified again.
    """
    program: str
    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    payee: str
    """
    Words: importer, designee; there may be others.
    """
    payee_number: str
    """
    Masked as the importer number is.
    """
    posted_on: date_aliased
    """
    The posting day; of refunds that became known later, that day.
    """
    state: str
    """
    Words: waiting, ready, certified, paid, returned, replaced; there may be others.
    """
    is_stopped: bool
    """
    Whether a stay or a reversal stops it: nothing is certified or sent meanwhile.
    """
    way: str
    missing: list[str]
    """
    What the payee lacks to be paid.
    """
    reason: str
    waits_for: str | None
    """
    Why it is not certified or sent though the payee is ready: it is not known what is set off.
    """
    refunds: int
    removed_usd: str
    interest_usd: str
    other_usd: str
    """
    What the same acts changed beside what the program removed, by decisions of others, or took up of an act before: a liquidation is one act, and its refund the balance of all of it. Below zero: owed to CBP.
    """
    refund_usd: str
    """
    The refunds of the whole acts: duty removed, interest, and what else changed.
    """
    delay_usd: str
    """
    Interest for delay (19 USC 1505(d)), once paid.
    """
    offset_usd: str
    """
    Certified to be set off against bills (19 CFR 24.72), or set off.
    """
    net_usd: str
    """
    What goes, or went, to the bank.
    """
    closed_at: AwareDatetime
    certified_on: date_aliased | None
    certified_by: str | None
    paid_on: date_aliased | None
    paid_by: str | None
    returned_on: date_aliased | None
    replaced_by: list[ReplacingActOut] | None
    """
    Of one that is replaced: by which acts, those of most refunds first; its statement has all.
    """
    statement: str
    """
    Path of the statement; with `.csv` as a table.
    """
    offsets: list[OffsetOut]
    history: list[PaymentEventOut]
    may_do: list[MayDoOut]
    """
    Each act on it: whether the caller may, and what stands against it.
    """


class WithdrawalIn(Model):
    """
    Which requests are taken back.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    entries: list[str] | None = None
    """
    Without it: all that stand.
    """


class WithdrawalOut(Model):
    """
    The entries whose requests were taken back; their corrections are taken again from now on.
    """

    declaration_id: str
    withdrawn: list[str]


class WordOut(Model):
    """
    A code in words.
    """

    code: str
    says: str


class ActOut(Model):
    """
    What happened.
    """

    on: date_aliased
    what: str
    rule: RuleOut | None = None
    detail: str | None = None
    actor: str | None = None
    authority: str | None = None
    """
    The row of the table of authority that a person's act rests on; for staff.
    """


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


class AssessmentOut(Model):
    """
    The money of one act. While a fact is `missing` nothing is computed; `foreseen` is its direction if known.

    `deposit_due_basis`: recorded by people; `monthly-statement` or `summary-due` by the importer's way of paying;
    `summary-due` also by setting, when nobody recorded it and the deposit was made within ten working days.
    """

    act_key: str
    occasion: str
    liquidated_on: date_aliased
    assessed_on: date_aliased
    outcome: str
    """
    Words: no-change, increase, refund, undetermined, void; there may be others.
    """
    rule: RuleOut
    changes: list[ClassChangeOut]
    change_usd: str
    interest_usd: str | None
    """
    Interest to the act, less what an earlier act assessed.
    """
    total_usd: str | None
    interest_periods: list[SegmentOut]
    is_disregarded: bool
    """
    True when the net difference is under 20 dollars.
    """
    reason_code: str | None
    missing: str | None
    why: str | None
    foreseen: str | None
    deposit_due_on: date_aliased | None
    deposit_due_basis: str
    payee: str | None
    bill_number: str | None
    refund_number: str | None


class BasisIn(Model):
    """
    The order that removes duty, and where what is said of it was read.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    order: str
    citation: str
    sources: list[SourceIn] | None = None


class CalculatorIn(Model):
    """
    What is known of an entry; all but its type may be left out.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    entry_type: str
    entry_date: date_aliased | None = None
    """
    The time of entry; else found from `entry_basis`.
    """
    entry_basis: Literal['release', 'filing-elected', 'immediate-delivery', 'withdrawal', 'quota'] | None = (
        None
    )
    """
    Which day is the time of entry (entry-date).
    """
    entry_filed_on: date_aliased | None = None
    summary_filed_on: date_aliased | None = None
    presented_on: date_aliased | None = None
    """
    Presentation of quota goods in proper form.
    """
    withdrawn_on: date_aliased | None = None
    """
    Withdrawal from warehouse for consumption.
    """
    quota_period_ends_on: date_aliased | None = None
    imported_on: date_aliased | None = None
    """
    Importation; the entry date never stands in for it.
    """
    released_on: date_aliased | None = None
    paid_on: date_aliased | None = None
    """
    Deposit of the estimated duties.
    """
    port: str | None = None
    """
    Where it is filed, for closures of a port.
    """
    pays_monthly: bool | None = None
    """
    On a periodic monthly statement.
    """
    final_withdrawal_on: date_aliased | None = None
    """
    Last withdrawal under a warehouse entry.
    """
    has_case: bool | None = None
    """
    A line names an antidumping or countervailing case.
    """
    extensions: list[ExtensionFact] | None = None
    suspensions: list[SuspensionFact] | None = None
    lift_notices: list[LiftNoticeFact] | None = None
    """
    All that told of a removal; each is judged (susp-lift-trigger).
    """
    suspended_for: Literal['antidumping', 'countervailing', 'eapa', 'injunction', 'other'] | None = (
        None
    )
    """
    The basis in ACE; decides whether corrections stay open.
    """
    review_results_on: date_aliased | None = None
    """
    Final results of Commerce's review.
    """
    activity_statement_filed_on: date_aliased | None = None
    activity_statement_due_on: date_aliased | None = None
    corrected_on: date_aliased | None = None
    """
    A post-summary correction that is filed, or meant to be.
    """
    corrected_entry_type: str | None = None
    """
    What it asks for.
    """
    corrected_fields: list[Literal['importer-number', 'entry-number', 'port', 'reconciliation-flag', 'surety', 'lines']] | None = (
        None
    )
    """
    What it changes besides the type.
    """
    liquidated_on: date_aliased | None = None
    """
    The original liquidation.
    """
    posted_on: date_aliased | None = None
    """
    Posting of its notice.
    """
    is_deemed: bool | None = None
    """
    Liquidated by operation of law.
    """
    reliquidated_on: date_aliased | None = None
    reliquidated_by: Literal['allowed-protest', 'court-judgment', 'claim-1520d', 'records-1509g', 'duty-1592d', 'petition-1516', 'center'] | None = (
        None
    )
    """
    On whose power; else the Center's own.
    """
    reliquidations: list[ReliquidationFact] | None = None
    """
    When there are several.
    """
    protested: Literal['liquidation', 'reliquidation', 'preference-denial', 'exclusion', 'other-decision'] | None = (
        None
    )
    """
    What is protested; left out: the decision that the day of receipt reaches.
    """
    protested_by: Literal['importer', 'consignee', 'surety', 'payer', 'person-seeking-delivery', 'drawback-claimant', 'origin-certifier', 'agent', 'other'] | None = (
        None
    )
    """
    Who protests; left out: the surety if a demand on it is given, else the importer.
    """
    decision_on: date_aliased | None = None
    """
    The day of another protested decision.
    """
    protest_received_on: date_aliased | None = None
    """
    CBP's receipt; of the last, if consolidated.
    """
    is_exclusion_protest: bool | None = None
    acceleration_mailed_on: date_aliased | None = None
    """
    Mailing of the request to accelerate.
    """
    asks_further_review: bool | None = None
    further_review_refused_on: date_aliased | None = None
    set_aside_requested_on: date_aliased | None = None
    void_requested_on: date_aliased | None = None
    """
    Request to void the denial, 19 USC 1515(d).
    """
    denied_on: date_aliased | None = None
    """
    The date on the notice of denial.
    """
    allowed_on: date_aliased | None = None
    """
    The day on which the protest was allowed.
    """
    is_protest_allowed: bool | None = None
    is_sued_on: bool | None = None
    """
    A suit on the denial is begun.
    """
    court_ordered_on: date_aliased | None = None
    """
    A judgment or order that names the entry.
    """
    is_in_suit: bool | None = None
    """
    Whether the entry was in the suit; left out: not known.
    """
    surety_demanded_on: date_aliased | None = None
    """
    Mailing of the demand to the surety.
    """
    demand_identifies_debt: bool | None = None
    preference_program: str | None = None
    preference_claimed_on: date_aliased | None = None
    preference_denied_on: date_aliased | None = None
    records_demanded_on: date_aliased | None = None
    """
    Demand for records of a special rate.
    """
    violated_on: date_aliased | None = None
    fraud_discovered_on: date_aliased | None = None
    asks_cape_refund: bool | None = None
    """
    Until when CAPE phase 1 takes the entry; a finding says so where it does not.
    """
    deposit_required_on: date_aliased | None = None
    billed_on: date_aliased | None = None
    document_demanded_on: date_aliased | None = None
    """
    CBP's notice of a missing document.
    """
    reconciliation_issues: list[Literal['other', 'agreement']] | None = None
    earliest_summary_on: date_aliased | None = None
    """
    Earliest summary under a reconciliation.
    """
    earliest_imported_on: date_aliased | None = None
    """
    Earliest importation under a reconciliation.
    """
    reconciliation_filed_on: date_aliased | None = None
    reconciliation_due_on: date_aliased | None = None
    drawback_claimed_on: date_aliased | None = None
    drawback_law: Literal['190', '191'] | None = None
    """
    19 CFR part of the claim; left out: by the day of the claim.
    """
    designated_imported_on: date_aliased | None = None
    """
    Earliest importation that is designated.
    """
    designated_imports: list[DesignatedImportFact] | None = None
    drawback_deposited_on: date_aliased | None = None
    drawback_waived_on: date_aliased | None = None
    """
    Written request and waiver.
    """
    exported_on: date_aliased | None = None
    """
    Export or destruction of the goods of a drawback claim.
    """
    tib_extended_years: int | None = None
    tib_heading: str | None = None
    """
    Some headings have shorter periods.
    """
    allegation_received_on: date_aliased | None = None
    """
    EAPA: receipt of the proper allegation.
    """
    investigation_initiated_on: date_aliased | None = None
    """
    EAPA: initiation.
    """
    is_extraordinarily_complicated: bool | None = None
    """
    EAPA: 360 days instead of 300.
    """
    interim_measures_on: date_aliased | None = None
    """
    EAPA: decision on interim measures.
    """
    evasion_determined_on: date_aliased | None = None
    """
    EAPA: determination.
    """
    evasion_review_requested_on: date_aliased | None = None
    """
    EAPA: request for administrative review.
    """
    evasion_review_decided_on: date_aliased | None = None
    """
    EAPA: decision on that request.
    """
    presented_for_examination_on: date_aliased | None = None
    """
    Presentation of the goods.
    """
    detained_on: date_aliased | None = None
    """
    Decision to detain.
    """
    forced_labor: Literal['wro', 'finding', 'uflpa'] | None = None
    """
    Withhold-release order, finding of the Commissioner, or stop under the UFLPA.
    """
    exclusion_advised_on: date_aliased | None = None
    """
    Advice of exclusion delivered or mailed.
    """
    prepenalty_mailed_on: date_aliased | None = None
    penalty_mailed_on: date_aliased | None = None
    seizure_mailed_on: date_aliased | None = None
    damages_mailed_on: date_aliased | None = None
    """
    Notice of liquidated damages.
    """
    petition_decided_on: date_aliased | None = None
    """
    Decision on a petition for liquidated damages.
    """
    disclosed_orally_on: date_aliased | None = None
    """
    Oral prior disclosure.
    """
    incomplete_disclosure_on: date_aliased | None = None
    """
    Prior disclosure made without full data.
    """
    loss_stated_on: date_aliased | None = None
    """
    CBP stated the loss of duty of a prior disclosure.
    """
    cf28_issued_on: date_aliased | None = None
    """
    Request for information.
    """
    cf29_mailed_on: date_aliased | None = None
    """
    Proposed notice of action.
    """
    record_demand_on: date_aliased | None = None
    """
    Demand for entry records.
    """
    conditional_release_ended_on: date_aliased | None = None
    redelivery_demanded_on: date_aliased | None = None


class CalculatorOut(Model):
    """
    All clocks that the facts start, those that lack a fact, and what else follows.
    """

    clocks: list[CalculatedClockOut]
    unknown: list[UncalculatedClockOut]
    findings: list[FindingOut]


class CandidateOut(Model):
    """
    An entry that nobody declared, and what declaring it now would come to; nothing was stored.
    """

    program: str
    entry_number: str
    entry_date: date_aliased | None
    period_ends_on: date_aliased | None
    """
    When the law liquidates it, if nobody does before.
    """
    liquidated_on: date_aliased | None
    verdict: RowOut
    """
    As a declaration of this moment would be judged.
    """


class CheckOut(Model):
    """
    What a file would come to, if it were declared now. Nothing was stored.
    """

    program: str
    rows: int
    accepted: int
    removed_usd: str
    results: list[RowOut]


class ClockFactsIn(Model):
    """
    What is known of an entry's days beside the summary; null where nothing is. It takes the place of all before.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    final_withdrawal_on: date_aliased | None = None
    """
    Of a warehouse entry (21, 22).
    """
    reconciliation_due_on: date_aliased | None = None
    """
    Of a reconciliation (09).
    """
    designated_imports: list[DesignatedImportIn] | None = None
    """
    Of a drawback claim: all of them.
    """
    deposited_on: date_aliased | None = None
    """
    Drawback: estimated duties of the imports.
    """
    waived_on: date_aliased | None = None
    """
    Drawback: the written request and waiver.
    """
    entry_basis: Literal['release', 'filing-elected', 'immediate-delivery', 'withdrawal', 'quota'] | None = (
        None
    )
    """
    Which day is the time of entry; null: the one that the summary asserts.
    """
    entry_filed_on: date_aliased | None = None
    presented_on: date_aliased | None = None
    """
    Presentation of quota goods in proper form.
    """
    withdrawn_on: date_aliased | None = None
    """
    Withdrawal from warehouse for consumption.
    """
    explanation: str
    """
    What the days rest on.
    """


class ClockFactsOut(Model):
    """
    What holds now; revision 0 when nothing was recorded. Its ETag is the revision.
    """

    entry_number: str
    revision: int
    final_withdrawal_on: date_aliased | None
    reconciliation_due_on: date_aliased | None
    designated_imports: list[DesignatedImportIn]
    deposited_on: date_aliased | None
    waived_on: date_aliased | None
    entry_basis: str | None
    entry_filed_on: date_aliased | None
    presented_on: date_aliased | None
    withdrawn_on: date_aliased | None
    explanation: str | None
    recorded_at: AwareDatetime | None
    recorded_by: str | None


class CohortIn(Model):
    """
    Entries that one power of the law reaches; of several the first that fits decides.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    name: str
    when: WhenIn
    act: Literal['refuse', 'with-warehouse-entry', 'at-cycle', 'liquidate', 'reliquidate']
    on: date_aliased | None = None
    """
    First day of receipt; null: not yet.
    """
    until: date_aliased | None = None
    by: Literal['center', 'court-judgment'] | None = None
    code: Literal['entry-type'] | None = None
    """
    What an entry is told that it refuses.
    """
    after_days: int | None = None
    last_day: int | None = None
    importers: list[str] | None = None
    finality: Literal['in-suit', 'by-statute'] | None = None
    """
    Why it reaches what is final under 19 USC 1514; not needed where importers are named.
    """


class ComingOut(Model):
    """
    A clock: warn by `safe`, refuse only after `last_arguable`; without dates the text says what is missing.
    """

    what: str
    safe: date_aliased | None
    last_arguable: date_aliased | None
    rule: RuleOut
    inputs: dict[str, str]
    unsettled: str | None
    """
    What of the rule is open.
    """
    is_past: bool
    """
    Whether it has lapsed, by the last arguable day.
    """


class CorrectionOut(Model):
    """
    Whether the summary could be corrected today: its window, what bars a correction, and what is not known here.
    """

    until: date_aliased | None
    """
    Last day; null while it stays open as long as liquidation is suspended.
    """
    is_window_open: bool
    rule: RuleOut
    barred_by: str | None
    """
    The precondition that is not met.
    """
    why: str | None
    not_known: list[str]


class CriteriaIn(Model):
    """
    Open protests for which every given part holds.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    entries: PredicateIn | None = None
    """
    What holds of every entry that a protest names: Center, importer, filer, tariff number, dates of entry and so on. A protest that names others too is left out, and told.
    """
    issue: str | None = None
    """
    The question, as GET /protest-issues lists it.
    """
    defect: Literal['untimely', 'too-early', 'incomplete', 'no-standing', 'not-protestable', 'second-protest', 'split'] | None = (
        None
    )
    """
    A ground on record for rejecting it.
    """
    states: list[Literal['filed', 'in-review', 'waiting-party', 'suspended', 'at-headquarters', 'headquarters-decided', 'awaiting-signature', 'allowed', 'allowed-in-part', 'denied', 'deemed-denied', 'rejected', 'withdrawn', 'in-court']] | None = (
        None
    )
    lead_protest: str | None = None
    """
    The protest for which it waits.
    """
    timeliness: Literal['unknown', 'timely', 'arguable', 'untimely', 'too-early', 'mixed'] | None = (
        None
    )
    further_review: Literal['none', 'requested', 'granted', 'answered', 'refused', 'set-aside-requested', 'set-aside-refused', 'fell-away'] | None = (
        None
    )
    received_from: date_aliased | None = None
    received_to: date_aliased | None = None
    due_before: date_aliased | None = None
    """
    What CBP has to do first is due before this day.
    """


class CutSheetOut(Model):
    """
    The cut sheet of a cycle: its dry run, and the two people who confirm it.
    """

    date: date_aliased
    revision: int
    state: str
    """
    Words: to be confirmed, confirmed, executed; there may be others.
    """
    forecast: SnapshotOut
    made_at: AwareDatetime
    made_by: str
    confirmations: list[ConfirmationOut]
    may_do: list[MayDoOut]
    """
    Each act on it: whether the caller may, and what stands against it.
    """


class CycleOut(Model):
    """
    What a cycle did; `liquidated` counts all but the deemed, `with_decision` those of them by a review decision.
    """

    date: date_aliased
    posted_on: date_aliased
    """
    The day on which it ran, later than its Friday when it missed it.
    """
    liquidated: int
    with_decision: int
    deemed: int
    decisions_refused: int
    run_at: AwareDatetime
    run_by: str
    increases: int
    """
    Of those by decision, billed.
    """
    refunds: int
    """
    Of those by decision, to be refunded.
    """
    disregarded: int
    """
    Of those by decision, as entered: less than 20 dollars (min-20-liquidation).
    """
    undetermined: int
    """
    Of those by decision, without an amount until a missing fact is recorded.
    """
    billed_usd: str
    """
    With interest.
    """
    refund_usd: str
    """
    With interest.
    """
    unseen: UnseenOut
    """
    Events on their way that it did not see.
    """


class CycleReportOut(Model):
    """
    What a confirmed cut sheet said against what its cycle did; `as_said` entries went as the sheet said.
    """

    date: date_aliased
    revision: int
    """
    The revision of the cut sheet that two people confirmed.
    """
    forecast_number: int
    """
    Its dry run.
    """
    made_at: AwareDatetime
    run_at: AwareDatetime
    unseen: UnseenOut
    """
    Events on their way that the cycle did not see.
    """
    as_said: int
    differing: int
    counts: list[ComparedOut]
    differences: list[CycleDifferenceOut]


class CycleStandingOut(Model):
    """
    How far the cycle of a Friday has come; `figures` once it has run.
    """

    date: date_aliased
    cut_at: AwareDatetime
    """
    Wednesday 23:59:59 Eastern: what is decided later waits for the next one.
    """
    is_cut: bool
    """
    Whether the cut is past.
    """
    needs_two_people: bool
    """
    Whether only a cut sheet that two people confirmed is run.
    """
    figures: CycleOut | None
    may_do: list[MayDoOut]
    """
    Each act on it: whether the caller may, and what stands against it.
    """


class DateOut(Model):
    """
    A date of the record and the rule that sets it.
    """

    what: str
    on: date_aliased
    rule: RuleOut


class DeadlineOut(Model):
    """
    A day by which somebody has to act on an entry: warn by `on`, refuse only after `last_arguable`.
    """

    entry_number: str
    entry_state: str
    code: str
    """
    Stable: GET /timeline-codes says what each means.
    """
    track: str
    """
    Words: release, summary, review, suspension, extension, liquidation, finality, protest, money, special; there may be others.
    """
    kind: str
    """
    Set by law, by a policy of CBP that is no law, or a goal on which nothing hangs. Words: act, law, policy, goal; there may be others.
    """
    title: str
    whose: str | None
    """
    Who has to act.
    """
    state: str
    """
    today, coming, passed, arguable (the safe day has passed, the last arguable one has not) or unknown: a day binds that is not known, `what` and `inputs` say why. Words: happened, passed, arguable, today, coming, unknown, standing; there may be others.
    """
    on: date_aliased | None
    """
    The safe day; null: it is not known.
    """
    last_arguable: date_aliased | None
    what: str
    if_nothing_is_done: str | None
    """
    What happens when the day passes.
    """
    rule: RuleOut
    unsettled: str | None
    """
    What of the rule is open.
    """
    inputs: dict[str, str]
    """
    From what the day was counted, or what is missing.
    """
    references: list[ReferenceOut]
    href: str
    """
    The timeline of the entry.
    """


class DeclarationOut(Model):
    """
    A declaration: how far it was read, and how many of its rows are in which state.
    """

    declaration_id: str
    program: str
    door: str
    """
    program: a roll of what it took by itself. Words: upload, event, program; there may be others.
    """
    state: str
    """
    open: send the file again with the same key. judging: rows are still to be judged. Words: open, judging, judged, refused; there may be others.
    """
    code: str | None
    """
    Why a declaration by event is refused.
    """
    rows: int
    """
    Of those that the caller may see.
    """
    received_at: AwareDatetime
    made_by: str
    removed_usd: str
    """
    Duty that the program removes from what is accepted, without interest.
    """
    states: list[StateOut]
    payees_not_ready: int | None
    """
    Importers of accepted entries who cannot be paid today; null where many declarations are listed.
    """
    not_ready: list[PayeeNotReadyOut]
    """
    Each of them once, up to 50: what is missing, and the way.
    """
    results: str


class DeemedCaseOut(Model):
    """
    An entry deemed liquidated without anybody having meant it.
    """

    entry_number: str
    state: str
    """
    Words: open, closed; there may be others.
    """
    revision: int
    deemed_on: date_aliased
    found_on: date_aliased
    """
    The day on which the cycle that found it ran.
    """
    cause: str
    reliquidation_by: date_aliased
    """
    The last day on which CBP may reliquidate of its own motion.
    """
    legal_basis: LegalBasis
    center: str | None
    importer_number: str | None
    duty_usd: str
    fees_usd: str
    closed_at: AwareDatetime | None
    closed_by: str | None
    closed_because: str | None
    authority: str | None
    """
    The row of the table of authority that closing it rests on.
    """


class DefinitionIn(Model):
    """
    A revision of a program, whole.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    program: str
    title: str
    basis: BasisIn
    assumptions: list[AssumptionIn] | None = None
    removes: list[RemovalIn]
    except_removes: list[str] | None = None
    goods: GoodsIn | None = None
    entered: DaysIn | None = None
    intake: Literal['declared', 'automatic', 'offered']
    """
    declared: importers and filers ask. automatic: the program takes all that it reaches, and an importer may decline. offered: it takes and reckons all that it reaches, and each importer answers.
    """
    money: MoneyIn
    declaring: DeclaringIn
    cohorts: list[CohortIn]
    excludes: list[Literal['protest-open', 'drawback-designated', 'reconciliation-filed', 'lifted-pending', 'surety-paid', 'under-correction']] | None = (
        None
    )
    exclude_types: list[str] | None = None
    corrections: CorrectionsIn
    revives: list[str] | None = None
    unknown_days: int | None = None
    offering: OfferingIn | None = None
    posting: PostingIn | None = None


class DeliveriesOut(Model):
    """
    Deliveries to people; no recipient is named.
    """

    waiting: list[LaneOut]
    by_state: dict[str, int] | None
    """
    All deliveries; null where they are too many to count now.
    """


class DueMonthOut(Model):
    """
    Flagged summaries of one issue that are due in one month.
    """

    issue: str
    """
    A summary that is flagged twice stands under both. Words: agreement, other; there may be others.
    """
    month: str | None
    """
    Null: the day that counts is not known.
    """
    due_on: date_aliased | None
    """
    Of the earliest of them: a reconciliation is due by its earliest entry.
    """
    last_arguable_on: date_aliased | None
    """
    Later by the other way to count months; not to be relied on.
    """
    is_past: bool
    legal_basis: LegalBasis
    entries: int
    entry_numbers: list[str]
    """
    The first 200.
    """


class EntryAmountsOut(Model):
    """
    The money of an entry: asserted by version, class and line; assessed by act; bills and refunds.
    """

    entry_number: str
    versions: list[VersionAmountsOut]
    assessments: list[AssessmentOut]
    bills: list[str]
    refunds: list[str]


class EntryDatesOut(Model):
    """
    Which day is the time of entry, by which rule, and every other day that could have been.
    """

    rule: RuleOut
    basis: str | None
    """
    What was recorded; null: the date asserted in the governing version.
    """
    governs_on: date_aliased | None
    asserted_on: date_aliased | None
    differs: bool
    """
    Whether the summary asserts another day than the recorded basis gives.
    """
    is_day_missing: bool
    """
    Whether a basis was recorded whose day is not known yet.
    """
    candidates: list[EntryDateOut]


class EntryLine(Model):
    """
    One line of an entry summary: one kind of goods from one maker and origin.
    """

    line_number: int
    description: str
    manufacturer_id: str | None = None
    country_of_origin: str
    """
    Country, ISO 3166-1 alpha-2.
    """
    country_of_export: str | None = None
    preference: str | None = None
    exporter_id: str | None = None
    """
    Foreign exporter as the summary reports it: the same 15-character identification as manufacturer_id. Absent where the summary reports none.
    """
    tariffs: list[LineTariff]
    cases: list[LineCase] | None = None
    quantities: list[LineQuantity] | None = None
    fees: list[LineFee] | None = None


class EntryListedOut(Model):
    """
    An entry in a list.
    """

    entry_number: str
    state: str
    importer_number: str | None
    """
    Masked when it is a social security number of someone else.
    """
    importer_name: str | None
    filer_code: str
    entry_type: str | None
    port_of_entry: str | None
    surety_code: str | None
    entry_date: date_aliased | None
    center: str | None
    division: str | None
    is_suspended: bool
    scheduled_on: date_aliased | None
    deemed_on: date_aliased | None
    """
    The end of the period to liquidate, by the reading in force.
    """
    liquidated_on: date_aliased | None
    liquidation_kind: str | None
    protest_until: date_aliased | None
    """
    The safe last day to protest the liquidation that stands.
    """
    next_day: NextDayOut | None
    """
    Null: no day ahead is known.
    """


class ErrorOut(Model):
    """
    What is wrong, or not known, of a case on a line of a liquidated entry.
    """

    entry_number: str
    line_number: int
    case_number: str
    kind: str
    """
    `deemed-liquidation`: by law at the asserted rate; `another-rate` than the instruction's; `rate-not-known`: the liquidation changed money, and not line by line. Words: deemed-liquidation, another-rate, rate-not-known; there may be others.
    """
    liquidated_on: date_aliased
    asserted_rate_pct: str | None
    instructed_rate_pct: str | None
    """
    Null: no message is recorded that names one.
    """
    message_number: str | None
    at_stake_usd: str | None
    """
    What the instructed rate would have come to more; less is negative.
    """
    explanations: list[ExplanationOut]


class ErrorsOut(Model):
    """
    Errors of some entries.
    """

    items: list[ErrorOut]
    following: str | None
    """
    Send it as `after` for those of the next entries; null: that was all.
    """


class ExtensionDraftOut(Model):
    """
    A drafted extension: a person posts the notice before the period ends, or lets it be.
    """

    entry_number: str
    post_by: date_aliased
    """
    The last day of the period: a notice after it does not extend anything.
    """
    center: str | None
    importer_number: str | None
    drafted_at: AwareDatetime
    legal_basis: LegalBasis
    extension: DraftedExtensionOut
    open_requests: list[OpenRequestOut]
    """
    What CBP asked the importer and is open.
    """


class FiledVersionOut(Model):
    """
    A version whole, as it was filed; money in all by class.
    """

    version: int
    governs: bool
    filed_at: AwareDatetime
    entry_type: str
    entry_date: date_aliased
    duty_usd: str
    fees_usd: str
    barred_as: str | None
    """
    The first reason.
    """
    barred_because: str | None
    """
    Every reason, with both values of a field or both days.
    """
    entry_number: str
    recorded_at: AwareDatetime
    """
    When liquidation took it up.
    """
    event_source: str
    """
    Who sent the event that brought it.
    """
    event_id: str
    reasons: list[str]
    """
    The filer's reason codes of a correction.
    """
    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    consignee_number: str | None
    """
    Masked when it is a social security number of someone else.
    """
    port_of_entry: str
    import_date: date_aliased | None
    mode_of_transport: str | None
    bond_type: str | None
    surety_code: str | None
    paid_on: date_aliased | None
    reconciliation_issues: list[str]
    money_usd: dict[str, str]
    """
    What it asserts in all, by accounting class.
    """
    lines: list[EntryLine]


class GroupActIn(Model):
    """
    An act to do on a group of protests, each as the preview showed it.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    protests: list[GroupItemIn]
    act: Annotated[
        PlainActIn | SuspendIn | AmendIn | AccelerateIn | FurtherReviewIn | ReasonedActIn | HeadquartersAnswerIn | RecommendIn | SignIn | RejectIn | SummonIn,
        Field(discriminator='kind'),
    ]


class GroupPreviewIn(Model):
    """
    An act to try on a group of protests.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    protest_numbers: list[str]
    act: Annotated[
        PlainActIn | SuspendIn | AmendIn | AccelerateIn | FurtherReviewIn | ReasonedActIn | HeadquartersAnswerIn | RecommendIn | SignIn | RejectIn | SummonIn,
        Field(discriminator='kind'),
    ]


class HistoryOut(Model):
    """
    The history of one subject, table by table, in the order of each chain.
    """

    subject: str
    lines: list[SealedLineOut]


class HoldSetIn(Model):
    """
    A hold set to draft.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    name: str
    predicate: PredicateIn
    reason: str


class HoldSetOut(Model):
    """
    A hold set; the ETag is its revision.
    """

    hold_set_id: str
    revision: int
    name: str
    state: str
    """
    Words: draft, applied, lifted; there may be others.
    """
    predicate: dict[str, str | list[str]]
    means: str
    reason: str
    made_at: AwareDatetime
    made_by: str
    applied_at: AwareDatetime | None
    lifted_at: AwareDatetime | None
    history: list[HoldSetEventOut] | None = None
    may_do: list[MayDoOut] | None = None
    """
    Each act on it: whether the caller may, and what stands against it; of one set.
    """


class InstructionIn(Model):
    """
    A message that tells CBP to suspend or to lift.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['suspend', 'lift']
    ground: Literal['adcvd-case', 'adcvd-type', 'injunction', 'court-order', 'eapa', 'other-statute']
    reference: str | None = None
    """
    The matter: court number, EAPA number, statute; the case number of a suspension by case.
    """
    message_number: str
    source: Literal['federal-register', 'commerce-message', 'agency-notice', 'court-notice', 'court-opinion', 'timken-notice']
    noticed_on: date_aliased
    """
    Lift: the day on which CBP received notice. Suspend: the day from which it is in force.
    """
    predicate: PredicateIn


class InstructionOut(Model):
    """
    An instruction and, once confirmed, what it did: entries by outcome.
    """

    instruction_id: str
    revision: int
    kind: str
    ground: str
    reference: str | None
    message_number: str
    source: str
    noticed_on: date_aliased
    predicate: PredicateIn
    state: str
    made_at: AwareDatetime
    made_by: str
    confirmed_at: AwareDatetime | None
    confirmed_by: str | None
    authority: str | None
    """
    The row of the table of authority that the confirmation rests on.
    """
    results: dict[str, int]
    """
    lifted, still-suspended, suspended, already-suspended …
    """
    may_do: list[MayDoOut] | None = None
    """
    Each act on it: whether the caller may, and what stands against it; of one instruction.
    """


class InventoryOut(Model):
    """
    What an importer has flagged and not reconciled, as far as the caller sees its entries.
    """

    importer_number: str | None
    entries: int
    is_cut: bool
    """
    There are more than 20,000: the rest is not counted.
    """
    months: list[DueMonthOut]


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


class LineChangeOut(Model):
    """
    What changed on a line that both versions have.
    """

    line_number: int
    fields: list[FieldChangeOut]
    rows: list[RowChangeOut]


class LiquidationOut(Model):
    """
    How an entry was liquidated; `posted_on` is later than `liquidated_on` for deemed and informal ones.
    """

    liquidated_on: date_aliased
    posted_on: date_aliased
    kind: str
    rule: RuleOut


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


class MoneyActOut(Model):
    """
    A notice, demand, payment or certification, with its rule.
    """

    on: date_aliased
    what: str
    rule: RuleOut
    detail: str
    actor: str | None
    authority: str | None
    """
    The row of the table of authority that a person's act rests on.
    """


class MoneyOut(Model):
    """
    What the interest was reckoned from; amounts are positive where the importer owes.
    """

    payee: str | None
    terms: str
    """
    Words: 1505c, none, ordered; there may be others.
    """
    ordered_rate_pct: str | None
    ordered_from: date_aliased | None
    days_in_leap_year: int | None
    """
    null: no day of a leap year bears interest.
    """
    segments: list[ProofSegmentOut]
    interest_usd: str
    assessed_before_usd: str
    """
    Interest that acts before this one assessed.
    """
    change_usd: str
    total_usd: str
    is_disregarded: bool
    """
    Less than 20 dollars (19 CFR 159.6): neither billed nor refunded.
    """


class PageCandidateOut(Model):
    items: list[CandidateOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageCycleOut(Model):
    items: list[CycleOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageDeadlineOut(Model):
    items: list[DeadlineOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageDeclarationOut(Model):
    items: list[DeclarationOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageDeemedCaseOut(Model):
    items: list[DeemedCaseOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageEntryListedOut(Model):
    items: list[EntryListedOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageExtensionDraftOut(Model):
    items: list[ExtensionDraftOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageHoldSetOut(Model):
    items: list[HoldSetOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageInstructionOut(Model):
    items: list[InstructionOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PagePostedActOut(Model):
    items: list[PostedActOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageProgramRunOut(Model):
    items: list[ProgramRunOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageProtestSummaryOut(Model):
    items: list[ProtestSummaryOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRadarEntryOut(Model):
    items: list[RadarEntryOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRecomputeOut(Model):
    items: list[RecomputeOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRefundOut(Model):
    items: list[RefundOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageReversalRequestOut(Model):
    items: list[ReversalRequestOut]
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


class PageRowOut(Model):
    items: list[RowOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRuleSummaryOut(Model):
    items: list[RuleSummaryOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageSelectedEntryOut(Model):
    items: list[SelectedEntryOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageSelectedOut(Model):
    items: list[SelectedOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageSelectionLineOut(Model):
    items: list[SelectionLineOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageSnapshotOut(Model):
    items: list[SnapshotOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageUnknownClockOut(Model):
    items: list[UnknownClockOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageVersionOut(Model):
    items: list[VersionOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class ProgramCodesOut(Model):
    """
    Every code of programs in words.
    """

    codes: list[CodeOut]
    """
    Why a row is dropped.
    """
    states: list[WordOut]
    """
    Where a row stands.
    """
    acts: list[WordOut]
    """
    What follows for an entry that a cohort takes.
    """
    notes: list[WordOut]
    """
    What else is to be known of an accepted entry.
    """
    after: list[WordOut]
    """
    What came to be known after an entry was posted.
    """


class ProgramOut(Model):
    """
    A program with its revision in force, if there is one.
    """

    program: str
    title: str
    released_revision: int | None
    """
    The revision that judges; null: it takes no declarations yet.
    """
    standing: str
    """
    Whether it posts; one that is ended or aborted takes no declarations either. Words: running, paused, stayed, ended, aborted; there may be others.
    """
    standing_since: AwareDatetime | None
    is_stayed: bool
    """
    An order stays it: nothing of it is certified or sent, also when it is over.
    """
    intake: str
    """
    declared: importers and filers ask. automatic, offered: it takes by itself. Words: declared, automatic, offered; there may be others.
    """
    declaring_from: date_aliased | None
    declaring_until: date_aliased | None
    revisions: list[RevisionOut] | None = None
    """
    Of one program; empty in a list.
    """
    history: list[ProgramEventOut] | None = None


class ProgramPaymentOut(Model):
    """
    All refunds of one program to one payee of one posting day, and how far they have come.
    """

    payment: str
    remittance: str
    """
    What the bank line carries: the payment and its part.
    """
    part: int
    """
    Goes up when a payment that the bank returned is certified again.
    """
    program: str
    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    payee: str
    """
    Words: importer, designee; there may be others.
    """
    payee_number: str
    """
    Masked as the importer number is.
    """
    posted_on: date_aliased
    """
    The posting day; of refunds that became known later, that day.
    """
    state: str
    """
    Words: waiting, ready, certified, paid, returned, replaced; there may be others.
    """
    is_stopped: bool
    """
    Whether a stay or a reversal stops it: nothing is certified or sent meanwhile.
    """
    way: str
    missing: list[str]
    """
    What the payee lacks to be paid.
    """
    reason: str
    waits_for: str | None
    """
    Why it is not certified or sent though the payee is ready: it is not known what is set off.
    """
    refunds: int
    removed_usd: str
    interest_usd: str
    other_usd: str
    """
    What the same acts changed beside what the program removed, by decisions of others, or took up of an act before: a liquidation is one act, and its refund the balance of all of it. Below zero: owed to CBP.
    """
    refund_usd: str
    """
    The refunds of the whole acts: duty removed, interest, and what else changed.
    """
    delay_usd: str
    """
    Interest for delay (19 USC 1505(d)), once paid.
    """
    offset_usd: str
    """
    Certified to be set off against bills (19 CFR 24.72), or set off.
    """
    net_usd: str
    """
    What goes, or went, to the bank.
    """
    closed_at: AwareDatetime
    certified_on: date_aliased | None
    certified_by: str | None
    paid_on: date_aliased | None
    paid_by: str | None
    returned_on: date_aliased | None
    replaced_by: list[ReplacingActOut] | None
    """
    Of one that is replaced: by which acts, those of most refunds first; its statement has all.
    """


class ProgressOut(Model):
    """
    How far a program is: every row that was declared is in exactly one state.
    """

    program: str
    standing: str
    """
    Words: running, paused, stayed, ended, aborted; there may be others.
    """
    declared: int
    removed_usd: str
    states: list[StateOut]
    undetermined: int
    """
    Of the posted: a fact of the money is still missing.
    """
    run: ProgramRunOut | None
    """
    The last run; null: nothing was posted yet.
    """
    entries_per_second: float | None
    """
    Of the last run; null while it has posted nothing.
    """
    seconds_left: int | None
    """
    For what is due, at the rate of the last run; null: not known. Days between runs are not in it.
    """
    days_near: int
    """
    Entries that wait with their last legal day near or over: GET …/days.
    """
    first_last_day: date_aliased | None
    reversals: list[ReversalStateOut]


class ProtestCheckOut(Model):
    """
    What filing a protest now would come to; nothing of it is kept.
    """

    would_be_received: bool
    bars: list[BarOut]
    """
    Everything that stands against its filing; a filing names the first.
    """
    filed_as: str
    """
    In which role the caller would file it.
    """
    missing: list[str]
    """
    Contents of 19 CFR 174.13 that it does not state.
    """
    timeliness: str
    verdicts: list[VerdictOut]
    defects: list[DefectOut]
    """
    What would be known of it, whether it bars it or not.
    """
    received_on: date_aliased
    decide_by: date_aliased


class ProtestOut(Model):
    """
    A protest whole; the ETag is the number of its acts.
    """

    protest_number: str
    state: str
    is_open: bool
    timeliness: str
    further_review: str
    issue: str
    importer_number: str
    entries: int
    received_at: AwareDatetime
    decide_by: date_aliased
    due_on: date_aliased | None
    """
    What CBP has to do first.
    """
    due_rule: str | None
    denied_on: date_aliased | None
    sue_by: date_aliased | None
    lead_protest: str | None
    filed_by: dict[str, Any]
    body: dict[str, Any]
    verdicts: list[VerdictOut]
    defects: list[DefectOut]
    clocks: list[ProtestClockOut]
    acts: list[ProtestActOut]
    decisions: list[LineDecisionOut]
    followers: list[str]
    """
    Protests suspended behind this one.
    """
    lead_state: str | None
    """
    Where the lead protest stands: once it is decided, resume.
    """
    may_do: list[MayDoOut]
    """
    Each act on it: whether the caller may, and what stands against it.
    """


class ReadinessOut(Model):
    """
    Whether a refund certified on a day could be paid, how, and what is missing.
    """

    importer_number: str
    on: date_aliased
    state: str
    """
    Words: waiting, ready; there may be others.
    """
    way: str
    """
    Words: ach, paper; there may be others.
    """
    missing: list[str]
    remedy: str
    is_rate_known: bool
    """
    Whether it is known if the importer is a corporation.
    """
    rule: RuleOut


class ReliquidationOut(Model):
    """
    A reliquidation; effects are against the amounts as asserted, changes against the state before.
    """

    number: int
    reliquidated_on: date_aliased
    writer: str
    rule: RuleOut
    kind: str
    effect_duty_usd: str
    effect_fees_usd: str
    change_duty_usd: str
    change_fees_usd: str
    explanation: str
    acted_by: str


class ReportOut(Model):
    """
    A report that was made, without its bytes.
    """

    program: str
    as_of: date_aliased
    made_at: AwareDatetime
    made_by: str
    sha256: str
    """
    SHA-256 of the bytes of the report: what is signed.
    """
    is_signed: bool
    """
    By two people.
    """
    signatures: list[SignatureOut]
    report: str
    """
    Where its bytes are.
    """


class RequestsOut(Model):
    """
    Every request for an entry of a program.
    """

    program: str
    entry_number: str
    requests: list[RowOut]
    voided: list[VoidedPostingOut]
    """
    Acts by which the program posted it and which have no effect in law: since then its request is judged again, and what was removed is removed by the next liquidation.
    """


class RestsOut(Model):
    """
    What rests on a rule, found in the code.
    """

    clocks: list[ClockUseOut]
    outcomes: list[str]
    """
    What the rule can say of a case.
    """
    refusals: list[RefusalUseOut]
    protest_acts: list[str]
    """
    Acts on a protest that are done by it.
    """
    uses: list[UseOut]


class RevisionIn(Model):
    """
    A revision to be drafted, with the reason for it.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    definition: DefinitionIn
    reason: str


class RuleDetailOut(Model):
    """
    Everything that there is to know of a rule.
    """

    id: str
    section: str
    """
    The subject, by which the list can be narrowed.
    """
    text: str
    """
    The rule in a sentence.
    """
    citation: str
    evidence: str
    """
    S read in a source, P partly read, M recalled, U unsettled. Words: S, P, M, U; there may be others.
    """
    effective_from: date_aliased | None
    """
    The first day on which it holds; null: no bound is known.
    """
    effective_until: date_aliased | None
    """
    The last day on which it holds; null: no bound is known.
    """
    applies_to: str | None
    """
    By which day of a case that is told, or what has days of its own.
    """
    unsettled: str | None
    """
    What of the rule is open.
    """
    section_title: str
    evidence_means: str
    """
    What the letter of the evidence means.
    """
    readings: list[ReadingOut]
    examples: list[str]
    """
    Worked examples with real days, by the default readings.
    """
    vectors: list[VectorOut]
    """
    The cases that the tests hold, by the default readings.
    """
    rests_on_it: RestsOut
    """
    What rests on it, found in the code.
    """


class SelectionIn(Model):
    """
    An act, and the protests to do it on.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    criteria: CriteriaIn
    act: Annotated[
        StepIn | SuspendIn | ReasonedActIn | RecommendIn | SignIn | RejectIn,
        Field(discriminator='kind'),
    ]
    reason: str
    sample: int
    """
    So many protests, drawn at random, are looked at before; a decision needs some (a setting).
    """
    tolerated: int
    """
    How many of the sample may differ. Those that do are left out in any case.
    """


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


class TemplatesOut(Model):
    """
    Programs shipped as data: models to draft from.
    """

    templates: list[DefinitionIn]


class TimelineOut(Model):
    """
    What happened to an entry and what comes: apart, and as rows in one order.
    """

    entry_number: str
    state: str
    happened: list[ActOut]
    coming: list[ComingOut]
    rows: list[TimelineRowOut]
    """
    Acts and days by day, on one day acts first, what has no day last; clocks of those protests too that the caller may read.
    """


class ToldOut(Model):
    """
    What is said beside the proof, as it stands now: nothing of it is under the root.
    """

    program: OrderOut
    run: ProofRunOut
    importer_number: str
    entry_date: date_aliased | None
    act: ProofActOut | None
    event_id: str
    """
    The `entry-changed` event that told of the act.
    """
    rules: list[ProofRuleOut]
    assessment: AssessedOut | None
    refund: RefundStandOut | None
    payment: PaidWithOut | None
    """
    null: the refund is in no payment yet.
    """
    reversal: ProofReversalOut | None
    voided: list[VoidedPostingOut]
    """
    Postings of the entry that have no effect in law; of one whose act is here nothing stands.
    """


class VersionChangesOut(Model):
    """
    What changed from one version to another.
    """

    entry_number: str
    from_version: int
    to_version: int
    fields: list[FieldChangeOut]
    """
    Fields of the header.
    """
    lines_added: list[EntryLine]
    lines_dropped: list[EntryLine]
    lines_changed: list[LineChangeOut]
    money_usd: dict[str, str]
    """
    What the later asserts more, by accounting class; negative is less.
    """


class WholeBillOut(Model):
    """
    A bill with its blocks, payments and notices; a protest holds set-off and sanctions, not delinquency.
    """

    bill_number: str
    entry_number: str
    act_key: str
    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    surety_code: str | None
    state: str
    """
    Words: open, delinquent, paid, replaced; there may be others.
    """
    principal_usd: dict[str, str]
    interest_usd: str
    billed_usd: str
    liquidated_on: date_aliased
    issued_on: date_aliased
    due_on: date_aliased
    stood_on: date_aliased
    open_usd: str
    delinquency_usd: str
    surplus_usd: str
    settled_on: date_aliased | None
    replaced_by: str | None
    unknown_because: str | None
    is_protested: bool
    """
    A protest that came in time is undecided (bill-setoff-hold).
    """
    may_be_set_off: bool
    dunning_on: date_aliased
    blocks: list[BlockOut]
    payments: list[PaymentOut]
    acts: list[MoneyActOut]
    may_do: list[MayDoOut]
    """
    Each act on it: whether the caller may, and what stands against it.
    """


class WholeRefundOut(Model):
    """
    A refund with the interest that its delay has come to today, or why that is not known.
    """

    refund_number: str
    entry_number: str
    act_key: str
    importer_number: str
    """
    Masked when it is a social security number of someone else.
    """
    state: str
    """
    Words: waiting-for-enrollment, ready, certified, paid, replaced; there may be others.
    """
    way: str
    """
    Words: ach, paper; there may be others.
    """
    missing: list[str]
    reason: str
    principal_usd: dict[str, str]
    interest_usd: str
    refund_usd: str
    liquidated_on: date_aliased
    opened_on: date_aliased
    due_on: date_aliased
    certified_on: date_aliased | None
    certified_by: str | None
    paid_on: date_aliased | None
    paid_by: str | None
    delay_usd: str | None
    """
    Interest for delay (19 USC 1505(d)), once paid.
    """
    replaced_by: str | None
    set_off_usd: str
    """
    What of it was set off against bills: that is paid, whatever becomes of the rest.
    """
    is_delinquent: bool
    delay_today_usd: str | None
    delay_unknown_because: str | None
    program: str | None
    """
    The program that it is of, whose refunds are paid together.
    """
    payment: str | None
    """
    The payment with which it is paid, once that is made.
    """
    acts: list[MoneyActOut]
    may_do: list[MayDoOut]
    """
    Each act on it: whether the caller may, and what stands against it.
    """


class EntryRecordOut(Model):
    """
    The legal record of an entry.
    """

    entry_number: str
    state: str
    why: str | None
    """
    The facts that the state rests on.
    """
    rule: RuleOut | None
    importer_number: str | None
    """
    Masked when it is a social security number of someone else.
    """
    importer_name: str | None
    entry_type: str | None
    port_of_entry: str | None
    surety_code: str | None
    center: str | None
    division: str | None
    lane: str | None
    """
    Shown to staff only.
    """
    version: int | None
    released_at: AwareDatetime | None
    paid_on: date_aliased | None
    dates: list[DateOut]
    entry_dates: EntryDatesOut
    amounts: AmountsOut | None
    liquidation: LiquidationOut | None
    finality: FinalityOut | None
    correction: CorrectionOut | None
    """
    Null where no window is known: nothing runs or was filed.
    """
    suspensions: list[SuspensionOut]
    reliquidations: list[ReliquidationOut]
    voided_liquidations: list[VoidedLiquidationOut]
    extension_requests: list[ExtensionRequestOut]
    holds: list[HoldOut]
    versions: list[VersionOut]
    extensions: list[ExtensionOut]
    decisions: list[DecisionOut]
    protests: list[str]
    bills: list[str]
    """
    GET /bills/{number} shows one; GET …/amounts the assessments.
    """
    refunds: list[str]
    conflicts: list[ConflictOut]
    may_do: list[MayDoOut]
    """
    Each act on it: whether the caller may, and what stands against it.
    """


class PageProgramOut(Model):
    items: list[ProgramOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageProgramPaymentOut(Model):
    items: list[ProgramPaymentOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageReportOut(Model):
    items: list[ReportOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class ProofOut(Model):
    """
    What a program did to an entry, and how that is proved.
    """

    form: Literal['centerline-proof-1']
    posted: PostedOut
    leaf: LeafOut
    tree: TreeOut | None
    """
    null: its run is not sealed yet.
    """
    program: OfProgramOut
    lines: list[LineOut]
    money: MoneyOut | None
    """
    null: no interest was posted.
    """
    told: ToldOut
