"""Assembles the notifications service."""

from datetime import timedelta
from pathlib import Path
from typing import Final, cast

from services.notifications.acts.batching import BatchRules
from services.notifications.acts.bounces import Bounces
from services.notifications.acts.holding_back import hold_back
from services.notifications.acts.sending import SendingRules
from services.notifications.acts.typesetting import LetterRules
from services.notifications.api import PUBLIC_ROUTERS, ROUTERS
from services.notifications.api.legal_record import RecordByCalls, RulesByCalls
from services.notifications.api.subjects import SUBJECTS
from services.notifications.handlers.handler import TOPICS, MailRules, NotificationsHandler
from services.notifications.jobs import schedule, schedule_of_community
from services.notifications.settings import NotificationsSettings
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.origins import ORIGINS
from services.notifications.store.partitions import PIECES
from services.notifications.store.sealed import SEALED
from services.notifications.store.tables.core import metadata
from services.notifications.store.waiting import count_waiting
from shared.files.depot import open_depot
from shared.mail.folder import FolderMailer
from shared.mail.inbound import InboundMail, server_tls
from shared.mail.protocol import Mailer
from shared.mail.smtp import SmtpMailer
from shared.runtime import sealing
from shared.runtime.encryption import Cipher
from shared.runtime.platform import Platform
from shared.runtime.service import Listener, Parts, Service
from shared.web.asking import Neighbour
from shared.web.history import build_history_router
from shared.webhooks.client import WebhookClient

HISTORY: Final = build_history_router(SEALED)


def build(platform: Platform) -> Parts:
    """The parts of notifications, with the way of mail that the operator chose."""
    settings = cast("NotificationsSettings", platform.settings)
    rules = SendingRules(
        lease=timedelta(seconds=settings.send_lease_seconds),
        grace=timedelta(hours=settings.address_grace_hours),
        base_url=settings.link_base,
        addresses=settings.mail_addresses,
        bulk_per_second=settings.mail_bulk_per_second,
        domain_per_minute=settings.mail_domain_per_minute if settings.mail_folder is None else None,
        links=settings.unsubscribe_links,
    )
    mail = MailRules(
        host=settings.mail_host,
        late_address=timedelta(days=settings.late_address_days),
        late_party=timedelta(hours=settings.address_grace_hours),
        answers_at=settings.workqueue_url,
    )
    webhooks = WebhookClient(allow_private=settings.webhook_allow_private, timeout_seconds=settings.webhook_seconds)
    liquidation = Neighbour("Liquidation", settings.liquidation_url, settings.record_seconds)
    record, book = RecordByCalls(liquidation), RulesByCalls(liquidation)
    letters = LetterRules(
        base_url=settings.link_base,
        addresses=settings.mail_addresses,
        is_demonstration=settings.clock_behind_seconds is not None,
    )
    batches = BatchRules(letters, settings.letter_batch_hour if settings.letter_batches == "daily" else None)
    files = open_depot(settings)
    cipher = Cipher("webhook", *settings.webhook_keys)
    return Parts(
        handler=NotificationsHandler(platform.clock, mail),
        routers=(*ROUTERS, HISTORY),
        public_routers=PUBLIC_ROUTERS,
        state={"webhooks": webhooks, "cipher": cipher, "files": files, "letters": letters, "rule_book": book},
        jobs=(
            *schedule(platform, choose_mailer(settings), rules, webhooks, cipher, record, files, batches),
            *schedule_of_community(platform, settings.mail_host, settings.broadcast_per_second, book),
        ),
        invariants=(*INVARIANTS, *sealing.invariants(SEALED)),
        sealed=SEALED,
        pieces=PIECES,
        listeners=listeners_of(platform, settings),
        deliveries=count_waiting,
        hold_back=hold_back,
    )


def listeners_of(platform: Platform, settings: NotificationsSettings) -> tuple[Listener, ...]:
    """What listens beside the API: the way by which bounces come, where the operator set one."""
    if settings.bounce_port is None:
        return ()
    tls = server_tls(settings.bounce_certificate)
    bounces = Bounces(platform.engine, platform.clock, settings.mail_addresses)
    inbound = InboundMail(settings.host, settings.bounce_port, is_known=bounces.is_known, take=bounces.take, tls=tls)
    return (Listener("bounces", inbound.run),)


def choose_mailer(settings: NotificationsSettings) -> Mailer:
    """The folder when there is one, else the mail server."""
    if settings.mail_folder is not None:
        return FolderMailer(settings.mail_folder, settings.mail_from)
    return SmtpMailer(
        settings.smtp_url,
        settings.mail_from,
        step_seconds=settings.smtp_step_seconds,
        accept_seconds=settings.smtp_accept_seconds,
    )


SERVICE = Service(
    name="notifications",
    summary="What importers are told, how it reached them, and the public bulletin.",
    description="Notices with their delivery ledger, e-mail, and the public bulletin of notices of liquidation.",
    topics=TOPICS,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    settings=NotificationsSettings,
    build=build,
    origins=ORIGINS,
    subjects=SUBJECTS,
)
