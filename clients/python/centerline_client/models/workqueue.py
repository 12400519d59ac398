"""What workqueue takes and gives; made by `make client` from openapi/workqueue.json, never by hand."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from centerline_client.model import Model
from pydantic import AwareDatetime, ConfigDict, Field


class AbsenceIn(Model):
    """
    Legal days on which a person is not there, both counted.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    from_on: date
    """
    Legal day in America/New_York.
    """
    to_on: date
    """
    Legal day in America/New_York.
    """
    reason: str


class AbsenceOut(Model):
    """
    Legal days on which a person is not there, both counted.
    """

    from_on: date
    to_on: date
    reason: str


class AccountDayOut(Model):
    """
    A day that comes within 90 days, or is over.
    """

    item_id: UUID
    center: str
    process: str
    """
    Of an item its process, of a letter its form.
    """
    kind: str
    """
    Of an item its kind, or `letter`.
    """
    clock: str
    """
    `work`, `deemed-liquidation` or `answer`.
    """
    due_on: date


class AccountDecisionOut(Model):
    """
    A decision on work of the account.
    """

    item_id: UUID
    center: str
    process: str
    entry_number: str | None
    filing_number: str | None
    outcome: str
    duty_usd: str
    fees_usd: str
    decided_by: str
    decided_by_name: str
    acting_for: str | None
    decided_at: AwareDatetime


class AccountLetterOut(Model):
    """
    A letter that the account has to answer.
    """

    request_id: UUID
    item_id: UUID
    form: str
    center: str
    stage: str
    issued_on: date | None
    due_on: date | None
    issue: str | None
    effect_usd: str | None
    """
    What a notice of action would change.
    """


class AccountMoneyOut(Model):
    """
    What is at stake, and what was decided in the last 365 days.
    """

    open_value_usd: int
    """
    Entered value of what is open, each entry once, in whole US dollars.
    """
    proposed_usd: str
    """
    Changes that notices of action propose.
    """
    increases_usd: str
    refunds_usd: str
    """
    Negative.
    """


class ActOnItemOut(Model):
    """
    An act on an item; all of them are the action `item.work` of the table.
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
    act: str
    """
    POST /items/{item_id}/… of this name. Words: claim, heartbeat, release, complete, requests; there may be others.
    """
    note: str | None = None
    """
    What to know before: that the legal record refused the decision before, and why.
    """


class ActedOut(Model):
    """
    An act that was done, and where the item is now.
    """

    item_id: UUID
    act: str
    number: int
    stage: str
    state: str
    waits_for: str | None
    due_on: date | None
    outcome: str | None
    opened: UUID | None
    """
    The letter that it issued or drafted, or the matter that it opened.
    """


class ActingIn(Model):
    """
    Who is to act for whom, on which legal days, both counted.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    center: str
    """
    Center identifier.
    """
    from_subject: str
    to_subject: str
    from_on: date
    """
    Legal day in America/New_York.
    """
    to_on: date
    """
    Legal day in America/New_York.
    """
    reason: str


class ActingOut(Model):
    """
    A delegation of acting authority.
    """

    delegation_id: UUID
    center: str
    from_subject: str
    to_subject: str
    from_on: date
    to_on: date
    reason: str
    is_in_force: bool
    """
    Today: released, not ended, and within its days.
    """
    proposed_by: str
    proposed_at: AwareDatetime
    released_by: str | None
    released_at: AwareDatetime | None
    ended_by: str | None
    ended_at: AwareDatetime | None


class AgeOut(Model):
    """
    What waits, by how many days it is old.
    """

    center: str
    process: str
    age: str
    """
    Days: 0-7, 8-30, 31-90, 91-365, over-365.
    """
    items: int
    unclaimed: int
    late: int
    """
    Due before today.
    """


class Alive(Model):
    """
    The process answers.
    """

    status: Literal['alive'] | None = None
    service: str
    code_version: str


class AnswerIn(Model):
    """
    A party's answer.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    text: str
    files: list[str] | None = None
    """
    References of files or documents that belong to the answer.
    """


class AnswerOut(Model):
    """
    What a party answered: by a filing, which is an item of its own, or here.
    """

    received_at: AwareDatetime
    filing_number: str | None
    text: str | None
    files: list[str]
    by: str | None
    by_name: str | None
    acting_for: str | None


class AnsweredOut(Model):
    """
    An answer that was received.
    """

    request_id: UUID
    state: str
    received_at: AwareDatetime


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


class AssignIn(Model):
    """
    To whom to offer an item first; null: to whoever comes.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    to: str | None
    reason: str


class AssignedOut(Model):
    """
    To whom an item is offered first.
    """

    item_id: UUID
    assigned_to: str | None
    state: str
    """
    Words: open, claimed, completed, cancelled; there may be others.
    """
    holder: str | None
    """
    Who holds it goes on holding it.
    """


class AttainmentOut(Model):
    """
    A standard, and how it was met by what ended in the period.
    """

    code: str
    label: str
    days: int | None
    """
    Within so many days of the opening; null: by the day that each was due.
    """
    wanted_percent: int
    source: str
    ended: int
    in_time: int
    percent: float | None
    """
    Null where nothing ended.
    """
    is_met: bool | None
    p50_days: float | None
    """
    Half took so many days or fewer.
    """
    p90_days: float | None


class BoardIn(Model):
    """
    Who sits on the board, and how many have to vote.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    quorum: int
    """
    So many members have to vote.
    """
    members: dict[str, str]
    """
    Each subject with the seat they have.
    """
    reason: str


class BoardOut(Model):
    """
    The board of a Center as it stands.
    """

    center: str
    version: int
    reason: str
    set_by: str
    set_by_name: str
    set_at: AwareDatetime
    quorum: int
    members: dict[str, str]


class BulkActIn(Model):
    """
    What is done with a run.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    act: Literal['begin', 'withdraw']


class BulkIn(Model):
    """
    An act and the items to do it on.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    act: Literal['assign', 'offer', 'set-day', 'no-change', 'act']
    """
    `assign` to a person; `offer` to a Center or port; `set-day` of the policy clock of reviews; `no-change` decides reviews so; `act` does an act of the items' process, with `fields`.
    """
    query: str
    """
    The query string of GET /items.
    """
    reason: str
    to: str | None = None
    to_center: str | None = None
    to_port: str | None = None
    due_on: date | None = None
    process_act: str | None = None
    """
    An act of the items' process that opens no letter.
    """
    fields: dict[str, Any] | None = None
    """
    What that act asks for, alike for all; `{"from": "claimed_usd"}` is what an earlier act of each item recorded.
    """
    sample: int | None = None
    """
    So many items, drawn at random, are looked at by a person before the run begins.
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


class CenterReasonOut(Model):
    """
    Why the item is with its Center, or with none.
    """

    code: str
    text: str
    fact: str | None
    """
    The request answered, or the entry that decided.
    """


class ChangeOut(Model):
    """
    One line of an item's history.
    """

    sequence: int
    change: str
    state: str
    at: AwareDatetime
    actor: str
    actor_name: str
    acting_for: str | None
    reasons: list[dict[str, str | None]]


class CheckIn(Model):
    """
    What a person found who looked at an item of the sample.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    verdict: Literal['fits', 'differs']
    """
    `fits`: it is as the filter supposes; `differs` from it.
    """
    says: str


class CheckOut(Model):
    """
    An item of the sample.
    """

    number: int
    item_id: UUID
    verdict: str | None
    """
    Null: nobody has looked yet.
    """
    says: str | None
    checked_by: str | None
    checked_at: AwareDatetime | None


class ClaimOut(Model):
    """
    A claim: the item, the token for every write on it, and how long it holds without a heartbeat.
    """

    item_id: UUID
    token: int
    lease_until: AwareDatetime
    kind: str
    """
    Words: review, consultation, protest, filing, matter; there may be others.
    """
    process: str
    entry_number: str | None
    protest_number: str | None
    filing_number: str | None
    center: str
    asking_center: str | None
    division: str
    due_on: date | None
    priority: int


class ClassChangeOut(Model):
    """
    One accounting class before and after.
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


