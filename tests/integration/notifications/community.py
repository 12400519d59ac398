"""A small community of a Center for tests: accounts, parties, people, and the calls that they make."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.broadcasting import Broadcaster
from services.notifications.acts.sending import Sender, SendingRules
from services.notifications.domain.lanes import Allowance
from services.notifications.domain.subscriptions import Links
from shared.contracts.envelope import Event
from shared.db.transaction import Connections
from shared.mail.protocol import Fate, Mail, Outcome
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.slices import JobSession
from tests.integration.notifications.builders import NOW, ScriptedMailer, account_assigned, apply, client_of
from tests.support.events import entry_number
from tests.support.recorded import recorded

CENTER = "CEE007"
HOST = "centerline.example"
SPECIALIST = Identity("kim", "Kim Reyes", frozenset({RoleName.IMPORT_SPECIALIST}), frozenset({CENTER}))
DIRECTOR = Identity("dana", "Dana Fox", frozenset({RoleName.CENTER_DIRECTOR}), frozenset({CENTER}))
OTHER_DIRECTOR = Identity("lee", "Lee Sato", frozenset({RoleName.CENTER_DIRECTOR}), frozenset({"CEE005"}))
FIRST, SECOND, THIRD, FOURTH = (f"0{number}-345678900" for number in (1, 2, 3, 4))
LINKS = Links("https://bulletin.example", (f"unsubscribe {'s' * 32}".encode(),))
SAID: dict[str, Any] = {"center": CENTER, "subject": "SYNTHETIC: serial numbers", "text": "SYNTHETIC: name them."}


def owner_of(importer: str) -> Identity:
    """Somebody who speaks for an importer."""
    name = f"owner of {importer}"
    return Identity(name, name, frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({importer}))


def account(importer: str, center: str | None = CENTER, **changes: Any) -> Event[Any]:
    """An account with its Center, and an address of its own."""
    given = {"contact_email": f"trade@i{importer[:2]}.example", "center": center} if center else {"center": None}
    return account_assigned(importer, **given | changes)


def routed(importer: str, serial: int, **changes: Any) -> Event[Any]:
    """An entry of an importer that routing gave to a Center."""
    given = {"entry_number": entry_number(serial), "importer_number": importer} | changes
    return recorded("routing/entry-of-account-unreviewed", id=f"routed-{serial}", **given)


async def settle_in(engine: AsyncEngine, *events: Event[Any]) -> None:
    """Three importers of the Center, one of another, and what else is said; nobody has had a mail of it yet."""
    accounts = [account(FIRST), account(SECOND), account(THIRD), account(FOURTH, "CEE005")]
    await apply(engine, [*accounts, *events])
    await send_mails(engine)


async def call(
    engine: AsyncEngine, folder: Path, who: Identity | None, method: str, path: str, body: Any = None, **headers: str
) -> httpx.Response:
    """One call of the API."""
    async with client_of(engine, folder, who) as client:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.request(method, path, json=body, headers=sent)


async def draft(engine: AsyncEngine, folder: Path, key: str = "one", **changes: Any) -> dict[str, Any]:
    """A broadcast that the specialist drafted."""
    answer = await call(
        engine, folder, SPECIALIST, "POST", "/broadcasts", SAID | changes, Idempotency_Key=f"draft {key}"
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def release(engine: AsyncEngine, folder: Path, made: dict[str, Any], who: Identity = DIRECTOR) -> httpx.Response:
    """Another person releases it as it was read."""
    path = f"/broadcasts/{made['broadcast_id']}"
    return await call(engine, folder, who, "POST", f"{path}/release", If_Match=f'"{made["revision"]}"')


async def read(engine: AsyncEngine, folder: Path, made: dict[str, Any]) -> dict[str, Any]:
    """A broadcast with its progress."""
    found = await call(engine, folder, DIRECTOR, "GET", f"/broadcasts/{made['broadcast_id']}")
    assert found.status_code == 200, found.text
    told: dict[str, Any] = found.json()
    return told


def broadcaster(database: Connections, clock: FixedClock, per_second: int = 1000) -> Broadcaster:
    """What begins broadcasts, as the job of a process does."""
    return Broadcaster(database, clock, HOST, Allowance(per_second), per_second)


async def begin(engine: AsyncEngine, clock: FixedClock | None = None, per_second: int = 1000) -> int:
    """One run of the job that sends broadcasts."""
    clock = clock or FixedClock(NOW)
    return await broadcaster(JobSession("send-broadcasts", engine, clock), clock, per_second).run()


async def send_mails(engine: AsyncEngine, clock: FixedClock | None = None) -> Sequence[Mail]:
    """One run of the sender; gives what went out."""
    mailer = ScriptedMailer(lambda mail: Outcome(Fate.SENT))
    rules = SendingRules(timedelta(minutes=1), timedelta(hours=24), "https://bulletin.example", links=LINKS)
    clock = clock or FixedClock(NOW)
    await Sender(JobSession("send-mail", engine, clock), mailer, clock, rules).run()
    return mailer.mails
