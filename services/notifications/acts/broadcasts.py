"""What people do with a broadcast of a Center: draft, revise, count, release as a second person, pause, withdraw."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.broadcasts import (
    TRANSITIONS,
    Broadcast,
    BroadcastAct,
    Content,
    NewsChange,
    body_of,
    find_changes,
)
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.kind import VERSION
from services.notifications.domain.notices import Notice
from services.notifications.domain.questions import find_confidential
from services.notifications.store import audiences as audience_store
from services.notifications.store import broadcasts as store
from services.notifications.store.audiences import AudienceCount
from services.notifications.store.notices import WrittenNotice, issue
from shared.customs.calendar import legal_date
from shared.customs.centers import centers
from shared.customs.parties import is_party_id
from shared.db.idempotency import IdempotentCall, key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, no_such
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity, people_of
from shared.runtime.ids import event_id
from shared.runtime.two_people import demand_second_person

SUBJECT = "center-broadcast"


async def draft(
    tx: Transaction, caller: Identity, call: IdempotentCall, content: Content, corrects: UUID | None, now: datetime
) -> Broadcast:
    """Draft a broadcast; its id follows from the call. `corrects` is a released one that it is to take the place of.

    Raises `Forbidden` for a Center that the caller does not speak for, `Refused` for a Center that there is not and
    for a correction of what was never released or is of another Center.
    """
    demand(caller, f"{SUBJECT}.draft", legal_date(now), _matter(content.center), f"broadcast of {content.center}")
    if content.center not in centers():
        raise Refused(
            f"There is no Center {content.center}.",
            rule="center-exists",
            code="unknown-center",
            remedy="Take a code from GET /centers of routing.",
        )
    if corrects is not None:
        await _demand_correctable(tx, corrects, content)
    _demand_public_guidance(content)
    _demand_no_numbers(content)
    broadcast = Broadcast(
        broadcast_id=UUID(event_id("center-broadcast", call.identity, call.key)),
        content=content,
        state="draft",
        revision=1,
        corrects=corrects,
        drafted_by=caller.signature,
        drafted_at=now,
        released_by=None,
        released_at=None,
        planned_at=None,
        ended_at=None,
    )
    if not await store.write_broadcast(tx, broadcast):
        raise key_reused()
    await store.write_act(tx, broadcast, "draft", caller.signature, now, with_content=True)
    return broadcast


async def revise(
    tx: Transaction, caller: Identity, broadcast_id: UUID, if_match: IfMatch, content: Content, now: datetime
) -> Broadcast:
    """Give a draft other words or another segment; its Center stays. Raises `Conflict` once it is released."""
    before = await _hold(tx, caller, broadcast_id, "draft", now)
    if_match.check(before.revision)
    _demand_state(before, "revise")
    if content.center != before.content.center:
        raise Refused(
            f"The broadcast is one of {before.content.center}.",
            rule="broadcast-center",
            code="another-center",
            remedy="Draft a broadcast of its own for another Center.",
        )
    if before.corrects is not None:
        await _demand_correctable(tx, before.corrects, content)
    _demand_public_guidance(content)
    _demand_no_numbers(content)
    changed = replace(before, content=content, revision=before.revision + 1)
    await store.change_broadcast(tx, changed, with_content=True)
    await store.write_act(tx, changed, "revise", caller.signature, now, with_content=True)
    return changed


async def count(tx: Transaction, caller: Identity, broadcast_id: UUID, now: datetime) -> list[AudienceCount]:
    """Whom a broadcast would reach if it was released today, exactly, and whom not and why."""
    broadcast = await find(tx, caller, broadcast_id, now)
    return await audience_store.count_audience(tx, broadcast, legal_date(now))


async def release(tx: Transaction, caller: Identity, broadcast_id: UUID, if_match: IfMatch, now: datetime) -> Broadcast:
    """Release what another person drafted, as it was read: from now on it is sent, and never changed.

    Raises `Forbidden` for whoever wrote words of it, and `Refused` when it would reach nobody.
    """
    before = await _hold(tx, caller, broadcast_id, "release", now)
    if_match.check(before.revision)
    _demand_state(before, "release")
    authors = await store.find_authors(tx.connection, broadcast_id)
    demand_second_person(
        caller, {name for each in authors for name in people_of(each)}, "wrote words of this broadcast"
    )
    if before.corrects is not None:
        await _demand_correctable(tx, before.corrects, before.content)
    _demand_no_numbers(before.content)
    if not await audience_store.reaches_anybody(tx, before, legal_date(now)):
        raise Refused(
            "Nobody is known to be in the segment and may be told.",
            rule="broadcast-audience",
            code="nobody-addressed",
            remedy="Widen the segment; GET /broadcasts/{broadcast_id}/audience says who is left out and why.",
        )
    return await _change(
        tx, caller, replace(before, released_by=caller.signature, released_at=now), "release", now, with_content=True
    )


async def pause(tx: Transaction, caller: Identity, broadcast_id: UUID, reason: str, now: datetime) -> Broadcast:
    """Let nothing more of it go out until somebody resumes it."""
    return await _act(tx, caller, broadcast_id, "pause", reason, now)


async def resume(tx: Transaction, caller: Identity, broadcast_id: UUID, reason: str, now: datetime) -> Broadcast:
    """Let a paused broadcast go on where it stopped."""
    return await _act(tx, caller, broadcast_id, "resume", reason, now)


async def withdraw(tx: Transaction, caller: Identity, broadcast_id: UUID, reason: str, now: datetime) -> Broadcast:
    """End it: what has not gone out does not. What was told stays told; a correction is a broadcast of its own."""
    changed = await _act(tx, caller, broadcast_id, "withdraw", reason, now)
    await store.withdraw_waiting(tx, broadcast_id)
    return changed


async def find(tx: Transaction, caller: Identity, broadcast_id: UUID, now: datetime) -> Broadcast:
    """A broadcast as staff of its Center sees it. Raises `NotFound` for all others."""
    broadcast = await store.find_broadcast(tx.connection, broadcast_id)
    what = f"broadcast {broadcast_id}"
    if broadcast is None:
        raise no_such(what)
    demand(caller, f"{SUBJECT}.read", legal_date(now), _matter(broadcast.content.center), what)
    return broadcast


async def changes_since(connection: AsyncConnection, broadcast: Broadcast) -> list[NewsChange]:
    """What a correction changes of the words that it takes the place of; nothing of a first version."""
    if broadcast.corrects is None:
        return []
    before = await store.find_broadcast(connection, broadcast.corrects)
    if before is None:
        return []
    told = [] if before.content.subject == broadcast.content.subject else [_subject_change(before, broadcast)]
    return [*told, *find_changes(before.content.text, broadcast.content.text)]


def notice_of(broadcast: Broadcast, recipient: str, kind: str, changes: Sequence[NewsChange], now: datetime) -> Notice:
    """The notice by which a broadcast is told to one recipient."""
    party_kind, _, code = recipient.partition(":")
    is_party = is_party_id(recipient)
    return Notice(
        kind=kind,
        subject=f"{broadcast.broadcast_id}:{recipient}",
        sequence=1,
        importer_number=None if is_party else recipient,
        issued_on=legal_date(now),
        citation=CATALOGUE[kind].law,
        filer_code=code if party_kind == "filer" else None,
        surety_code=code if party_kind == "surety" else None,
        center=broadcast.content.center,
        body=body_of(broadcast, changes),
        variant=variant_of(broadcast, kind, is_party=is_party),
        party_id=recipient if is_party else None,
    )


def variant_of(broadcast: Broadcast, kind: str, *, is_party: bool) -> str | None:
    """In which words it is told."""
    match broadcast.content.nature:
        case "directory":
            return None
        case "guidance" if kind == "N-47":
            return "guidance"
        case "bulletin" | "guidance":
            if broadcast.corrects is not None:
                return "correction"
            return "party" if is_party else None
        case never:
            assert_never(never)


def previewed(broadcast: Broadcast, changes: Sequence[NewsChange], kind: str, now: datetime) -> WrittenNotice:
    """The notice as an importer would get it, which nobody gets: to look at."""
    nobody = "00-000000000"
    told = issue(notice_of(broadcast, nobody, kind, changes, now), now)
    notice = told.notice
    return WrittenNotice(
        notice_id=UUID(told.notice_id),
        kind=notice.kind,
        subject=notice.subject,
        cause_sequence=notice.sequence,
        version=VERSION,
        importer_number=None,
        entry_number=None,
        filer_code=None,
        surety_code=None,
        center=notice.center,
        issued_on=notice.issued_on,
        due_on=None,
        citation=notice.citation,
        if_nothing_is_done=notice.words.if_nothing_is_done,
        body=notice.body,
        caused_at=now,
        variant=notice.variant,
        entry_numbers=(),
    )


def _subject_change(before: Broadcast, after: Broadcast) -> NewsChange:
    return NewsChange("subject", before.content.subject, after.content.subject)


async def _act(
    tx: Transaction, caller: Identity, broadcast_id: UUID, act: BroadcastAct, reason: str, now: datetime
) -> Broadcast:
    before = await _hold(tx, caller, broadcast_id, "stop", now)
    _demand_state(before, act)
    ended = replace(before, ended_at=now) if act == "withdraw" else before
    return await _change(tx, caller, ended, act, now, reason=reason)


async def _change(
    tx: Transaction,
    caller: Identity,
    broadcast: Broadcast,
    act: BroadcastAct,
    now: datetime,
    *,
    reason: str | None = None,
    with_content: bool = False,
) -> Broadcast:
    state = TRANSITIONS[act][1] or broadcast.state
    changed = replace(broadcast, state=state, revision=broadcast.revision + 1)
    await store.change_broadcast(tx, changed, with_content=False)
    await store.write_act(tx, changed, act, caller.signature, now, reason=reason, with_content=with_content)
    return changed


async def _hold(tx: Transaction, caller: Identity, broadcast_id: UUID, verb: str, now: datetime) -> Broadcast:
    broadcast = await store.hold_broadcast(tx, broadcast_id)
    what = f"broadcast {broadcast_id}"
    if broadcast is None:
        raise no_such(what)
    demand(caller, f"{SUBJECT}.{verb}", legal_date(now), _matter(broadcast.content.center), what)
    return broadcast


def _demand_state(broadcast: Broadcast, act: BroadcastAct) -> None:
    if broadcast.state not in TRANSITIONS[act][0]:
        raise Conflict(
            f"The broadcast is {broadcast.state}, and can not be taken to `{act}` from there.",
            rule="broadcast-state",
            code="broadcast-state",
            remedy="Read it again with GET /broadcasts/{broadcast_id}; a correction is a broadcast of its own.",
        )


async def _demand_correctable(tx: Transaction, corrected_id: UUID, content: Content) -> None:
    corrected = await store.find_broadcast(tx.connection, corrected_id)
    if (
        corrected is None
        or corrected.released_at is None
        or corrected.content.center != content.center
        or corrected.content.nature != content.nature
    ):
        raise Refused(
            f"There is no released {content.nature} {corrected_id} of {content.center} that could be corrected.",
            rule="broadcast-correction",
            code="nothing-to-correct",
            remedy="Name one that its Center released; revise a draft instead.",
        )


def _demand_public_guidance(content: Content) -> None:
    if content.nature == "guidance" and not content.is_public:
        raise Refused(
            "Guidance is public: whoever subscribed to it is told of each version.",
            rule="guidance-is-public",
            code="guidance-not-public",
            remedy="Make it public, or send a bulletin.",
        )


def _demand_no_numbers(content: Content) -> None:
    why = find_confidential(content.subject, content.text, content.subject_es, content.text_es)
    if content.is_public and why is not None:
        raise Conflict(
            f"This is held from publication: {why}.",
            rule="question-confidential",
            code="confidential-fact",
            remedy="Say it without the number; what is of one matter is told in that matter.",
        )


def _matter(center: str) -> Matter:
    return Matter(None, frozenset({center}))