class ClockActIn(Model):
    """
    What a supervisor does with a policy clock.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    act: Literal['set-day', 'pause', 'resume']
    clock: str
    due_on: date | None = None
    """
    For `set-day`.
    """
    pause: Literal['importer', 'laboratory', 'headquarters', 'commerce', 'court', 'partner-agency', 'port', 'government-closed'] | None = (
        None
    )
    """
    For `pause`: `importer`: An answer of the importer is awaited; `laboratory`: A report of the laboratory is awaited; `headquarters`: A decision of headquarters is awaited; `commerce`: Instructions of the Department of Commerce are awaited; `court`: A decision of a court is awaited; `partner-agency`: An answer of another agency is awaited; `port`: Something that the port does is awaited; `government-closed`: The office is closed by order
    """
    reason: str


class ClockOut(Model):
    """
    A day by which something is due.
    """

    rule: str
    citation: str
    what: str
    due_on: date
    evidence: str
    """
    How well the rule is evidenced: S, P, M, or U for uncertain.
    """


class ComparableOut(Model):
    """
    A matter that a board disposed of, without whose it was.
    """

    statute: str
    culpability: str
    loss_usd: str | None
    prior_violations: int | None
    disclosure_status: str | None
    disposition: str
    reason: str
    disposed_on: date
    agrees_in: list[str]
    """
    statute, culpability, loss, record.
    """


class ComparedOut(Model):
    """
    Both results of a second review that is done.
    """

    sample_id: UUID
    item_id: UUID
    stratum: str
    """
    Why it was drawn: floor, money, criterion:… or officer:….
    """
    first_outcome: str | None
    first_by: str | None
    second_outcome: str | None
    second_by: str | None
    agrees: bool | None
    reason: str | None
    done_at: AwareDatetime | None


class CompletedOut(Model):
    """
    The item is finished.
    """

    item_id: UUID
    state: Literal['completed'] | None = None
    decision_id: UUID
    outcome: str
    """
    Words: no-change, increase, refund, reject, refer, agree, differ, granted, denied, forwarded, answered; there may be others.
    """


class CountOut(Model):
    """
    How many items a filter gives.
    """

    count: int
    """
    At most 10,000.
    """
    is_exact: bool
    """
    False: there are more.
    """
    shown: str
    """
    As a badge shows it.
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


class DeclarationIn(Model):
    """
    What people say of themselves; what is left out stays as it is.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    interests: list[str] | None = None
    absences: list[AbsenceIn] | None = None


class DemandIn(Model):
    """
    A skill that work asks for, and after how many hours in the queue it no longer does.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['chapter', 'process', 'program', 'language']
    code: str
    level: int | None = None
    is_mandatory: bool
    relax_hours: int | None
    """
    Counted from the opening of the item; null: never, of a mandatory one alone.
    """


class DemandOut(Model):
    """
    A skill that a process in a Center asks for.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: str
    """
    Words: chapter, process, program, language; there may be others.
    """
    code: str
    level: int | None = None
    is_mandatory: bool
    relax_hours: int | None
    """
    Counted from the opening of the item; null: never, of a mandatory one alone.
    """
    process: str


class DemandsIn(Model):
    """
    What a process in a Center asks of people.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    demands: list[DemandIn]


class EarlierAnswerOut(Model):
    """
    One answer that earlier decisions gave, and how often; the rarest is listed like the others.
    """

    issue: str | None
    """
    What was found otherwise; null: nothing was.
    """
    is_kept: bool
    found: str
    times: int
    last_at: AwareDatetime


class EarlierOut(Model):
    """
    One earlier decision on the same goods.
    """

    decision_id: UUID
    item_id: UUID | None
    """
    Null where the item is not the caller's to read.
    """
    entry_number: str | None
    """
    Null where the item is not the caller's to read.
    """
    line_number: int
    importer: str
    """
    Another Center's importer is not named.
    """
    center: str
    process: str
    outcome: str
    """
    Words: no-change, increase, refund, reject, refer, agree, differ, granted, denied, forwarded, answered; there may be others.
    """
    issue: str | None
    declared: str
    found: str
    ruling: str | None
    decided_at: AwareDatetime
    was_refused: bool
    """
    The legal record could not apply it; what it says of the goods stands.
    """


class EditIn(Model):
    """
    A draft's new text, whole.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    questions: list[str]
    """
    Questions of a CBP 28; the action and its grounds on a CBP 29.
    """
    entry_numbers: list[str] | None = None
    """
    More entries of the same importer on the same issue.
    """
    due_on: date | None = None
    """
    By default 30 days from the day of issue for a CBP 28, 20 for a 29.
    """
    issue: str | None = None
    """
    What it is about: admissibility Admissibility, 01 Value, 02 Classification, 03 Quantity, 04 Antidumping duty, 05 Countervailing duty, 06 Special programs, 07 Interest only, 08 Change without revenue, 09 Other. A second CBP 28 to the account on the same issue and goods needs a supervisor.
    """
    goods: str | None = None
    """
    The tariff number of the goods, or how it begins.
    """
    effect_usd: str | None = None
    """
    Of a notice of action: the change of duties, taxes and fees in all.
    """
    token: int | None = None
    """
    Of the claim of the item, while that is worked on.
    """


class EffectIn(Model):
    """
    What the decision changes in money: positive is an increase due, negative a refund.
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
    The same by accounting class, where the decision knows it.
    """


class EmployerIn(Model):
    """
    An importer that the person worked for, and until when its work is not theirs.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    importer_number: str
    """
    Importer of record number: employer (NN-NNNNNNNXX), social security (NNN-NN-NNNN) or CBP-assigned (YYDDPP-NNNNN). Treated as personal data.
    """
    until_on: date
    """
    Legal day in America/New_York.
    """


class EmployerOut(Model):
    """
    An importer that the person worked for, and until when its work is not theirs.
    """

    importer_number: str
    """
    Masked when it is a social security number.
    """
    until_on: date


class EscalationOut(Model):
    """
    Who was told that a clock has come so far.
    """

    item_id: UUID
    clock: str
    kind: str
    began_on: date
    due_on: date
    level: int
    """
    Hundredths of the clock that have passed: 50, 75, 90 or 100.
    """
    told: list[str]
    """
    holder, team-lead, assistant-center-director, center-director, headquarters.
    """
    center: str
    division: str
    holder: str | None
    """
    Who held it then.
    """
    at: AwareDatetime


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
    expires_on: date
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
    expires_on: date
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


class FieldOut(Model):
    """
    What an act records.
    """

    name: str
    label: str
    kind: str
    codes: dict[str, str] | None
    """
    The values of a code, each with its meaning.
    """
    is_required: bool


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


class FindingIn(Model):
    """
    What was found on a line of the entry.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    line_number: int
    issue: Literal['01', '02', '03', '04', '05', '06', '07', '08', '09']
    """
    01 value, 02 classification, 03 quantity, 04 antidumping, 05 countervailing duty, 06 special programs, 07 interest only, 08 change without revenue, 09 other.
    """
    declared: str
    found: str
    """
    The same as declared: it was right.
    """
    ruling: str | None = None
    criterion: str | None = None
    """
    The selection criterion that led there.
    """
    criterion_was: Literal['right', 'wrong'] | None = None
    """
    Whether that criterion was right.
    """


class FlawOut(Model):
    """
    Why `complete` would refuse the decision.
    """

    code: str
    says: str
    remedy: str | None


class FlowOut(Model):
    """
    What came and went on a legal day.
    """

    on_day: date
    center: str
    process: str
    arrived: int
    completed: int
    cancelled: int


class FollowedOut(Model):
    """
    An event of the legal record or of the account that the process followed.
    """

    event: str
    at: AwareDatetime
    act: str
    """
    The act of the table that follows it.
    """
    label: str
    fields: dict[str, Any]
    stage: str
    """
    To which it led.
    """


class FollowsOut(Model):
    """
    What the legal record says would follow; what it cannot tell is null, and `missing` names the fact.
    """

    would_apply: bool
    remedy: str | None
    """
    Where the law lets no decision reach the entry: what does.
    """
    liquidated_on: date | None
    """
    The day to which the money is reckoned.
    """
    basis: str | None
    """
    `scheduled`, or `today` where no day is planned.
    """
    with_decisions: list[str]
    """
    Decisions on other items that would take effect with it.
    """
    outcome: str | None
    changes: list[ClassChangeOut]
    change_usd: str | None
    interest_usd: str | None
    total_usd: str | None
    is_disregarded: bool
    bill_usd: str | None
    refund_usd: str | None
    missing: str | None
    why: str | None


class GoalOut(Model):
    """
    A day by which something should be done: policy of the operator, nothing follows by law when it passes.
    """

    rule: str
    kind: Literal['goal'] | None = None
    what: str
    due_on: date
    is_past: bool


class GoodsOut(Model):
    """
    Goods on the entry that the consulted Center is asked about.
    """

    tariff: str
    line_count: int
    value_usd: int


class GroupedOut(Model):
    """
    A matter after it was split or joined.
    """

    item_id: UUID
    process: str
    state: str
    """
    Words: open, claimed, completed, cancelled; there may be others.
    """
    stage: str | None
    center: str
    due_on: date | None
    """
    As before: no clock stops or begins anew.
    """


class HeadquartersOut(Model):
    """
    How long matters of a process have waited for headquarters, now; null is withheld.
    """

    process: str
    waiting: int | None
    p50_days: int | None
    p90_days: int | None


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


class IssueIn(Model):
    """
    The issue of a draft.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    token: int | None = None
    """
    Of the claim of the item, while that is worked on.
    """


