"""Sessions and sign-ins as rows: written, read and touched, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from services.console.store.tables.core import sessions, sign_ins
from shared.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts: unused, and in any case."""

    idle: timedelta
    most: timedelta


SIGN_IN_LASTS = timedelta(minutes=10)
_TOUCHED_EVERY = timedelta(minutes=1)


async def begin(
    tx: Transaction, key: bytes, content: bytes, *, subject: str, provider_session: str | None, now: datetime
) -> None:
    """Keep a new session."""
    await tx.connection.execute(
        insert(sessions).values(
            session_key=key,
            content=content,
            subject=subject,
            provider_session=provider_session,
            started_at=now,
            used_at=now,
        )
    )


async def read(tx: Transaction, key: bytes, lifetime: Lifetime, now: datetime, *, is_used: bool = True) -> bytes | None:
    """The content of a session that lasts; None when there is none. `is_used` is false where nobody did anything."""
    found = (
        await tx.connection.execute(select(sessions.c.content, sessions.c.used_at).where(*_lasts(key, lifetime, now)))
    ).first()
    if found is None:
        return None
    if is_used and found.used_at < now - _TOUCHED_EVERY:
        await tx.connection.execute(update(sessions).where(sessions.c.session_key == key).values(used_at=now))
    content: bytes = found.content
    return content


async def lock(tx: Transaction, key: bytes, lifetime: Lifetime, now: datetime) -> bytes | None:
    """The content of a session that lasts, which nobody else changes until the transaction ends."""
    content: bytes | None = await tx.connection.scalar(
        select(sessions.c.content).where(*_lasts(key, lifetime, now)).with_for_update()
    )
    return content


async def replace(tx: Transaction, key: bytes, content: bytes) -> None:
    """Let a session that is locked keep something else: a refreshed token."""
    await tx.connection.execute(update(sessions).where(sessions.c.session_key == key).values(content=content))


async def end(tx: Transaction, key: bytes) -> None:
    """End a session."""
    await tx.connection.execute(delete(sessions).where(sessions.c.session_key == key))


async def end_of_provider(tx: Transaction, provider_session: str | None, subject: str | None) -> int:
    """End the sessions that the provider names, by its own session or by the person; gives how many."""
    named = [
        column == value
        for column, value in ((sessions.c.provider_session, provider_session), (sessions.c.subject, subject))
        if value is not None
    ]
    if not named:
        return 0
    done = await tx.connection.execute(delete(sessions).where(named[0]))
    return done.rowcount


async def prune(tx: Transaction, lifetime: Lifetime, now: datetime) -> None:
    """Forget what has ended."""
    await tx.connection.execute(
        delete(sessions).where(
            or_(sessions.c.used_at <= now - lifetime.idle, sessions.c.started_at <= now - lifetime.most)
        )
    )
    await tx.connection.execute(delete(sign_ins).where(sign_ins.c.started_at <= now - SIGN_IN_LASTS))


async def keep_sign_in(tx: Transaction, key: bytes, content: bytes, now: datetime) -> None:
    """Keep what a sign-in needs when the person comes back from the provider."""
    await tx.connection.execute(insert(sign_ins).values(state_key=key, content=content, started_at=now))


async def take_sign_in(tx: Transaction, key: bytes, now: datetime) -> bytes | None:
    """What a sign-in needs, once and for ten minutes; None otherwise."""
    taken: bytes | None = await tx.connection.scalar(
        delete(sign_ins)
        .where(sign_ins.c.state_key == key, sign_ins.c.started_at > now - SIGN_IN_LASTS)
        .returning(sign_ins.c.content)
    )
    return taken


def _lasts(key: bytes, lifetime: Lifetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A session by its key, unless it has ended."""
    return (
        sessions.c.session_key == key,
        sessions.c.used_at > now - lifetime.idle,
        sessions.c.started_at > now - lifetime.most,
    )
