"""What a recipient does with its webhooks: register, rotate the secret, turn off and on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.notifications.acts.inbox import demand_recipient
from services.notifications.acts.secrecy import encrypt_secret
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.webhooks import Secret, Webhook, find_flaw, rotate
from services.notifications.store import webhooks as store
from shared.customs.calendar import legal_date
from shared.customs.parties import is_party_id
from shared.db.idempotency import IdempotentCall, key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, no_such
from shared.runtime.encryption import Cipher
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.webhooks.signature import fresh_secret

MOST: int = 10
"""Webhooks of one recipient."""


async def register(
    tx: Transaction,
    caller: Identity,
    call: IdempotentCall,
    *,
    recipient: str,
    url: str,
    kinds: Sequence[str],
    allow_private: bool,
    cipher: Cipher,
    now: datetime,
) -> tuple[Webhook, str]:
    """Register a receiver; gives it with its first secret. Its id follows from the call.

    Raises `Refused` for a recipient that the caller does not speak for, an address that calls cannot go to, and a kind
    of notice that there is not; `Conflict` when the recipient has many already.
    """
    demand_recipient(caller, recipient)
    if (flaw := find_flaw(url, allow_private=allow_private)) is not None:
        raise Refused(
            f"Webhooks cannot go to this address: {flaw}.",
            rule="webhook-address",
            code="bad-webhook-address",
            remedy="Give an https address of the public network, without user and fragment.",
        )
    if unknown := sorted(set(kinds) - set(CATALOGUE)):
        raise Refused(
            f"There is no kind of notice {', '.join(unknown)}.",
            rule="notice-kind-exists",
            code="unknown-kind",
            remedy="Leave `kinds` empty for all of them.",
        )
    if len(await store.list_webhooks(tx.connection, [recipient])) >= MOST:
        raise Conflict(
            f"The recipient has {MOST} webhooks.",
            rule="webhook-count",
            code="too-many-webhooks",
            remedy="Change one that it has.",
        )
    webhook_id = UUID(event_id("webhook", call.identity, call.key))
    if await store.find_webhook(tx.connection, webhook_id) is not None:
        raise key_reused()
    secret = fresh_secret()
    webhook = Webhook(
        webhook_id=webhook_id,
        recipient=recipient,
        url=url,
        kinds=tuple(dict.fromkeys(kinds)),
        secrets=(Secret(encrypt_secret(cipher, secret), None),),
        state="active",
        failing_since=None,
        off_reason=None,
        created_by=caller.subject,
        created_at=now,
    )
    await store.write_webhook(tx, webhook)
    return webhook, secret


async def read(tx: Transaction, caller: Identity, webhook_id: UUID, action: str, now: datetime) -> Webhook:
    """A webhook, for who may do the action on it. Raises `NotFound` for all others."""
    webhook = await store.find_webhook(tx.connection, webhook_id)
    what = f"webhook {webhook_id}"
    if webhook is None:
        raise no_such(what)
    is_party = is_party_id(webhook.recipient)
    matter = Matter(party_id=webhook.recipient) if is_party else Matter(importer_number=webhook.recipient)
    demand(caller, action, legal_date(now), matter, what)
    return webhook


async def rotate_secret(
    tx: Transaction, caller: Identity, webhook_id: UUID, cipher: Cipher, now: datetime
) -> tuple[Webhook, str]:
    """A new secret, given beside its webhook; the one before signs beside it for a day."""
    await store.hold_webhook(tx, webhook_id)
    webhook = await read(tx, caller, webhook_id, "webhook.manage", now)
    secret = fresh_secret()
    changed = replace(webhook, secrets=rotate(webhook.secrets, encrypt_secret(cipher, secret), now))
    await store.write_webhook(tx, changed)
    return changed, secret


async def switch(tx: Transaction, caller: Identity, webhook_id: UUID, state: str, now: datetime) -> Webhook:
    """Turn a webhook on or off; turned on it begins anew, with nothing held against it."""
    await store.hold_webhook(tx, webhook_id)
    webhook = await read(tx, caller, webhook_id, "webhook.manage", now)
    reason = None if state == "active" else f"turned off by {caller.subject}"
    changed = replace(webhook, state=state, off_reason=reason, failing_since=None, paused_until=None)
    await store.write_webhook(tx, changed)
    return changed