class ItemClockOut(Model):
    """
    A clock of an item.
    """

    clock: str
    kind: str
    """
    Words: statutory, policy, goal; there may be others.
    """
    began_on: date
    """
    From which legal day it counts.
    """
    computed_on: date
    """
    Its last day as the sources say now.
    """
    due_on: date
    """
    Its last day after what a supervisor set; of a clock of law the same.
    """
    set_on: date | None
    """
    The day that a supervisor set; null: none, or one that is over.
    """
    paused_on: date | None
    pause: str | None
    """
    Why it stands still.
    """
    passed_percent: int
    """
    The highest of 0, 50, 75, 90 and 100 that has passed.
    """
    may_be_set: bool


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


class JoinIn(Model):
    """
    Which matters go into this one.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    item_ids: list[UUID]
    reason: str


class KeptActOut(Model):
    """
    An act that was done.
    """

    number: int
    act: str
    label: str
    at: AwareDatetime
    by: str
    by_name: str
    acting_for: str | None
    fields: dict[str, Any]
    reasons: list[dict[str, str | None]]
    stage: str
    """
    To which it led.
    """
    authority: str
    opened: UUID | None
    """
    The letter that it issued or drafted, or the matter that it opened.
    """
    is_overtaken: bool
    """
    An event that came before it, and was heard later, left nothing for it.
    """


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


class LegalBasisIn(Model):
    """
    A rule that the decision rests on.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    rule: str
    citation: str


class LimitationOut(Model):
    """
    A matter whose time runs.
    """

    item_id: UUID
    process: str
    center: str
    stage: str | None
    holder: str | None
    limitation_on: date | None
    """
    The day on which suit is barred, unless waived (19 USC 1621: five years); null: not known yet.
    """
    months_left: int | None
    """
    Whole months from today; 0 also when the day has passed.
    """
    waiver_due: bool
    """
    24 months or less are left, and whether a waiver is asked for is not settled.
    """


class LinkedOut(Model):
    """
    An item that this one was opened from, or that was opened from it; only those that the caller may read.
    """

    item_id: UUID
    relation: str
    """
    Words: opened-from, opened; there may be others.
    """
    process: str
    state: str
    """
    Words: open, claimed, completed, cancelled; there may be others.
    """
    stage: str | None
    center: str


class MatterIn(Model):
    """
    What a person opens a matter with.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    process: str
    title: str
    importer_number: str | None = None
    """
    Needed but where the process says that it is not: `is_of_importer`.
    """
    center: str
    """
    Center identifier.
    """
    entry_numbers: list[str] | None = None
    port: str | None = None
    linked_item: UUID | None = None
    """
    The item that it came from.
    """


class NamedIn(Model):
    """
    Somebody who needs to know, and why.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    subject: str
    reason: str


class NamedOut(Model):
    """
    Somebody who is, or was, named on a matter.
    """

    subject: str
    reason: str
    added_by: str
    added_by_name: str
    added_at: AwareDatetime
    removed_by: str | None
    removed_at: AwareDatetime | None


class NextActOut(Model):
    """
    An act of the stage: whether the caller may do it now, with what, and why not.
    """

    act: str
    label: str
    may: bool
    by_holder: bool
    """
    Needs the token of the item's claim.
    """
    fields: list[FieldOut]
    code: str | None
    """
    What stands against it.
    """
    says: str | None
    remedy: str | None


class NextIn(Model):
    """
    Which queues to take from, by default the caller's own Centers and divisions, and what of them.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    center: str | None = None
    division: Literal['partnership', 'validation-and-compliance', 'enforcement'] | None = (
        None
    )
    process: str | None = None
    query: str | None = None
    """
    The query string of GET /items: only what it lists is taken.
    """


class NextOut(Model):
    """
    The claim of the next item.
    """

    item_id: UUID
    token: int
    lease_until: AwareDatetime
    kind: str
    """
    Words: review, consultation, protest, filing, matter; there may be others.
    """
    process: str
    entry_number: str | None
    protest_number: str | None
    filing_number: str | None
    center: str
    asking_center: str | None
    division: str
    due_on: date | None
    priority: int
    why: str
    """
    Why this one comes first, in words.
    """


class NextRequestActOut(Model):
    """
    An act of the stage: whether the caller's role and the facts allow it now, with what fields, and why not.
    """

    act: str
    label: str
    may: bool
    by_holder: bool
    """
    Needs the token of the item's claim, while the item is worked on.
    """
    fields: list[FieldOut]
    code: str | None
    says: str | None
    remedy: str | None


class NoteIn(Model):
    """
    A note, or what remains of one in a redacted copy.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    text: str
    level: Literal['internal', 'party', 'law-enforcement'] | None = None
    """
    `internal` is for staff alone and meant where none is named; `party` also for the parties to the matter; `law-enforcement` for those who may read what is law-enforcement-sensitive.
    """
    redacts: UUID | None = None
    """
    The note of the same item of which this is a copy.
    """


class NoteOut(Model):
    """
    A note as the caller may see it.
    """

    note_id: UUID
    level: str
    """
    Words: internal, party, law-enforcement; there may be others.
    """
    text: str
    sha256: str
    """
    Of the text, as UTF-8.
    """
    written_at: AwareDatetime
    written_by: str | None
    """
    For staff.
    """
    written_by_name: str | None
    acting_for: str | None
    authority: str | None
    """
    The row of the authority table, for staff.
    """
    redacts: UUID | None
    """
    Of a redacted copy the original, for those who may read that.
    """
    redacts_sha256: str | None
    """
    Of a redacted copy the SHA-256 of what the original says, for those who may read that: a short text can be guessed.
    """


class OfficerFeedIn(Model):
    """
    A calendar of clocks.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    name: str
    """
    What the calendar is called in the program that shows it.
    """
    team: bool | None = None
    """
    Also what the people of your teams hold, as the register has them.
    """
    alarm_days: int | None = None
    """
    Have the calendar program remind so many days before each day; null: it does not.
    """


class OpenCountOut(Model):
    """
    How much open work the account has in a Center.
    """

    center: str
    process: str
    state: str
    items: int
    value_usd: int
    next_due_on: date | None


class OpenedOut(Model):
    """
    A matter that was opened.
    """

    item_id: UUID
    process: str
    stage: str
    center: str
    division: str


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


class PageDeadLetterOut(Model):
    items: list[DeadLetterOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageEscalationOut(Model):
    items: list[EscalationOut]
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


class PageLimitationOut(Model):
    items: list[LimitationOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageNoteOut(Model):
    items: list[NoteOut]
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


class PanelOut(Model):
    """
    Up to twenty comparable matters: those alike in the most first, then the newest.
    """

    items: list[ComparableOut]


class PartOut(Model):
    """
    What one service answered, or why it did not.
    """

    answered: bool
    why: str | None
    """
    Why there is no answer: the service is away, or it does not show it to you.
    """
    path: str
    """
    What was asked, so that anybody can ask it again.
    """
    figures: Any
    """
    As the service gives them; null without an answer.
    """


class PendingFigures(Model):
    """
    What waits for a Center: whom the table lets work on it takes it as `center` PNDING, or a director moves it.
    """

    open: int
    claimed: int
    past_goal: int
    """
    Waiting for longer than the goal: policy, nothing follows by law.
    """
    goal_working_days: int
    """
    The goal, as the operator has set it.
    """
    oldest_since: AwareDatetime | None


class PersonLoadOut(Model):
    """
    What a person has against what they can do in ten working days.
    """

    subject: str
    name: str
    teams: list[str]
    items: int
    minutes: int
    """
    Minutes of work, by the estimate of each process.
    """
    capacity: int
    """
    Minutes that they are there for items; absences count as none.
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


