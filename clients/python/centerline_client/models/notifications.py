"""What notifications takes and gives; made by `make client` from openapi/notifications.json, never by hand."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal
from uuid import UUID

from centerline_client.model import Model
from pydantic import AwareDatetime, ConfigDict, Field


class ActOut(Model):
    """
    One thing that was done.
    """

    sequence: int
    act: str
    by_whom: str
    reason: str | None
    at: AwareDatetime


class Alive(Model):
    """
    The process answers.
    """

    status: Literal['alive'] | None = None
    service: str
    code_version: str


class AnswerIn(Model):
    """
    An answer, and the rule of law that it rests on.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    text: str
    text_es: str | None = None
    """
    In Spanish, beside it.
    """
    rule: str
    """
    An id of GET /rules of liquidation.
    """


class ArchivedOut(Model):
    """
    A broadcast as it was sent; its words never change.
    """

    broadcast_id: UUID
    center: str
    nature: str
    """
    Words: bulletin, guidance, directory; there may be others.
    """
    subject: str
    text: str
    subject_es: str | None
    text_es: str | None
    effective_on: date | None
    released_at: AwareDatetime
    is_withdrawn: bool
    """
    The Center withdrew it before all had been told.
    """
    corrects: UUID | None
    """
    The broadcast whose place it takes.
    """
    corrected_by: UUID | None
    """
    The broadcast that took its place.
    """


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


class AudienceRowOut(Model):
    """
    So many recipients of a role that have a standing.
    """

    standing: str
    """
    Words: reached, no-address, unsubscribed, unknown; there may be others.
    """
    role: str
    basis: str
    """
    segment; subscription; corrected: was told what it corrects; news: asked for guidance or the directory; open: a criterion is not known of them.
    """
    unknown: list[str]
    """
    Criteria whose facts are not known of them.
    """
    recipients: int


class BatchMailedIn(Model):
    """
    When and how the letters of a batch were handed to the post, and which were not.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    mailed_on: date
    """
    Legal day in America/New_York.
    """
    carrier: str | None = None
    mail_class: str | None = None
    certified_number: Annotated[None, Field(None)] = None
    certified_numbers: dict[str, str] | None = None
    """
    By id of the notice, where its letter was certified mail.
    """
    without: list[UUID] | None = None
    """
    Notices whose letters were not mailed, as spoilt ones.
    """


class BatchMailedOut(Model):
    """
    What became of a batch whose mailing was noted.
    """

    mailed: int
    left: int
    """
    Letters that were named as not mailed, or whose mailing was noted before.
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


class FollowIn(Model):
    """
    Who wants to be told.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    recipient: str
    """
    An importer number, or the id of a party.
    """


class GapOut(Model):
    """
    An act on an entry that the bulletin or the courtesy notices lack.
    """

    entry_number: str
    sequence: int
    """
    Its place in the record of the entry.
    """
    change: str
    missing: str


class GivenReplyOut(Model):
    """
    A reply as it was filed.
    """

    filing_number: str
    """
    GET /post-entry-filings/{number} of routing says who has it.
    """
    text: str
    files: list[str]
    files_path: str
    """
    Where files are added to it and read, at the work queue (POST, GET), once it has come there.
    """
    replied_by_name: str
    replied_at: AwareDatetime


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


class LedgerLineOut(Model):
    """
    One line of a delivery's ledger.
    """

    sequence: int
    event: str
    detail: str | None
    at: AwareDatetime


class LetterBatchIn(Model):
    """
    Whose letters are to go to the print shop.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    center: str | None
    """
    Null: letters on matters that no Center has.
    """


class LetterBatchOut(Model):
    """
    A batch of letters: what is in it is known, and never changes, once it is ready.
    """

    batch_id: UUID
    center: str | None
    state: str
    """
    Words: making, ready; there may be others.
    """
    is_scheduled: bool
    """
    Whether it was opened by the schedule of the day.
    """
    opened_at: AwareDatetime
    opened_by: str
    ready_at: AwareDatetime | None
    letters: int
    pages: int
    set_aside: int
    """
    Letters that waited and could not go into it; GET /letters?set_aside=true.
    """
    archive_sha256: str | None
    """
    Of letters.zip.
    """
    archive_bytes: int | None
    manifest_sha256: str | None
    """
    Of manifest.json.
    """


