"""The secrets of webhooks at rest: sealed with the operator's key, and sealed anew when that is another one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.notifications.domain.webhooks import Secret, Webhook
from services.notifications.store import webhooks as store
from shared.db.transaction import Connections, Transaction
from shared.runtime.seals import Seals
from shared.runtime.slices import work_through
from shared.webhooks.signature import PREFIX

_SLICE: Final = 500


def seal_secret(seals: Seals, secret: str) -> str:
    """A secret as the database keeps it."""
    return seals.seal(secret.encode()).decode()


def open_secret(seals: Seals, sealed: str) -> str:
    """A secret as it signs; raises `Unsealable`.

    What the release before wrote lies in clear until `seal_anew` has come by.
    """
    return sealed if _is_clear(sealed) else seals.open(sealed.encode()).decode()


async def seal_anew(database: Connections, seals: Seals) -> int:
    """Seal with the newest key what lies in clear or under the key before it; gives how many webhooks had such."""

    async def list_next(tx: Transaction, last: Webhook | None, without: Sequence[str]) -> Sequence[Webhook]:
        return await store.hold_next(tx, last, without, _SLICE)

    async def seal(tx: Transaction, webhooks: Sequence[Webhook]) -> int:
        sealed = 0
        for webhook in webhooks:
            secrets = tuple(_sealed_anew(seals, each) for each in webhook.secrets)
            if secrets != webhook.secrets:
                await store.write_secrets(tx, webhook.webhook_id, secrets)
                sealed += 1
        return sealed

    return await work_through(database, list_next, seal, key_of=lambda webhook: str(webhook.webhook_id))


def _sealed_anew(seals: Seals, secret: Secret) -> Secret:
    if not _is_clear(secret.sealed) and seals.is_newest(secret.sealed.encode()):
        return secret
    return replace(secret, sealed=seal_secret(seals, open_secret(seals, secret.sealed)))


def _is_clear(sealed: str) -> bool:
    return sealed.startswith(PREFIX)
