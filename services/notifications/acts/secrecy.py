"""The secrets of webhooks at rest: encrypted with the operator's key, and anew when that is another one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.notifications.domain.webhooks import Secret, Webhook
from services.notifications.store import webhooks as store
from shared.db.transaction import Connections, Transaction
from shared.runtime.encryption import Cipher
from shared.runtime.slices import work_through
from shared.webhooks.signature import PREFIX

_SLICE: Final = 500


def encrypt_secret(cipher: Cipher, secret: str) -> str:
    """A secret as the database keeps it."""
    return cipher.encrypt(secret.encode()).decode()


def decrypt_secret(cipher: Cipher, encrypted: str) -> str:
    """A secret as it signs; raises `Undecipherable`.

    What the release before wrote lies in clear until `encrypt_anew` has come by.
    """
    return encrypted if _is_clear(encrypted) else cipher.decrypt(encrypted.encode()).decode()


async def encrypt_anew(database: Connections, cipher: Cipher, now: datetime) -> int:
    """Encrypt with the newest key what lies in clear or under the key before it, and drop secrets that sign no more.

    Gives how many webhooks had such.
    """

    async def list_next(tx: Transaction, last: Webhook | None, without: Sequence[str]) -> Sequence[Webhook]:
        return await store.hold_next(tx, last, without, _SLICE)

    async def encrypt(tx: Transaction, webhooks: Sequence[Webhook]) -> int:
        changed = 0
        for webhook in webhooks:
            secrets = tuple(_encrypted_anew(cipher, each) for each in webhook.signing(now))
            if secrets != webhook.secrets:
                await store.write_secrets(tx, webhook.webhook_id, secrets)
                changed += 1
        return changed

    return await work_through(database, list_next, encrypt, key_of=lambda webhook: str(webhook.webhook_id))


def _encrypted_anew(cipher: Cipher, secret: Secret) -> Secret:
    if not _is_clear(secret.encrypted) and cipher.is_newest(secret.encrypted.encode()):
        return secret
    return replace(secret, encrypted=encrypt_secret(cipher, decrypt_secret(cipher, secret.encrypted)))


def _is_clear(encrypted: str) -> bool:
    return encrypted.startswith(PREFIX)
