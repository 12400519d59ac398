"""Who looks at a page, by the session that the cookie names; its token is renewed at the provider before it ends."""

import asyncio
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog

from services.console.acts.login import Login, LoginFailed, SignedIn
from services.console.acts.secrets import Vault
from services.console.store import sessions
from services.console.store.sessions import Lifetime
from shared.db.transaction import transaction
from shared.runtime.platform import Platform

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_NEXT_KEPT: Final = 10
_RENEWED_BEFORE: Final = timedelta(seconds=60)


def token_of(got: SignedIn, now: datetime) -> dict[str, Any]:
    """What a session keeps of the provider's answer."""
    ends_at = None if got.lasts_seconds is None else (now + timedelta(seconds=got.lasts_seconds)).isoformat()
    return {"token": got.access_token, "refresh": got.refresh_token, "ends_at": ends_at}


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of this process: read, and each renewed once at a time: a slow provider holds up no other."""

    platform: Platform
    vault: Vault
    lifetime: Lifetime
    login: Login | None
    renewing: MutableMapping[bytes, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def read(self, key: bytes, *, is_used: bool = True) -> dict[str, Any] | None:
        """What the session keeps, with a token that is good; None when it is over.

        `is_used` is false for what a page asks by itself, which keeps no session alive.
        """
        content = await self._content(key, is_used=is_used)
        if content is None or not self._is_ending(content):
            return content
        async with self.renewing.setdefault(key, asyncio.Lock()):
            content = await self._content(key)  # somebody else may have renewed it meanwhile
            if content is None or not self._is_ending(content):
                return content
            return await self._renew(key, content)

    async def note_next(self, key: bytes, item_id: str, why: str) -> None:
        """Remember why an item came next; of the newest that the session took."""

        def noted(content: dict[str, Any]) -> dict[str, Any]:
            known = {item: text for item, text in content.get("why_next", {}).items() if item != item_id}
            return {**content, "why_next": dict([*known.items(), (item_id, why)][-_NEXT_KEPT:])}

        await self._change(key, noted)

    async def _change(self, key: bytes, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any] | None:
        """Change what a session keeps as it stands now, which a renewal or another page may write at the same time."""
        async with transaction(self.platform.engine) as tx:
            sealed = await sessions.lock(tx, key, self.lifetime, self.platform.clock.now())
            content = None if sealed is None else self.vault.open(sealed)
            if content is None:
                return None
            changed = change(content)
            await sessions.replace(tx, key, self.vault.seal(changed))
        return changed

    async def _content(self, key: bytes, *, is_used: bool = False) -> dict[str, Any] | None:
        async with transaction(self.platform.engine) as tx:
            sealed = await sessions.read(tx, key, self.lifetime, self.platform.clock.now(), is_used=is_used)
        return None if sealed is None else self.vault.open(sealed)

    def _is_ending(self, content: dict[str, Any]) -> bool:
        ends_at = content.get("ends_at")
        if ends_at is None:
            return False
        return datetime.fromisoformat(ends_at) - self.platform.clock.now() < _RENEWED_BEFORE

    async def _renew(self, key: bytes, content: dict[str, Any]) -> dict[str, Any] | None:
        now = self.platform.clock.now()
        is_over = datetime.fromisoformat(content["ends_at"]) <= now
        if self.login is None or content.get("refresh") is None:
            return None if is_over else content
        try:
            got = await self.login.refresh(content["refresh"], content["subject"], None)
        except LoginFailed as failed:
            log.warning("session not renewed", error=str(failed))
            again = await self._content(key)  # another process may have spent the refresh token first
            return again if again is not None and not self._is_ending(again) else None if is_over else content
        return await self._change(key, lambda standing: {**standing, **token_of(got, now)})