class PlanIn(Model):
    """
    How many decisions of a Center are reviewed a second time, in percent.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    floor_percent: int
    """
    Of all decisions on reviews, at random.
    """
    by_criterion: dict[str, int] | None = None
    """
    Of decisions with a finding that a selection criterion led to.
    """
    by_officer: dict[str, int] | None = None
    """
    Of an officer's decisions.
    """
    money_from_usd: int | None = None
    """
    Entered value from which on …
    """
    money_percent: int | None = None
    """
    … so many are drawn.
    """
    reason: str


class PlanOut(Model):
    """
    The plan of a Center as it stands.
    """

    center: str
    version: int
    reason: str
    set_by: str
    set_by_name: str
    set_at: AwareDatetime
    floor_percent: int
    by_criterion: dict[str, int]
    by_officer: dict[str, int]
    money_from_usd: int | None
    money_percent: int


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


class ProcessClockOut(Model):
    """
    A time limit of a process.
    """

    code: str
    label: str
    kind: str
    """
    `statutory`, `policy` or `goal`.
    """
    length: int
    unit: str
    effect: str
    """
    What follows when the day has passed.
    """
    citation: str
    evidence: str
    """
    How well it is evidenced: S, P, M, U, or I for an own rule of Centerline.
    """
    counts_from: str | None
    """
    The field with the day from which it counts; null: that of the act.
    """


class ProcessOut(Model):
    """
    A process in a line.
    """

    code: str
    label: str
    summary: str
    division: str
    """
    Words: partnership, validation-and-compliance, enforcement; there may be others.
    """
    citation: str
    legal_state: str
    """
    The service that owns what the law says of the matter; `none`: nobody.
    """
    opened_by: list[str]
    """
    Who may open a matter with POST /items; empty: an event does.
    """
    opened_on: list[str]
    """
    The events that open one.
    """
    is_of_importer: bool
    """
    No matter is opened without an importer number.
    """


class ProcessesOut(Model):
    """
    All processes, in order of code.
    """

    items: list[ProcessOut]


class QualityOut(Model):
    """
    How far first and second reviews of a Center agreed in the period; null is withheld, or not defined.
    """

    center: str
    pairs: int | None
    agreed_percent: int | None
    kappa: str | None
    """
    Cohen's kappa, four places; not defined where both found one and the same.
    """


class QuestionOut(Model):
    """
    An inquiry or a visit that has ended, of which the party has not been heard.
    """

    item_id: UUID
    process: str
    center: str
    importer_number: str
    opened_at: AwareDatetime


class QuestionsOut(Model):
    """
    The newest first, 100 at most.
    """

    items: list[QuestionOut]


class QueueCountOut(Model):
    """
    Open work of a Center in a process.
    """

    center: str
    division: str
    process: str
    items: int


class QueueOut(Model):
    """
    How much work waits in a queue.
    """

    center: str
    division: str
    process: str
    open: int
    claimed: int
    oldest_opened_at: AwareDatetime
    next_due_on: date | None
    overdue: int
    """
    Due before today; in PNDING also what waits for a Center past the goal.
    """
    by_due: dict[str, int]
    """
    When they are due, as `due` of GET /items.
    """
    by_kind: dict[str, int]
    """
    What they are about.
    """


class ReadOut(Model):
    """
    What somebody read, and when.
    """

    what: str
    """
    A file by its id.
    """
    read_at: AwareDatetime
    read_by: str
    read_by_name: str
    acting_for: str | None


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
    One ground of the decision.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    code: str
    text: str
    fact: str | None = None
    citation: str | None = None


class RecusalIn(Model):
    """
    Why a member stands aside.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str


class RefusalCount(Model):
    """
    How many items are refused for one reason.
    """

    code: str
    items: int


class RefusalOut(Model):
    """
    A decision on the item that the legal record could not apply.
    """

    decision_id: UUID
    rule: str
    citation: str
    remedy: str
    at: AwareDatetime


class RequestActIn(Model):
    """
    An act on a letter.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    act: str
    token: int | None = None
    """
    Of the claim of the item, while that is worked on.
    """
    fields: dict[str, Any] | None = None
    """
    What the act asks for.
    """
    reasons: list[ReasonIn] | None = None


class RequestActOut(Model):
    """
    What an officer did with it.
    """

    number: int
    act: str
    label: str
    at: AwareDatetime
    by: str
    by_name: str
    acting_for: str | None
    fields: dict[str, Any]
    reasons: list[dict[str, str | None]]
    stage: str
    """
    To which it led.
    """
    authority: str


class RequestActedOut(Model):
    """
    An act that was done, and where the letter stands.
    """

    request_id: UUID
    act: str
    number: int
    state: str
    due_on: date | None
    opened_request: UUID | None
    """
    The draft of the notice of action that the act opened.
    """


class RequestIn(Model):
    """
    A request for information (CBP 28), or a notice of action (CBP 29).
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    questions: list[str]
    """
    Questions of a CBP 28; the action and its grounds on a CBP 29.
    """
    entry_numbers: list[str] | None = None
    """
    More entries of the same importer on the same issue.
    """
    due_on: date | None = None
    """
    By default 30 days from the day of issue for a CBP 28, 20 for a 29.
    """
    issue: str | None = None
    """
    What it is about: admissibility Admissibility, 01 Value, 02 Classification, 03 Quantity, 04 Antidumping duty, 05 Countervailing duty, 06 Special programs, 07 Interest only, 08 Change without revenue, 09 Other. A second CBP 28 to the account on the same issue and goods needs a supervisor.
    """
    goods: str | None = None
    """
    The tariff number of the goods, or how it begins.
    """
    effect_usd: str | None = None
    """
    Of a notice of action: the change of duties, taxes and fees in all.
    """
    token: int
    """
    The token that the claim gave; a stale one is refused with 409.
    """
    form: Literal['CBP-28', 'CBP-29'] | None = None


class RequestOut(Model):
    """
    A request for information (CBP 28) or a notice of action (CBP 29), and where it stands today.
    """

    request_id: UUID
    item_id: UUID
    form: str
    """
    Words: CBP-28, CBP-29; there may be others.
    """
    state: str
    """
    The stage of its process. `overdue` and `silent` follow from the day; nobody records them. Words: draft, issued, reminded, responded, overdue, assessed, cf29-proposed, closed, proposed, silent, action-taken, withdrawn; there may be others.
    """
    entry_numbers: list[str]
    importer_number: str
    """
    Masked when it is a social security number.
    """
    center: str
    questions: list[str]
    issue: str | None
    """
    What it is about: admissibility Admissibility, 01 Value, 02 Classification, 03 Quantity, 04 Antidumping duty, 05 Countervailing duty, 06 Special programs, 07 Interest only, 08 Change without revenue, 09 Other.
    """
    goods: str | None
    """
    The tariff number that it is about, or how that begins.
    """
    effect_usd: str | None
    """
    What a notice of action changes in all.
    """
    drafted_at: AwareDatetime
    issued_on: date | None
    """
    Null of a draft.
    """
    due_on: date | None
    """
    Until when an answer is asked for, as extended.
    """
    issued_by: str
    issued_by_name: str
    from_request: UUID | None
    """
    The CBP 28 that a notice of action followed from.
    """
    authority: str | None
    """
    The row of the table of authority that it rests on; null before rows were kept.
    """


