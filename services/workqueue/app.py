"""Assembles the work queue."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from services.workqueue.acts.center_mail import CenterMailbox
from services.workqueue.api import PUBLIC_ROUTERS, ROUTERS
from services.workqueue.api.subjects import SUBJECTS
from services.workqueue.domain.request import NOTICE_OVER_CENTS
from services.workqueue.handlers.handler import TOPICS, handle
from services.workqueue.jobs import schedule
from services.workqueue.settings import WorkqueueSettings
from services.workqueue.store.invariants import INVARIANTS
from services.workqueue.store.origins import ORIGINS
from services.workqueue.store.partitions import PIECES
from services.workqueue.store.sealed import SEALED
from services.workqueue.store.tables.core import metadata
from shared.files.depot import Depot, open_depot
from shared.files.jobs import file_jobs
from shared.mail.inbound import InboundMail, server_tls
from shared.runtime import sealing
from shared.runtime.platform import Platform
from shared.runtime.service import Listener, Parts, Service
from shared.web.asking import Neighbour


def build(platform: Platform) -> Parts:
    """The parts of the work queue."""
    settings = cast("WorkqueueSettings", platform.settings)
    files = open_depot(settings)
    return Parts(
        handler=handle,
        routers=ROUTERS,
        public_routers=PUBLIC_ROUTERS,
        state={
            "lease": timedelta(minutes=settings.lease_minutes),
            "center_goal": settings.center_goal_working_days,
            "repetition": timedelta(days=settings.request_repetition_days),
            "notice_over_cents": NOTICE_OVER_CENTS if settings.increase_needs_notice else None,
            "bulk_limits": settings.bulk_limits,
            "liquidation": Neighbour("Liquidation", settings.liquidation_url, settings.decision_check_seconds),
            "routing": Neighbour("Routing", settings.routing_url, settings.account_seconds),
            "files": files,
            "feed_rules": settings.feed_rules,
        },
        jobs=(*schedule(platform, settings), *file_jobs(platform, files)),
        invariants=(*INVARIANTS, *sealing.invariants(SEALED)),
        sealed=SEALED,
        pieces=PIECES,
        listeners=listeners_of(platform, settings, files),
    )


def listeners_of(platform: Platform, settings: WorkqueueSettings, files: Depot) -> tuple[Listener, ...]:
    """What listens beside the API: the mailboxes of Centers, where the operator set their host."""
    host, port = settings.center_mail_host, settings.center_mail_port
    if host is None or port is None:
        return ()
    mailbox = CenterMailbox(platform.engine, files, platform.clock, host)
    inbound = InboundMail(
        settings.host,
        port,
        is_known=mailbox.is_known,
        take=mailbox.take,
        tls=server_tls(settings.center_mail_certificate),
        most_bytes=settings.files_max_bytes,
    )
    return (Listener("center-mail", inbound.run),)


SERVICE = Service(
    name="workqueue",
    summary="Which piece of work a Center team takes next, who holds it, what was decided.",
    description="Items from routing, protests and filings; claims with leases; decisions, advice, requests.",
    topics=TOPICS,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    settings=WorkqueueSettings,
    build=build,
    origins=ORIGINS,
    subjects=SUBJECTS,
)
