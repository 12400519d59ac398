"""Taking mail for the mailboxes of Centers: each mail opens an inquiry of the Center, with the mail as its file."""

from datetime import datetime
from io import BytesIO
from typing import Final
from uuid import UUID

import structlog

from services.workqueue.acts.matter import open_by_event
from services.workqueue.domain.center_mail import center_of, read_mail
from services.workqueue.domain.item import SYSTEM
from services.workqueue.store import items as item_store
from shared.customs.calendar import legal_date
from shared.customs.centers import centers
from shared.db.transaction import Connections, transaction
from shared.files.depot import Depot
from shared.files.file import Content, File
from shared.files.keeping import keep_file
from shared.files.store import lock_content
from shared.runtime.clock import Clock
from shared.runtime.ids import event_id

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

PROCESS: Final = "inquiry"
EVENT: Final = "center-mail-received"


class CenterMailbox:
    """Opens inquiries. Mail for what is no Center in operation is refused before it is read."""

    def __init__(self, database: Connections, depot: Depot, clock: Clock, host: str) -> None:
        self._database = database
        self._depot = depot
        self._clock = clock
        self._host = host

    def is_known(self, address: str) -> bool:
        """Whether an address is the mailbox of a Center that operates today."""
        found = centers().get(center_of(address, self._host) or "")
        return found is not None and found.is_open(legal_date(self._clock.now()))

    async def take(self, address: str, message: bytes) -> None:
        """Open an inquiry of a mail, once; an automatic one opens none.

        Raises `Refused` for what is no mail, too large or harmful, `Transient` when it should come again.
        """
        mail, center = read_mail(message), center_of(address, self._host)
        assert center is not None
        if mail.is_automatic:
            log.info("center_mail_is_automatic", center=center)
            return
        content = await self._depot.check(BytesIO(message), "mail.eml")
        await self._depot.put(content.sha256, BytesIO(message))
        item_id, now = UUID(event_id("matter", EVENT, center, mail.identity)), self._clock.now()
        async with transaction(self._database) as tx:
            await lock_content(tx, content.sha256)  # the same mail by two ways at once: the second waits
            if await item_store.lock_items(tx, [item_id]):
                return
            await open_by_event(tx, item_id, PROCESS, EVENT, mail.title, center, now)
            await keep_file(tx, self._depot, BytesIO(message), _file_of(item_id, content, now))


def _file_of(item_id: UUID, content: Content, now: datetime) -> File:
    """The mail as it came, for those who work here: who wrote it is no party that somebody vouched for."""
    return File(
        file_id=UUID(event_id("file", "item", str(item_id), EVENT)),
        subject="item",
        subject_id=str(item_id),
        level="internal",
        name=content.name,
        kind=content.kind,
        size_bytes=content.size_bytes,
        sha256=content.sha256,
        added_at=now,
        added_by=SYSTEM.subject,
        added_by_name=SYSTEM.name,
        acting_for=None,
        is_by_party=False,
        authority=EVENT,
        scan=content.scan,
        scan_detail=content.scan_detail,
        scanned_at=now if content.scan == "clean" else None,
    )
