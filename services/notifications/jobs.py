"""The schedule of notifications: what runs by itself and how often, in one process at a time under its name's lock."""

from datetime import timedelta

from services.notifications.acts.hooking import WebhookSender
from services.notifications.acts.sealing import seal_anew
from services.notifications.acts.sending import Sender, SendingRules
from services.notifications.domain.holding import DomainRates
from services.notifications.domain.lanes import Allowance
from services.notifications.store.deliveries import Settlement
from shared.mail.protocol import Mailer
from shared.runtime.platform import Job, Platform
from shared.runtime.seals import Seals
from shared.runtime.slices import JobSession
from shared.webhooks.client import WebhookClient


def schedule(
    platform: Platform, mailer: Mailer, rules: SendingRules, webhooks: WebhookClient, seals: Seals
) -> tuple[Job, ...]:
    """The jobs of one process."""
    unsettled: list[Settlement] = []
    allowance = Allowance(rules.bulk_per_second)
    rates = DomainRates(rules.domain_per_minute)

    async def send_mail(session: JobSession) -> None:
        await Sender(session, mailer, platform.clock, rules, unsettled, allowance, rates).run()

    async def send_webhooks(session: JobSession) -> None:
        await WebhookSender(session, webhooks, seals, platform.clock, rules.base_url).run()

    async def seal_webhook_secrets(session: JobSession) -> None:
        await seal_anew(session, seals)

    return (
        Job("send-mail", timedelta(seconds=0.5), send_mail),
        Job("send-webhooks", timedelta(seconds=0.5), send_webhooks),
        Job("seal-webhook-secrets", timedelta(hours=1), seal_webhook_secrets),
    )