class LetterOut(Model):
    """
    A letter that waits to be mailed; GET /notices/{notice_id}/letter.pdf is the letter.
    """

    notice_id: UUID
    recipient_role: str
    kind: str
    name: str | None
    center: str | None
    due_on: date | None
    queued_at: AwareDatetime
    batch_id: UUID | None
    """
    The batch that it is in; null: in none yet.
    """
    set_aside: str | None
    """
    Why the last batch could not take it; null: nothing is known.
    """
    detail: str | None
    """
    What is wrong, in words.
    """


class MailedIn(Model):
    """
    When and how a letter was handed to the post.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    mailed_on: date
    """
    Legal day in America/New_York.
    """
    carrier: str | None = None
    mail_class: str | None = None
    certified_number: str | None = None


class ModerationIn(Model):
    """
    What becomes of a question that was asked.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    decision: Literal['admit', 'refuse', 'merge']
    reason: str | None = None
    """
    Why it is refused.
    """
    into: UUID | None = None
    """
    The earlier question with which it is merged.
    """


class NoticeFigures(Model):
    """
    Deliveries by kind of notice and state.
    """

    notices: dict[str, dict[str, int]]
    total: int


class NoticeOut(Model):
    """
    A notice: what it is, about what, since when, until when, under which law.
    """

    notice_id: UUID
    kind: str
    name: str
    form: str
    has_legal_effect: bool
    """
    False where the notice itself changes nobody's rights.
    """
    variant: str | None
    """
    Which case of its kind the notice is.
    """
    version: int
    """
    The version of the catalogue that the notice was made with.
    """
    importer_number: str | None
    """
    Masked when it is a social security number of someone else; null of what a filer alone is told.
    """
    entry_number: str | None
    """
    The entry, when the notice is about one.
    """
    entry_count: int
    filer_code: str | None
    center: str | None
    issued_on: date
    due_on: date | None
    citation: str
    if_nothing_is_done: str
    acknowledged_at: AwareDatetime | None
    """
    When the importer acknowledged it; for another party that reads it, when that did. Null: not yet.
    """


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


class PageArchivedOut(Model):
    items: list[ArchivedOut]
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


