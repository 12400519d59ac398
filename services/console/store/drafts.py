"""What people wrote and have not sent: kept, read, dropped."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.console.store.tables.core import drafts
from shared.db.transaction import Transaction

KEPT = timedelta(days=30)


async def keep(tx: Transaction, subject: str, place: str, form: str, content: bytes, now: datetime) -> None:
    """Keep what somebody wrote, instead of what was kept of this form before."""
    row = {"subject": subject, "place": place, "form": form, "content": content, "saved_at": now}
    await tx.connection.execute(delete(drafts).where(drafts.c.saved_at <= now - KEPT))
    await tx.connection.execute(
        insert(drafts)
        .values(row)
        .on_conflict_do_update(index_elements=["subject", "place", "form"], set_={"content": content, "saved_at": now})
    )


async def read(tx: Transaction, subject: str, place: str) -> dict[str, tuple[bytes, datetime]]:
    """What somebody wrote in the forms of a place, with the time."""
    rows = await tx.connection.execute(
        select(drafts.c.form, drafts.c.content, drafts.c.saved_at).where(
            drafts.c.subject == subject, drafts.c.place == place
        )
    )
    return {row.form: (row.content, row.saved_at) for row in rows}


async def drop(tx: Transaction, subject: str, place: str, form: str) -> None:
    """Forget what was kept of a form."""
    await tx.connection.execute(
        delete(drafts).where(drafts.c.subject == subject, drafts.c.place == place, drafts.c.form == form)
    )