class ResultIn(Model):
    """
    What the second reviewer found.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    outcome: Literal['no-change', 'increase', 'refund', 'reject', 'refer']
    reason: str


class ResultOut(Model):
    """
    What became of one item.
    """

    number: int
    item_id: UUID
    state: str
    """
    Words: pending, done, refused; there may be others.
    """
    code: str | None
    """
    Why it was refused; of a pending one why it would be.
    """
    says: str | None
    at: AwareDatetime | None
    entry_number: str | None
    protest_number: str | None
    filing_number: str | None


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


class ReviewedLineOut(Model):
    """
    A line as it was declared, and what was decided on the same goods.
    """

    line_number: int
    key: str | None
    """
    Null: description and maker do not tell the goods apart.
    """
    tariff: str | None
    special_tariffs: list[str]
    origin: str
    manufacturer_id: str | None
    description: str
    value_usd: int
    duty_usd: str
    preference: str | None
    cases: list[str]
    quantity: str | None
    unit: str | None
    says: str
    answers: list[EarlierAnswerOut]
    """
    Every answer, the most frequent first.
    """
    earlier: list[EarlierOut]
    """
    The first decisions of each answer: own Center, then the newest.
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


class RunLineOut(Model):
    """
    A run in the list.
    """

    run_id: UUID
    act: str
    """
    Words: assign, offer, set-day, no-change, act; there may be others.
    """
    to: str | None
    """
    To whom items are assigned.
    """
    to_center: str | None
    """
    To which Center they are offered.
    """
    to_port: str | None
    """
    To which port they are offered.
    """
    due_on: date | None
    """
    The day that is set.
    """
    process_act: str | None
    """
    The act of the items' process.
    """
    sample: int | None
    """
    So many items are looked at before the run begins.
    """
    query: str
    reason: str
    asked_by: str
    asked_at: AwareDatetime
    state: str
    """
    `looking` while the act is tried; `ready` to begin; `running`; `done`. Words: looking, ready, running, done, withdrawn; there may be others.
    """
    items: int
    is_cut: bool
    """
    The filter gave more than 100,000: ask again for the rest afterwards.
    """
    foreseen: int
    """
    How many would be refused as things stood when they were looked at.
    """
    value_usd: int
    """
    Entered value of the others, in whole US dollars.
    """
    needs_second: bool
    """
    Over the limits: another person has to begin it.
    """
    begun_by: str | None
    begun_at: AwareDatetime | None
    ended_at: AwareDatetime | None


class RunOut(Model):
    """
    A run: what it would do, and what it has done.
    """

    run_id: UUID
    act: str
    """
    Words: assign, offer, set-day, no-change, act; there may be others.
    """
    to: str | None
    """
    To whom items are assigned.
    """
    to_center: str | None
    """
    To which Center they are offered.
    """
    to_port: str | None
    """
    To which port they are offered.
    """
    due_on: date | None
    """
    The day that is set.
    """
    process_act: str | None
    """
    The act of the items' process.
    """
    sample: int | None
    """
    So many items are looked at before the run begins.
    """
    query: str
    reason: str
    asked_by: str
    asked_at: AwareDatetime
    state: str
    """
    `looking` while the act is tried; `ready` to begin; `running`; `done`. Words: looking, ready, running, done, withdrawn; there may be others.
    """
    items: int
    is_cut: bool
    """
    The filter gave more than 100,000: ask again for the rest afterwards.
    """
    foreseen: int
    """
    How many would be refused as things stood when they were looked at.
    """
    value_usd: int
    """
    Entered value of the others, in whole US dollars.
    """
    needs_second: bool
    """
    Over the limits: another person has to begin it.
    """
    begun_by: str | None
    begun_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    pending: int
    done: int
    refused: int
    refusals: list[RefusalCount]
    """
    Why items were, or would be, refused; the most first.
    """


class RunSampleOut(Model):
    """
    The sample of a run, by number; empty for a run that was asked for without one.
    """

    seed: str | None
    """
    What it was drawn by, by a hash: whoever knows it draws the same.
    """
    items: list[CheckOut]


class RunningClockOut(Model):
    """
    A clock of the process that was begun.
    """

    clock: str
    label: str
    kind: str
    """
    `statutory`, `policy` or `goal`.
    """
    began_on: date
    due_on: date
    stands_since: date | None
    """
    It stands still since then; null: it runs, or has ended.
    """
    ended_on: date | None
    effect: str
    citation: str


class SampleLineOut(Model):
    """
    A line of the entry as declared.
    """

    line_number: int
    tariff: str | None
    special_tariffs: list[str]
    origin: str
    description: str
    value_usd: int
    duty_usd: str
    preference: str | None


class SampleOut(Model):
    """
    A decision to review a second time; nothing of the first review, not even why it was drawn.
    """

    sample_id: UUID
    item_id: UUID
    center: str
    process: str
    entry_number: str | None
    importer_number: str | None
    value_usd: int | None
    drawn_at: AwareDatetime
    state: str
    """
    Words: open, taken, done; there may be others.
    """
    reviewer: str | None


class SatisfactionAnswerIn(Model):
    """
    What a party says of it.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    score: int
    """
    5 is very satisfied, 1 not at all.
    """
    is_resolved: bool
    """
    Whether what it was about is settled.
    """
    comment: str | None = None


class SatisfactionAnswerOut(Model):
    """
    What was kept.
    """

    item_id: UUID
    score: int
    is_resolved: bool
    answered_at: AwareDatetime


class SatisfactionOut(Model):
    """
    What a Center's importers said in the period, beside the first quarter that could be shown; null is withheld.
    """

    center: str
    answers: int | None
    satisfied_percent: int | None
    """
    A score of four or five.
    """
    resolved_percent: int | None
    baseline: str | None
    """
    The quarter that later figures are compared with.
    """
    baseline_satisfied_percent: int | None
    baseline_resolved_percent: int | None


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


class SelectedOut(Model):
    """
    A ground on which routing called for the review: a criterion that the entry met, or the random draw.
    """

    code: str
    text: str
    fact: str | None
    """
    What of the entry met it.
    """


class SkillIn(Model):
    """
    What a person is able to do.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    kind: Literal['chapter', 'process', 'program', 'language']
    code: str
    level: int
    """
    1 has begun, 5 teaches others.
    """


class SkillOut(Model):
    """
    What a person is able to do.
    """

    kind: str
    """
    Words: chapter, process, program, language; there may be others.
    """
    code: str
    level: int


class SkipIn(Model):
    """
    Why the caller passes an item over; the token of their claim if they hold it.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: ReasonIn
    token: int | None = None


class SkippedOut(Model):
    """
    Until when the item is not offered to the caller by `POST /items/next`.
    """

    item_id: UUID
    until: AwareDatetime


class SplitIn(Model):
    """
    Which entries of a matter go into another, and under what title.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    title: str
    entry_numbers: list[str]
    reason: str


class StaffImportOut(Model):
    """
    What an import did.
    """

    rows: int
    added: int
    changed: int


class StageOut(Model):
    """
    Where a matter may stand.
    """

    code: str
    label: str
    waits_for: str | None
    """
    Who has to do something first; null: the Center.
    """
    is_end: bool


class StandingOut(Model):
    """
    What routing says of the account; its parts are those of GET /importers/{importer_number} there.
    """

    answered: bool
    why: str | None
    """
    Why it is missing.
    """
    family: str | None
    programs: list[str]
    contacts: list[dict[str, Any]]
    brokers: list[dict[str, Any]]


class StepOut(Model):
    """
    A point of the checklist.
    """

    code: str
    label: str
    before: str
    """
    The act before which it is looked at.
    """
    citation: str | None


class SuggestionOut(Model):
    """
    A move that would balance; `POST /items/{item_id}/assign` makes it.
    """

    item_id: UUID
    process: str
    number: str | None
    """
    The entry, protest or filing that it is about.
    """
    minutes: int
    from_subject: str | None
    to_subject: str
    why: str


