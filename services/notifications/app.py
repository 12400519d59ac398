"""Assembles the notifications service."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from services.notifications.acts.sending import SendingRules
from services.notifications.api import PUBLIC_ROUTERS, ROUTERS
from services.notifications.handlers.handler import TOPICS, MailRules, NotificationsHandler
from services.notifications.jobs import schedule
from services.notifications.settings import NotificationsSettings
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables.core import metadata
from shared.mail.folder import FolderMailer
from shared.mail.protocol import Mailer
from shared.mail.smtp import SmtpMailer
from shared.runtime.platform import Platform
from shared.runtime.service import Parts, Service


def build(platform: Platform) -> Parts:
    """The parts of notifications, with the way of mail that the operator chose."""
    settings = cast("NotificationsSettings", platform.settings)
    rules = SendingRules(
        lease=timedelta(seconds=settings.send_lease_seconds),
        grace=timedelta(hours=settings.address_grace_hours),
        base_url=settings.link_base,
    )
    mail = MailRules(
        host=settings.mail_host,
        late_address=timedelta(days=settings.late_address_days),
        late_party=timedelta(hours=settings.address_grace_hours),
    )
    return Parts(
        handler=NotificationsHandler(platform.clock, mail),
        routers=ROUTERS,
        public_routers=PUBLIC_ROUTERS,
        state={},
        jobs=schedule(platform, choose_mailer(settings), rules),
        invariants=INVARIANTS,
    )


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
)
