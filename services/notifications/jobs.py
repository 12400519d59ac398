"""The schedule of notifications: what runs by itself and how often, in one process at a time under its name's lock."""

from datetime import timedelta
from uuid import UUID

from services.notifications.acts.batching import BatchRules, make_batches, open_scheduled
from services.notifications.acts.broadcasting import Broadcaster
from services.notifications.acts.hooking import WebhookSender
from services.notifications.acts.questions import RuleBook, mark_changed_rules
from services.notifications.acts.reconciling import LegalRecord, compare_days
from services.notifications.acts.secrecy import encrypt_anew
from services.notifications.acts.sending import Sender, SendingRules
from services.notifications.domain.holding import DomainRates
from services.notifications.domain.lanes import Allowance
from services.notifications.store import deliveries as delivery_store
from services.notifications.store.deliveries import Settlement
from shared.db.transaction import reading
from shared.files.depot import Depot
from shared.mail.protocol import Mailer
from shared.runtime.encryption import Cipher
from shared.runtime.platform import Job, Platform
from shared.runtime.slices import JobSession
from shared.webhooks.client import WebhookClient


def schedule(
    platform: Platform,
    mailer: Mailer,
    rules: SendingRules,
    webhooks: WebhookClient,
    cipher: Cipher,
    record: LegalRecord,
    files: Depot,
    batches: BatchRules,
) -> tuple[Job, ...]:
    """The jobs of one process."""
    unsettled: list[Settlement] = []
    allowance = Allowance(rules.bulk_per_second)
    rates = DomainRates(rules.domain_per_minute)
    quick: set[UUID] = set()

    async def send_mail(session: JobSession) -> None:
        await Sender(session, mailer, platform.clock, rules, unsettled, allowance, rates).run()

    async def send_webhooks(session: JobSession) -> None:
        await WebhookSender(session, webhooks, cipher, platform.clock, rules.base_url, quick).run()

    async def encrypt_webhook_secrets(session: JobSession) -> None:
        await encrypt_anew(session, cipher, platform.clock.now())

    async def reconcile_bulletin(session: JobSession) -> None:
        platform.metrics.bulletin_gaps.set(await compare_days(record, session, platform.clock))

    async def print_letters(session: JobSession) -> None:
        if files.is_open:
            await open_scheduled(session, batches, platform.clock.now())
            await make_batches(session, files, batches, platform.clock)

    async def count_unreached(session: JobSession) -> None:
        async with reading(session) as connection:
            unreached = await delivery_store.count_unreached(connection)
        platform.metrics.notices_without_address.set(unreached.without_address)
        platform.metrics.letters_waiting.set(unreached.letters)

    return (
        Job("send-mail", timedelta(seconds=0.5), send_mail),
        Job("send-webhooks", timedelta(seconds=0.5), send_webhooks),
        Job("reconcile-bulletin", timedelta(hours=1), reconcile_bulletin),
        Job("print-letters", timedelta(seconds=5), print_letters),
        Job("count-unreached", timedelta(minutes=5), count_unreached),
        Job("encrypt-webhook-secrets", timedelta(hours=1), encrypt_webhook_secrets),
    )


def schedule_of_community(platform: Platform, host: str, per_second: int, book: RuleBook) -> tuple[Job, ...]:
    """The jobs for broadcasts and questions; `per_second` notices of broadcasts begin, by one process at a time."""
    allowance = Allowance(per_second)

    async def send_broadcasts(session: JobSession) -> None:
        await Broadcaster(session, platform.clock, host, allowance, per_second).run()

    async def look_at_rules(session: JobSession) -> None:
        await mark_changed_rules(book, session, platform.clock)

    return (
        Job("send-broadcasts", timedelta(seconds=1), send_broadcasts),
        Job("look-at-rules", timedelta(hours=1), look_at_rules),
    )