class TakenOut(Model):
    """
    A second review that the caller has taken: the goods as declared, to be judged anew.
    """

    sample_id: UUID
    item_id: UUID
    center: str
    process: str
    entry_number: str | None
    importer_number: str | None
    value_usd: int | None
    drawn_at: AwareDatetime
    state: str
    """
    Words: open, taken, done; there may be others.
    """
    reviewer: str | None
    lines: list[SampleLineOut]


class TeamLoadOut(Model):
    """
    The sum of a team; who is in several counts in each.
    """

    team: str
    items: int
    minutes: int
    capacity: int


class TemplateOut(Model):
    """
    Questions with which a letter on an issue may begin.
    """

    issue: str
    label: str
    questions: list[str]


class TokenIn(Model):
    """
    The token of the caller's claim.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    token: int
    """
    The token that the claim gave; a stale one is refused with 409.
    """


class TradeFiguresOut(Model):
    """
    Figures for the trade.
    """

    period: str
    first: date
    last: date
    smallest_shown: int
    """
    Cells that rest on fewer matters, accounts or pairs are withheld.
    """
    headquarters: list[HeadquartersOut]
    """
    As it stands now, whatever the period.
    """
    satisfaction: list[SatisfactionOut]
    quality: list[QualityOut]


class TransferActIn(Model):
    """
    What is done with an offer: the other office accepts, refuses, or (a port) returns it; who offered withdraws.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    act: Literal['accept', 'refuse', 'withdraw', 'return']
    reason: str


class TransferIn(Model):
    """
    To whom an item is offered, and why.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    to_center: str | None = None
    to_port: str | None = None
    reason: str


class TransferOut(Model):
    """
    An offer of an item, and how it was answered. The days of the item run on all the while.
    """

    transfer_id: UUID
    item_id: UUID
    from_center: str
    to_center: str | None
    to_port: str | None
    reason: str
    offered_by: str
    offered_at: AwareDatetime
    state: str
    """
    Words: offered, accepted, refused, withdrawn, returned; there may be others.
    """
    settled_by: str | None
    settled_at: AwareDatetime | None
    settled_reason: str | None


class TrustedOut(Model):
    """
    How much of what waits is of accounts in a trusted program.
    """

    items: int
    trusted: int
    percent: float | None
    value_usd: int
    trusted_value_usd: int


class ViewIn(Model):
    """
    A filter with a name.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    name: str
    query: str
    """
    The query string of GET /items; `me` and days are read by who looks.
    """
    center: str | None = None
    """
    Share it with the people of this Center.
    """
    role: Literal['center-director', 'assistant-center-director', 'national-account-manager', 'import-specialist', 'entry-specialist', 'international-trade-specialist', 'liquidation-specialist', 'drawback-specialist', 'adcvd-team', 'trade-enforcement-coordinator', 'fpf-officer', 'port-director', 'port-staff', 'regulations-and-rulings', 'office-of-trade', 'regulatory-audit', 'hsi', 'chief-counsel', 'importer', 'broker', 'surety', 'trade-counsel', 'auditor', 'operator', 'service', 'public'] | None = (
        None
    )
    """
    Have this role of the Center begin with it.
    """


class ViewOut(Model):
    """
    A saved view, or one that a role begins with where its Center has said nothing.
    """

    view_id: UUID | None
    """
    Null for one that comes with the product.
    """
    version: int | None
    name: str
    query: str
    href: str
    """
    The list that it stands for.
    """
    from_: Annotated[str, Field(alias='from')]
    """
    The caller's own; shared with a Center; given to a role there; of the product. Words: own, shared, role, product; there may be others.
    """
    owner: str | None
    center: str | None
    role: str | None
    written_by: str | None
    written_at: AwareDatetime | None
    may_change: bool
    count: CountOut | None
    """
    How many items it gives the caller now, where that was asked for.
    """


class ViewsOut(Model):
    """
    The views of a caller.
    """

    views: list[ViewOut]


class VoteIn(Model):
    """
    A member's vote, with its reason.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    disposition: str
    """
    As in the act `dispose` of the process.
    """
    reason: str
    """
    As in that act.
    """
    opinion: str


class VoteOut(Model):
    """
    What a member did in a matter.
    """

    number: int
    hearing: int
    """
    Which hearing of the matter; after a deferral all vote anew.
    """
    act: str
    """
    `recused`, `shown` (comparable matters) or `voted`.
    """
    member: str
    member_name: str
    at: AwareDatetime
    disposition: str | None
    reason: str | None
    opinion: str | None
    is_dissent: bool
    """
    A vote for another disposition than the one that carries.
    """


class VotesOut(Model):
    """
    What the board has done in a matter, and how its vote stands.
    """

    quorum: int | None
    """
    Null: the Center has no board.
    """
    cast: int
    """
    Votes of the newest hearing that count.
    """
    carried: str | None
    """
    The disposition that carries; null without a quorum, and in a tie.
    """
    acts: list[VoteOut]


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


class WorkOut(Model):
    """
    An item as one line of a list.
    """

    item_id: UUID
    kind: str
    process: str
    entry_number: str | None
    filing_number: str | None
    protest_number: str | None
    importer_number: str | None
    """
    Masked when it is a social security number; null: of nobody who has one.
    """
    center: str
    state: str
    stage: str | None
    waits_for: str | None
    due_on: date | None
    value_usd: int | None
    holder_name: str | None


class WorkqueueFigures(Model):
    """
    Items by state, and those that are not finished by queue.
    """

    open: int
    claimed: int
    completed: int
    cancelled: int
    by_queue: dict[str, int]
    pending: PendingFigures


class AccountWorkOut(Model):
    """
    Everything that the Centers have in hand for an account.
    """

    importer_number: str
    """
    Masked when it is a social security number.
    """
    name: str | None
    center: str | None
    """
    The Center of the account.
    """
    programs: list[str]
    """
    Trusted programs, as the newest assignment said.
    """
    counts: list[OpenCountOut]
    open_work: list[WorkOut]
    """
    The first 50 in the order of the queue.
    """
    days: list[AccountDayOut]
    letters: list[AccountLetterOut]
    money: AccountMoneyOut
    decisions: list[AccountDecisionOut]
    standing: StandingOut


class ActIn(Model):
    """
    An act on the process of an item.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    act: str
    token: int | None = None
    """
    Of the claim, for acts of who holds the item.
    """
    fields: dict[str, Any] | None = None
    """
    What the act asks for.
    """
    reasons: list[ReasonIn] | None = None


class ActOut(Model):
    """
    What somebody may do, or what an event does.
    """

    code: str
    label: str
    source: list[str]
    """
    The stages in which it is done.
    """
    target: str | None
    """
    The stage to which it leads; null: it stays.
    """
    roles: list[str]
    """
    Who may; empty: an event does it.
    """
    by_holder: bool
    """
    Needs the token of the item's claim.
    """
    not_by: list[str]
    """
    Whoever did one of these acts may not do this one.
    """
    fields: list[FieldOut]
    starts: list[str]
    """
    Clocks that it begins.
    """
    pauses: list[str]
    resumes: list[str]
    ends: list[str]
    outcome: str | None
    """
    How the matter ends by it.
    """
    event: str | None
    """
    The event that does it by itself.
    """
    opens: str | None
    """
    The process of a matter that it opens beside this one.
    """
    notices: list[str]
    publishes: str | None
    """
    The topic on which another service hears of it.
    """
    citation: str | None


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


class ClocksOut(Model):
    """
    The clocks of an item that run, the nearest first.
    """

    item_id: UUID
    due_on: date | None
    """
    The day by which the item stands in its queue.
    """
    clocks: list[ItemClockOut]


