"""A party replies to a notice: the reply is kept with it, and is filed in the party's name, as a response."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.notifications.acts.inbox import matter_of_notice
from services.notifications.domain.replies import reply_to, takes_reply
from services.notifications.publishing import SOURCE, reply_filed
from services.notifications.store import notices as notice_store
from services.notifications.store import replies as store
from services.notifications.store.notices import WrittenNotice
from services.notifications.store.replies import GivenReply
from shared.bus import outbox
from shared.contracts.post_entry import FiledBy
from shared.customs.calendar import legal_date
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import Transaction
from shared.runtime.access import OUTSIDE_PARTIES, demand, no_such
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import event_id


async def reply(
    tx: Transaction,
    caller: Identity,
    call: IdempotentCall,
    notice_id: UUID,
    *,
    text: str,
    files: Sequence[str],
    now: datetime,
) -> GivenReply:
    """File a reply to a notice; its number follows from the call.

    Raises `NotFound` for a notice that the caller does not see, `Refused` for one that is answered otherwise: who
    replies to a liquidation in words has not protested it.
    """
    notice = await notice_store.find_notice(tx.connection, notice_id)
    what = f"notice {notice_id}"
    if notice is None:
        raise no_such(what)
    demand(caller, "notice.reply", legal_date(now), matter_of_notice(notice), what)
    if notice.importer_number is None or not takes_reply(notice.kind):
        raise Refused(
            "This notice is not answered by a reply.",
            rule="notice-reply",
            code="answered-otherwise",
            remedy=_remedy(notice),
        )
    given = GivenReply(
        filing_number=f"REPLY-{event_id('reply', call.identity, call.key)}",
        notice_id=notice_id,
        text=text,
        files=tuple(files),
        replied_by=caller.subject,
        replied_by_name=caller.name,
        acting_for=caller.acting_for,
        replied_at=now,
    )
    await store.write_reply(tx, given)
    await outbox.add(tx, SOURCE, [reply_filed(given, notice, notice.importer_number, _filed_by(caller, notice))])
    return given


def _remedy(notice: WrittenNotice) -> str:
    if notice.importer_number is None:
        return "Send the message again with what is wrong put right."
    way = reply_to(notice.kind, notice.notice_id, notice.body)
    return f"{way.says} ({way.service}: {way.method} {way.path})" if way.path else way.says


def _filed_by(caller: Identity, notice: WrittenNotice) -> FiledBy:
    """The party in the words of filings: a broker and a surety by their codes, an importer by its number."""
    if notice.importer_number in caller.importer_numbers and caller.has_role(RoleName.IMPORTER):
        return FiledBy(role="importer", id=str(notice.importer_number), name=caller.name)
    role = min(caller.roles & OUTSIDE_PARTIES)
    codes = {RoleName.BROKER: caller.filer_code, RoleName.SURETY: caller.surety_code}
    return FiledBy(role=role.value, id=codes.get(role) or caller.subject, name=caller.name)