class PageEventOut(Model):
    items: list[EventOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageLetterBatchOut(Model):
    items: list[LetterBatchOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageLetterOut(Model):
    items: list[LetterOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageNoticeOut(Model):
    items: list[NoticeOut]
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


class PostingOut(Model):
    """
    One notice on the public bulletin.
    """

    notice_id: UUID
    entry_number: str
    filer_code: str
    importer_number: str
    """
    Never shown whole.
    """
    surety_code: str | None
    port_of_entry: str
    entry_type: str
    entry_date: date
    event_type: str
    basis: str
    """
    The rule that the act rests on.
    """
    action: str
    event_on: date
    """
    The date of liquidation, extension, suspension or voiding.
    """
    posted_on: date
    kept_until: date
    """
    The posting is kept until this day at least (15 months).
    """
    voided_on: date | None
    """
    Set when this liquidation has no effect in law: the day on which that was posted.
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


class ProgressOut(Model):
    """
    How far it is: recipients by what became of them, and mails by their state in the ledger.
    """

    recipients: dict[str, int]
    """
    told, waiting, left-out (unknown or unsubscribed), set-aside (broken data), withdrawn.
    """
    standings: dict[str, int]
    """
    reached, no-address, unsubscribed, unknown: when it was released.
    """
    mails: dict[str, int]


class ProofOut(Model):
    """
    What the post did with a letter, as somebody noted it.
    """

    act: str
    """
    Words: mailed, returned; there may be others.
    """
    done_on: date
    """
    The real day on which it was done.
    """
    carrier: str | None
    mail_class: str | None
    certified_number: str | None
    reason: str | None
    batch_id: UUID | None
    noted_by: str | None
    """
    Shown to staff.
    """
    noted_at: AwareDatetime


class QuestionIn(Model):
    """
    A question to a Center, for the whole community.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    recipient: str
    """
    Who asks: an importer number, or the id of a party.
    """
    center: str
    """
    Center identifier.
    """
    subject: str
    text: str
    is_anonymous: bool | None = None
    """
    The public is not told what the asker is; the Center always is.
    """


class QuietHours(Model):
    """
    Hours of each day in which mails that may wait do wait.
    """

    since: time
    to: time
    """
    On the next day where it is the earlier one.
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
    Why something is done.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    reason: str


class RecipientOut(Model):
    """
    Somebody whom a broadcast is for.
    """

    recipient: str
    """
    An importer number, masked where it can be a social security one; or a party.
    """
    role: str
    standing: str
    """
    Words: reached, no-address, unsubscribed, unknown; there may be others.
    """
    basis: str
    unknown: list[str]
    kind: str
    state: str
    reason: str | None
    """
    Why it was set aside.
    """
    notice_id: UUID | None


class ReplyIn(Model):
    """
    A party's reply.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    text: str
    files: list[str] | None = None
    """
    References of papers; the files themselves go to `files_path`.
    """


class ReplyOut(Model):
    """
    Where an answer goes: the call of the service that works on the matter.
    """

    service: str
    method: str
    path: str
    says: str


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


class ReturnedIn(Model):
    """
    When the post brought a letter back, and what it wrote on it.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    returned_on: date
    """
    Legal day in America/New_York.
    """
    reason: str


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


class RuleOut(Model):
    """
    The rule of law that an answer rests on, as it was when the question was answered.
    """

    rule: str
    text: str
    citation: str
    effective_from: str | None
    digest: str
    """
    SHA-256 of the rule's row: another row, another digest.
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


class SegmentIn(Model):
    """
    Whom it is for: one of the roles at the Center, and each other criterion that is given.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    roles: list[Literal['importer', 'filer', 'agent', 'surety']] | None = None
    tariff: list[str] | None = None
    """
    Goods of the last 12 months in one of these chapters, headings, subheadings, or ranges of them.
    """
    programs: list[str] | None = None
    """
    Accounts in one of these.
    """
    sizes: list[Literal['small', 'mid', 'large']] | None = None
    """
    Accounts of one of these sizes.
    """
    countries: list[str] | None = None
    """
    Goods of the last 12 months from one of these countries.
    """


class StatusRecordOut(Model):
    """
    What happened to a summary, a correction or goods, in codes; the notice says it in words.
    """

    position: str
    """
    Give it as `after` to go on behind this record, whenever.
    """
    disposition: str
    """
    CATAIR UC: 1 invoice data asked for; 2 full package asked for; 3 named documents asked for; 4 summary or correction rejected; 5 inactivated; 6 cancelled; 8 correction presented by another filer; C detention cancelled; D detained; E extension of a temporary importation denied; Q quota; R correction reverted.
    """
    reason: str | None
    """
    001 to 998 of a rejection, Q01 to Q28 of a quota line.
    """
    source: str
    """
    Source of the action: 1 a person, 2 the system by itself.
    """
    entry_number: str | None
    filer_code: str | None
    importer_number: str | None
    center: str | None
    issued_on: date
    due_on: date | None
    notice_id: UUID
    notice_kind: str
    caused_at: AwareDatetime


class SubscriptionIn(Model):
    """
    What a recipient asks for of a Center.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    recipient: str
    """
    An importer number, or the id of a party.
    """
    topic: Literal['broadcasts', 'directory', 'guidance', 'questions']
    center: str
    """
    Center identifier.
    """
    is_on: bool
    """
    true: tell me. false: tell me no more. Nothing that the law has told is touched.
    """


class SubscriptionOut(Model):
    """
    What a recipient asked for of a Center.
    """

    recipient: str
    topic: str
    """
    Words: broadcasts, directory, guidance, questions; there may be others.
    """
    center: str
    is_on: bool
    revision: int
    way: str
    """
    `api`, or `link`: by the link in a mail.
    """
    changed_by: str
    changed_at: AwareDatetime


class TrialOut(Model):
    """
    How a test event went.
    """

    message_id: str
    status: int | None
    """
    What the receiver answered; null when no answer came.
    """
    is_taken: bool
    detail: str | None
    milliseconds: int


class UnreadOut(Model):
    """
    Unread notices of a kind.
    """

    kind: str
    unread: int
    next_due_on: date | None
    """
    The nearest day among them that is still to come.
    """


class WebhookDeliveryOut(Model):
    """
    One notice on its way to a receiver.
    """

    notice_id: UUID
    recipient_role: str
    kind: str
    state: str
    attempts: int
    last_error: str | None
    queued_at: AwareDatetime
    next_try_at: AwareDatetime | None
    settled_at: AwareDatetime | None


class WebhookIn(Model):
    """
    A receiver of notices.
    """

    recipient: str
    """
    An importer number, or the id of a party.
    """
    url: str
    """
    An https address of the public network.
    """
    kinds: list[str] | None = None
    """
    Kinds of notice; none: all of them.
    """


class WebhookOut(Model):
    """
    A receiver of notices, without its secrets.
    """

    webhook_id: UUID
    recipient: str
    url: str
    kinds: list[str]
    state: str
    """
    Words: active, off; there may be others.
    """
    off_reason: str | None
    failing_since: AwareDatetime | None
    """
    Since when it has taken nothing; after five days it is off.
    """
    paused_until: AwareDatetime | None
    """
    Until when it is not called, because it has just failed; what waits for it waits together.
    """
    secrets_in_use: int
    """
    Two while a secret is rotated.
    """
    created_by: str
    created_at: AwareDatetime


class WebhookRegisteredOut(Model):
    """
    A receiver that was registered; the first answer to the call has its secret, and no other answer has it.
    """

    webhook_id: UUID
    recipient: str
    url: str
    kinds: list[str]
    state: str
    """
    Words: active, off; there may be others.
    """
    off_reason: str | None
    failing_since: AwareDatetime | None
    """
    Since when it has taken nothing; after five days it is off.
    """
    paused_until: AwareDatetime | None
    """
    Until when it is not called, because it has just failed; what waits for it waits together.
    """
    secrets_in_use: int
    """
    Two while a secret is rotated.
    """
    created_by: str
    created_at: AwareDatetime
    secret: str | None
    """
    Shown in the first answer alone; null when the call is sent again with its key.
    """
    secret_note: str | None = None


class WebhookSecretOut(Model):
    """
    A receiver with its new secret, which is shown this once.
    """

    webhook_id: UUID
    recipient: str
    url: str
    kinds: list[str]
    state: str
    """
    Words: active, off; there may be others.
    """
    off_reason: str | None
    failing_since: AwareDatetime | None
    """
    Since when it has taken nothing; after five days it is off.
    """
    paused_until: AwareDatetime | None
    """
    Until when it is not called, because it has just failed; what waits for it waits together.
    """
    secrets_in_use: int
    """
    Two while a secret is rotated.
    """
    created_by: str
    created_at: AwareDatetime
    secret: str


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


class WordsIn(Model):
    """
    A question in other words.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    subject: str
    text: str


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


class AnsweredOut(Model):
    """
    A published answer.
    """

    question_id: UUID
    center: str
    subject: str
    question: str
    asked_by: str
    """
    What the asker is, never who; `anonymous` where it wished so.
    """
    answer: str
    answer_es: str | None
    rule: RuleOut
    rests_on: str
    """
    `in force`, or `rests on an earlier version` when the rule has changed since.
    """
    rule_changed_at: AwareDatetime | None
    """
    When the rule was first found to be another.
    """
    published_at: AwareDatetime


class AudienceOut(Model):
    """
    Whom it would reach if it was released today, exactly, and whom not and why.
    """

    on: date
    reached: int
    no_address: int
    """
    Told in their inbox alone, until an address becomes known.
    """
    unsubscribed: int
    unknown: int
    """
    Not told: whether they are in the segment is not known.
    """
    rows: list[AudienceRowOut]


class BroadcastDetailOut(Model):
    """
    A broadcast with its progress and history.
    """

    broadcast_id: UUID
    center: str
    nature: str
    """
    Words: bulletin, guidance, directory; there may be others.
    """
    state: str
    """
    Words: draft, sending, paused, sent, withdrawn; there may be others.
    """
    revision: int
    segment: SegmentIn
    segment_says: str
    subject: str
    text: str
    subject_es: str | None
    text_es: str | None
    effective_on: date | None
    is_public: bool
    corrects: UUID | None
    corrected_by: UUID | None
    drafted_by: str
    drafted_at: AwareDatetime
    released_by: str | None
    released_at: AwareDatetime | None
    planned_at: AwareDatetime | None
    """
    When whom it is for was written down.
    """
    ended_at: AwareDatetime | None
    progress: ProgressOut
    history: list[ActOut]


class BroadcastIn(Model):
    """
    What a Center says, and to whom.
    """

    model_config = ConfigDict(
        extra='forbid',
    )
    center: str
    """
    Center identifier.
    """
    nature: Literal['bulletin', 'guidance'] | None = None
    """
    guidance: each version is also told to who subscribed, with what changed.
    """
    segment: SegmentIn | None = None
    subject: str
    text: str
    subject_es: str | None = None
    """
    In Spanish, beside it.
    """
    text_es: str | None = None
    """
    In Spanish, beside it.
    """
    effective_on: date | None = None
    """
    From when what it says holds.
    """
    is_public: bool | None = None
    """
    In the public archive, and for who subscribed to the Center.
    """
    corrects: UUID | None = None
    """
    The released broadcast that it takes the place of.
    """


class BroadcastOut(Model):
    """
    A broadcast of a Center as its staff sees it.
    """

    broadcast_id: UUID
    center: str
    nature: str
    """
    Words: bulletin, guidance, directory; there may be others.
    """
    state: str
    """
    Words: draft, sending, paused, sent, withdrawn; there may be others.
    """
    revision: int
    segment: SegmentIn
    segment_says: str
    subject: str
    text: str
    subject_es: str | None
    text_es: str | None
    effective_on: date | None
    is_public: bool
    corrects: UUID | None
    corrected_by: UUID | None
    drafted_by: str
    drafted_at: AwareDatetime
    released_by: str | None
    released_at: AwareDatetime | None
    planned_at: AwareDatetime | None
    """
    When whom it is for was written down.
    """
    ended_at: AwareDatetime | None


class ComparedDayOut(Model):
    """
    A legal day as it was compared last; a day with gaps is compared again each hour for a week.
    """

    day: date
    acts: int
    missing: int
    """
    How many gaps there are.
    """
    gaps: list[GapOut]
    """
    The first 1,000 of them.
    """
    compared_at: AwareDatetime


class DeliveriesOut(Model):
    """
    Deliveries to people; no recipient is named.
    """

    waiting: list[LaneOut]
    by_state: dict[str, int] | None
    """
    All deliveries; null where they are too many to count now.
    """


class DeliveryOut(Model):
    """
    One way of a notice to a recipient, its state and its history.
    """

    channel: str
    recipient_role: str
    recipient: str | None
    """
    Id of the party, where it went to one.
    """
    state: str
    """
    Where a delivery stands: `posted` from the start on the bulletin, `delivered` in the inbox of a portal.

    By e-mail it is `queued` and then `sent`, which the answer of the recipient's own server may make `delivered` or
    `bounced`; a letter is `sent` when people have mailed it. `acknowledged` says that the party itself did so.
    News that the Center withdrew, or the recipient wants no more, before it went out is `withdrawn`; so is a reminder
    that is not true any more. Words: posted, queued, sent, delivered, acknowledged, bounced, no-address, withdrawn; there may be others.
    """
    attempts: int
    message_id: str | None
    sent_to: str | None
    """
    Shown to staff and to the importer.
    """
    last_error: str | None
    queued_at: AwareDatetime
    next_try_at: AwareDatetime | None
    held_for: str | None
    """
    Why it waited though it could go out: quiet-hours or digest, as the recipient asked, or rate.
    """
    settled_at: AwareDatetime | None
    ledger: list[LedgerLineOut]


class HistoryOut(Model):
    """
    The history of one subject, table by table, in the order of each chain.
    """

    subject: str
    lines: list[SealedLineOut]


class InboxOut(Model):
    """
    What is unread.
    """

    unread: int
    is_more: bool
    """
    There are more: of the newest 10000 only these are counted.
    """
    since: date
    next_due_on: date | None
    by_kind: list[UnreadOut]


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


class NoticeLetterOut(Model):
    """
    The letter of a notice: where it is read, its batch, and its way through the post.
    """

    href: str
    batch_id: UUID | None
    """
    The batch in which it went to the print shop; null: in none.
    """
    typeset_at: AwareDatetime | None
    language: str | None
    pages: int | None
    sha256: str | None
    proofs: list[ProofOut]
    """
    Mailed, returned; empty while neither is known.
    """


class PageAnsweredOut(Model):
    items: list[AnsweredOut]
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


class PageComparedDayOut(Model):
    items: list[ComparedDayOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PagePostingOut(Model):
    items: list[PostingOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageRecipientOut(Model):
    items: list[RecipientOut]
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


class PageStatusRecordOut(Model):
    items: list[StatusRecordOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PageWebhookDeliveryOut(Model):
    items: list[WebhookDeliveryOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """


class PreferenceIn(Model):
    """
    What a recipient asks for beside what the law requires; nothing in it makes it told less of that.

    Quiet hours and digests hold back what may wait: no notice with an effect in law or with a letter behind it, no
    urgent one, and none whose day is less than 30 days away.
    """

    recipient: str
    """
    An importer number, or the id of a party.
    """
    language: Literal['en', 'es'] | None = None
    """
    A second language, where a notice has it.
    """
    second_email: str | None = None
    """
    Who is reached when the first address is not.
    """
    quiet_hours: QuietHours | None = None
    """
    None: at any hour.
    """
    digest: Literal['none', 'daily'] | None = None
    """
    daily: what may wait comes in one mail a day, after seven in the morning.
    """
    time_zone: str | None = None
    """
    By whose clock, as the tz database names it.
    """
    reminders: bool | None = None
    """
    false: no reminders of days that come near (N-45); all else still comes.
    """


class PreferenceOut(Model):
    """
    What a recipient asked for.
    """

    recipient: str
    language: str
    second_email: str | None
    quiet_hours: QuietHours | None
    digest: str
    """
    Words: none, daily; there may be others.
    """
    time_zone: str
    reminders: bool
    """
    Whether days that come near are reminded of (N-45).
    """
    revision: int
    changed_by: str
    changed_at: AwareDatetime


class QuestionDetailOut(Model):
    """
    A question with its history, for staff.
    """

    question_id: UUID
    center: str
    state: str
    """
    Words: asked, held, admitted, refused, merged, answered, published; there may be others.
    """
    revision: int
    subject: str
    text: str
    is_anonymous: bool
    asker: str
    """
    Not whole for staff where it can be a social security number.
    """
    asker_name: str
    asked_at: AwareDatetime
    held_for: str | None
    """
    Why it is held from publication.
    """
    refused_for: str | None
    merged_into: UUID | None
    answer: str | None
    """
    For its asker from when it is released.
    """
    answer_es: str | None
    answered_by: str | None
    """
    For staff.
    """
    rule: RuleOut | None
    published_at: AwareDatetime | None
    rule_changed_at: AwareDatetime | None
    history: list[ActOut]


class QuestionOut(Model):
    """
    A question as its asker and the Center see it.
    """

    question_id: UUID
    center: str
    state: str
    """
    Words: asked, held, admitted, refused, merged, answered, published; there may be others.
    """
    revision: int
    subject: str
    text: str
    is_anonymous: bool
    asker: str
    """
    Not whole for staff where it can be a social security number.
    """
    asker_name: str
    asked_at: AwareDatetime
    held_for: str | None
    """
    Why it is held from publication.
    """
    refused_for: str | None
    merged_into: UUID | None
    answer: str | None
    """
    For its asker from when it is released.
    """
    answer_es: str | None
    answered_by: str | None
    """
    For staff.
    """
    rule: RuleOut | None
    published_at: AwareDatetime | None
    rule_changed_at: AwareDatetime | None


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


class NoticeDetailOut(Model):
    """
    A notice with its facts, its words and its deliveries.
    """

    notice_id: UUID
    kind: str
    name: str
    form: str
    has_legal_effect: bool
    """
    False where the notice itself changes nobody's rights.
    """
    variant: str | None
    """
    Which case of its kind the notice is.
    """
    version: int
    """
    The version of the catalogue that the notice was made with.
    """
    importer_number: str | None
    """
    Masked when it is a social security number of someone else; null of what a filer alone is told.
    """
    entry_number: str | None
    """
    The entry, when the notice is about one.
    """
    entry_count: int
    filer_code: str | None
    center: str | None
    issued_on: date
    due_on: date | None
    citation: str
    if_nothing_is_done: str
    acknowledged_at: AwareDatetime | None
    """
    When the importer acknowledged it; for another party that reads it, when that did. Null: not yet.
    """
    entry_numbers: list[str]
    facts: dict[str, Any]
    text: str
    reply: ReplyOut
    replies: list[GivenReplyOut]
    """
    What was replied here, the oldest first.
    """
    deliveries: list[DeliveryOut]
    letter: NoticeLetterOut | None
    """
    The notice on paper; null where its kind is no letter.
    """


class PageQuestionOut(Model):
    items: list[QuestionOut]
    next: str | None = None
    """
    The link to the next page; absent or null on the last.
    """