class CompletionIn(Model):
    """
    A decision on a review or a protest, advice to the asking Center, or the answer to a filing.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    token: int
    """
    The token that the claim gave; a stale one is refused with 409.
    """
    outcome: Literal['no-change', 'increase', 'refund', 'reject', 'refer', 'agree', 'differ', 'granted', 'denied', 'forwarded', 'answered']
    """
    Reviews and protests: no-change, increase, refund, reject, refer. Consultations: agree, differ. Filings: granted, denied, forwarded, answered.
    """
    effect: EffectIn | None = None
    """
    Of reviews and protests only.
    """
    reasons: list[ReasonIn]
    """
    The grounds; the text of the advice or of the answer.
    """
    legal_basis: list[LegalBasisIn] | None = None
    """
    Required for increase, refund, reject, granted and denied.
    """
    findings: list[FindingIn] | None = None
    """
    Of reviews: what was found on which line of the entry.
    """


class DataPackOut(Model):
    """
    Figures of three services as they stand, for one matter.
    """

    item_id: UUID
    taken_at: AwareDatetime
    queue: list[QueueCountOut]
    routing: list[PartOut]
    liquidation: list[PartOut]


class DecisionCheckIn(Model):
    """
    A decision as `complete` would take it, without token and reasons.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    outcome: Literal['no-change', 'increase', 'refund', 'reject', 'refer', 'agree', 'differ', 'granted', 'denied', 'forwarded', 'answered']
    effect: EffectIn | None = None
    legal_basis: list[LegalBasisIn] | None = None
    findings: list[FindingIn] | None = None


class DecisionCheckOut(Model):
    """
    A decision looked at; nothing is kept.
    """

    flaws: list[FlawOut]
    """
    What `complete` would refuse; empty: it would take the decision.
    """
    legal_record: str
    """
    Words: answered, not-answered, not-asked; there may be others.
    """
    why: str | None
    """
    Why the legal record's part is missing.
    """
    follows: FollowsOut | None


class DecisionOut(Model):
    """
    The decision that completed an item.
    """

    decision_id: UUID
    outcome: str
    """
    Words: no-change, increase, refund, reject, refer, agree, differ, granted, denied, forwarded, answered; there may be others.
    """
    duty_usd: str
    fees_usd: str
    by_class: list[ClassEffect]
    reasons: list[ReasonIn]
    legal_basis: list[LegalBasisIn]
    findings: list[FindingIn]
    """
    What was found by line, as far as the decision says it.
    """
    decided_by: str
    decided_by_name: str
    acting_for: str | None
    decided_at: AwareDatetime
    authority: str | None
    """
    The row of the table of authority that it rests on; null before rows were kept.
    """


class DeliveriesOut(Model):
    """
    Deliveries to people; no recipient is named.
    """

    waiting: list[LaneOut]
    by_state: dict[str, int] | None
    """
    All deliveries; null where they are too many to count now.
    """


class HistoryOut(Model):
    """
    The history of one subject, table by table, in the order of each chain.
    """

    subject: str
    lines: list[SealedLineOut]


class ItemOut(Model):
    """
    A piece of work in its queue: who has it, since when, until when, and on whose authority.
    """

    item_id: UUID
    kind: str
    """
    A process on an entry; another Center's advice on goods of an entry; a protest; another filing. Words: review, consultation, protest, filing, matter; there may be others.
    """
    process: str
    entry_number: str | None
    """
    Null for a filing: it names `entry_count` of them.
    """
    entry_count: int
    """
    How many entries the item names; of a protest the first is known.
    """
    protest_number: str | None
    filing_number: str | None
    filing_kind: str | None
    """
    The kind of post-entry filing.
    """
    forwarded_from: str | None
    """
    Where a misfiled filing was handed in; its receipt counts.
    """
    importer_number: str | None
    """
    Masked when it is a social security number; null: of nobody who has one.
    """
    entry_type: str | None
    """
    Of the entry, as routing told it last; null of a filing, which may name many.
    """
    port_of_entry: str | None
    """
    Schedule D port of the entry.
    """
    importer_name: str | None
    center: str
    """
    The Center that has the item.
    """
    center_basis: str | None
    """
    What a filing's Center follows from, derived anew with all that is learned; null for what is no filing, and for what was completed before it was kept.
    """
    center_reason: CenterReasonOut | None
    """
    Null for a protest and a matter, and where routing told the reason before it was kept.
    """
    selected: list[SelectedOut]
    """
    Why routing calls for a review of the entry, the strictest ground first; empty for what is no review, where no review is called for any more, and where the reasons were told before they were kept.
    """
    duty_usd: str | None
    """
    Duty declared on the entry; null where there is none, and where it was told before it was kept.
    """
    center_goal: GoalOut | None
    """
    While it waits for a Center: by when one should be found.
    """
    center_since: AwareDatetime
    """
    Since when it has been that Center's.
    """
    asking_center: str | None
    """
    The Center of record that asks for advice, and decides the entry itself.
    """
    goods: list[GoodsOut] | None
    """
    What a consultation is about.
    """
    authority: str | None
    """
    The row of the authority table that says who decides.
    """
    division: str
    state: str
    """
    Words: open, claimed, completed, cancelled; there may be others.
    """
    priority: int
    """
    1 is the most urgent.
    """
    value_usd: int | None
    opened_at: AwareDatetime
    """
    When the filing was made that first called for the work; a move to another Center leaves it.
    """
    due_on: date | None
    """
    The day by which to finish; null while it cannot be computed.
    """
    due_rule: str | None
    """
    Which clock `due_on` is: the policy clock `review-cutoff`, the statutory `protest-decide`, or the earliest of a filing's `clocks`.
    """
    clocks: list[ClockOut]
    """
    Every clock that routing found for a filing, the earliest first.
    """
    scheduled_on: date | None
    """
    When the entry is scheduled to liquidate.
    """
    deemed_on: date | None
    """
    When the entry liquidates by law if nothing is done (19 USC 1504).
    """
    holder: str | None
    holder_name: str | None
    lease_until: AwareDatetime | None
    outcome: str | None
    stage: str | None
    """
    Where the process has come to; null before its first act.
    """
    stage_since: AwareDatetime | None
    waits_for: str | None
    """
    Who has to do something first; null: the Center.
    """
    assigned_to: str | None
    """
    Who is offered it first.
    """
    transferred_from: str | None
    """
    The Center of record that handed it over to the present one.
    """
    at_port: str | None
    """
    The port that has it in hand.
    """


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


class LoadOut(Model):
    """
    Open work of a Center against its people.
    """

    center: str
    working_days: int
    people: list[PersonLoadOut]
    teams: list[TeamLoadOut]
    items: int
    """
    All of the Center's that waits for nobody else.
    """
    minutes: int
    capacity: int
    unassigned_items: int
    """
    Of those, held by nobody and assigned to nobody.
    """
    unassigned_minutes: int


class ManagementOut(Model):
    """
    What came, went and waits.
    """

    centers: list[str] | None
    """
    Null: every Center.
    """
    since: date
    until: date
    """
    The last day that counts.
    """
    flow: list[FlowOut]
    ageing: list[AgeOut]
    standards: list[AttainmentOut]
    trusted: TrustedOut


class MatterOut(Model):
    """
    Where an item stands in its process.
    """

    title: str | None
    """
    Of a matter that a person opened.
    """
    port: str | None
    """
    The port that it concerns.
    """
    linked_item: UUID | None
    stage: str
    stage_label: str
    since: AwareDatetime
    waits_for: str | None
    outcome: str | None
    clocks: list[RunningClockOut]
    acts: list[KeptActOut]
    events: list[FollowedOut]
    """
    What the process followed, in the order of time.
    """
    next: list[NextActOut]
    """
    The acts of this stage.
    """


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


