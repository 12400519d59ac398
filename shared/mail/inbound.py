"""Mail in, by SMTP: for addresses that somebody here knows, and nothing is relayed."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.runtime.errors import Refused, Transient
from shared.runtime.lifecycle import Stopping

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

MOST_BYTES: Final = 1_048_576
"""Enough for a report of a mail server: it holds at most the mail that came back, and ours are small."""


class InboundMail:
    """A server that takes mail for known addresses and answers when it has been dealt with.

    An unknown address is refused (550) and so is a mail that cannot be taken (554, which its writer is told by the
    other server); one that cannot be dealt with now is put off (451): the other server keeps it. With `tls` nothing is
    taken without STARTTLS.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        is_known: Callable[[str], bool],
        take: Callable[[str, bytes], Awaitable[object]],
        tls: ssl.SSLContext | None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._host = host
        self._port = port
        self._is_known = is_known
        self._take = take
        self._tls = tls
        self._most_bytes = most_bytes
        self.listening: asyncio.Future[int] | None = None

    async def run(self, stopping: Stopping) -> None:
        """Serve until asked to stop; what is in hand then is cut off, and comes again."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._protocol, self._host, self._port)
        port: int = server.sockets[0].getsockname()[1]
        log.info("inbound_mail_listens", host=self._host, port=port)
        if self.listening is not None:
            self.listening.set_result(port)
        try:
            await stopping.wait()
        finally:
            server.close()

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            data_size_limit=self._most_bytes,
            hostname=self._host,
            ident="Centerline",
            tls_context=self._tls,
            require_starttls=self._tls is not None,
            auth_required=False,
        )

    async def handle_RCPT(  # noqa: N802  the names that aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient, or refuse it."""
        if envelope.rcpt_tos:
            return "452 one recipient at a time"
        if not self._is_known(address):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Deal with the mail, then answer."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            await self._take(envelope.rcpt_tos[0], content)
        except Transient as error:
            log.warning("inbound_mail_put_off", error=str(error))
            return "451 try again later"
        except Refused as refusal:
            log.info("inbound_mail_refused", code=refusal.code)
            return f"554 {refusal}"
        return "250 OK"

    async def handle_exception(self, error: Exception) -> str:
        """What nobody foresaw: the other server keeps the mail, and a release that mends it gets it."""
        log.error("inbound_mail_failed", exc_info=error)
        return "451 try again later"


def server_tls(certificate: Path | None) -> ssl.SSLContext | None:
    """What a server shows for STARTTLS: a certificate chain and its key in one PEM file."""
    if certificate is None:
        return None
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    return tls