class MemberIn(Model):
    """
    A person of a Center.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    name: str
    center: str
    """
    Center identifier.
    """
    division: Literal['partnership', 'validation-and-compliance', 'enforcement'] | None = (
        None
    )
    roles: list[Literal['center-director', 'assistant-center-director', 'national-account-manager', 'import-specialist', 'entry-specialist', 'international-trade-specialist', 'liquidation-specialist', 'drawback-specialist', 'adcvd-team', 'trade-enforcement-coordinator', 'fpf-officer', 'port-director', 'port-staff', 'regulations-and-rulings', 'office-of-trade', 'regulatory-audit', 'hsi', 'chief-counsel', 'importer', 'broker', 'surety', 'trade-counsel', 'auditor', 'operator', 'service', 'public']] | None = (
        None
    )
    """
    They inform: the token says what is allowed.
    """
    teams: list[str] | None = None
    skills: list[SkillIn] | None = None
    minutes_a_day: int | None = None
    """
    Minutes of a working day for items.
    """
    absences: list[AbsenceIn] | None = None
    interests: list[str] | None = None
    """
    Importers in which the person has declared an interest.
    """
    employers: list[EmployerIn] | None = None


class MemberOut(Model):
    """
    A person of a Center, as they stand.
    """

    subject: str
    version: int
    name: str
    center: str
    division: str | None
    roles: list[str]
    teams: list[str]
    skills: list[SkillOut]
    minutes_a_day: int
    absences: list[AbsenceOut]
    interests: list[str]
    """
    Importer numbers; masked when they are social security numbers.
    """
    employers: list[EmployerOut]


class NamedListOut(Model):
    """
    Everybody who is or was named, the first first.
    """

    items: list[NamedOut]


class PageItemOut(Model):
    items: list[ItemOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageMemberOut(Model):
    items: list[MemberOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageReadOut(Model):
    items: list[ReadOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRequestOut(Model):
    items: list[RequestOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageResultOut(Model):
    items: list[ResultOut]
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


class PageRunLineOut(Model):
    items: list[RunLineOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageSampleOut(Model):
    items: list[SampleOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageTransferOut(Model):
    items: list[TransferOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class ProcessDetailOut(Model):
    """
    A process with everything that it is made of.
    """

    code: str
    label: str
    summary: str
    division: str
    """
    Words: partnership, validation-and-compliance, enforcement; there may be others.
    """
    citation: str
    legal_state: str
    """
    The service that owns what the law says of the matter; `none`: nobody.
    """
    opened_by: list[str]
    """
    Who may open a matter with POST /items; empty: an event does.
    """
    opened_on: list[str]
    """
    The events that open one.
    """
    is_of_importer: bool
    """
    No matter is opened without an importer number.
    """
    first: str
    stages: list[StageOut]
    acts: list[ActOut]
    clocks: list[ProcessClockOut]
    steps: list[StepOut]
    outcomes: dict[str, str]
    settings: list[str]
    """
    What is not public or not settled, and how it is read here.
    """


class RelatedOut(Model):
    """
    Open work that has to do with an item, as far as the caller reads it.
    """

    relation: str
    """
    Words: account, goods, issue; there may be others.
    """
    items: list[WorkOut]


class RequestDetailOut(Model):
    """
    A letter with its answers; to the Center also its acts, what may be done next, the letters that it repeats.
    """

    request_id: UUID
    item_id: UUID
    form: str
    """
    Words: CBP-28, CBP-29; there may be others.
    """
    state: str
    """
    The stage of its process. `overdue` and `silent` follow from the day; nobody records them. Words: draft, issued, reminded, responded, overdue, assessed, cf29-proposed, closed, proposed, silent, action-taken, withdrawn; there may be others.
    """
    entry_numbers: list[str]
    importer_number: str
    """
    Masked when it is a social security number.
    """
    center: str
    questions: list[str]
    issue: str | None
    """
    What it is about: admissibility Admissibility, 01 Value, 02 Classification, 03 Quantity, 04 Antidumping duty, 05 Countervailing duty, 06 Special programs, 07 Interest only, 08 Change without revenue, 09 Other.
    """
    goods: str | None
    """
    The tariff number that it is about, or how that begins.
    """
    effect_usd: str | None
    """
    What a notice of action changes in all.
    """
    drafted_at: AwareDatetime
    issued_on: date | None
    """
    Null of a draft.
    """
    due_on: date | None
    """
    Until when an answer is asked for, as extended.
    """
    issued_by: str
    issued_by_name: str
    from_request: UUID | None
    """
    The CBP 28 that a notice of action followed from.
    """
    authority: str | None
    """
    The row of the table of authority that it rests on; null before rows were kept.
    """
    answers: list[AnswerOut]
    acts: list[RequestActOut]
    """
    Of the Center; a party sees those that were told to it.
    """
    next: list[NextRequestActOut]
    """
    Empty to parties, who answer with POST …/answers.
    """
    earlier: list[RequestOut]
    """
    Earlier letters on the same account, issue and goods.
    """


class ReviewedGoodsOut(Model):
    """
    The goods of an item's entry.
    """

    item_id: UUID
    entry_number: str | None
    lines: list[ReviewedLineOut]
    """
    Empty where routing has not told the lines of the entry.
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


class ItemDetailOut(Model):
    """
    A piece of work with everything that happened to it.
    """

    item_id: UUID
    kind: str
    """
    A process on an entry; another Center's advice on goods of an entry; a protest; another filing. Words: review, consultation, protest, filing, matter; there may be others.
    """
    process: str
    entry_number: str | None
    """
    Null for a filing: it names `entry_count` of them.
    """
    entry_count: int
    """
    How many entries the item names; of a protest the first is known.
    """
    protest_number: str | None
    filing_number: str | None
    filing_kind: str | None
    """
    The kind of post-entry filing.
    """
    forwarded_from: str | None
    """
    Where a misfiled filing was handed in; its receipt counts.
    """
    importer_number: str | None
    """
    Masked when it is a social security number; null: of nobody who has one.
    """
    entry_type: str | None
    """
    Of the entry, as routing told it last; null of a filing, which may name many.
    """
    port_of_entry: str | None
    """
    Schedule D port of the entry.
    """
    importer_name: str | None
    center: str
    """
    The Center that has the item.
    """
    center_basis: str | None
    """
    What a filing's Center follows from, derived anew with all that is learned; null for what is no filing, and for what was completed before it was kept.
    """
    center_reason: CenterReasonOut | None
    """
    Null for a protest and a matter, and where routing told the reason before it was kept.
    """
    selected: list[SelectedOut]
    """
    Why routing calls for a review of the entry, the strictest ground first; empty for what is no review, where no review is called for any more, and where the reasons were told before they were kept.
    """
    duty_usd: str | None
    """
    Duty declared on the entry; null where there is none, and where it was told before it was kept.
    """
    center_goal: GoalOut | None
    """
    While it waits for a Center: by when one should be found.
    """
    center_since: AwareDatetime
    """
    Since when it has been that Center's.
    """
    asking_center: str | None
    """
    The Center of record that asks for advice, and decides the entry itself.
    """
    goods: list[GoodsOut] | None
    """
    What a consultation is about.
    """
    authority: str | None
    """
    The row of the authority table that says who decides.
    """
    division: str
    state: str
    """
    Words: open, claimed, completed, cancelled; there may be others.
    """
    priority: int
    """
    1 is the most urgent.
    """
    value_usd: int | None
    opened_at: AwareDatetime
    """
    When the filing was made that first called for the work; a move to another Center leaves it.
    """
    due_on: date | None
    """
    The day by which to finish; null while it cannot be computed.
    """
    due_rule: str | None
    """
    Which clock `due_on` is: the policy clock `review-cutoff`, the statutory `protest-decide`, or the earliest of a filing's `clocks`.
    """
    clocks: list[ClockOut]
    """
    Every clock that routing found for a filing, the earliest first.
    """
    scheduled_on: date | None
    """
    When the entry is scheduled to liquidate.
    """
    deemed_on: date | None
    """
    When the entry liquidates by law if nothing is done (19 USC 1504).
    """
    holder: str | None
    holder_name: str | None
    lease_until: AwareDatetime | None
    outcome: str | None
    stage: str | None
    """
    Where the process has come to; null before its first act.
    """
    stage_since: AwareDatetime | None
    waits_for: str | None
    """
    Who has to do something first; null: the Center.
    """
    assigned_to: str | None
    """
    Who is offered it first.
    """
    transferred_from: str | None
    """
    The Center of record that handed it over to the present one.
    """
    at_port: str | None
    """
    The port that has it in hand.
    """
    entry_numbers: list[str]
    """
    Every entry that the item is known to name.
    """
    token: int | None
    """
    The token of the claim in force, shown to its holder only.
    """
    decision: DecisionOut | None
    refusals: list[RefusalOut]
    """
    Decisions that the legal record could not apply, the first first.
    """
    requests: list[RequestOut]
    history: list[ChangeOut]
    may_do: list[ActOnItemOut]
    """
    Each act on the item: whether the caller may, and what stands against it.
    """
    linked: list[LinkedOut]
    """
    The matters opened from it, and the item that it was opened from.
    """
    matter: MatterOut | None
    """
    Where the item stands in its process; null where it has no table.
    """
