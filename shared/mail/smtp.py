"""Mail by SMTP, over a few connections at once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from shared.mail.message import build_message
from shared.mail.protocol import Fate, Mail, Outcome, WriteDown, explain
from shared.runtime.clock import start_stopwatch
from shared.runtime.together import together

_CONNECTIONS: Final = 8
_BEGIN_SECONDS: Final = 4.0
"""No mail of a batch is begun after this; one that is begun is never cut off but by the time of one of its steps.

Below the scheduler's share of an orderly stop, a third of CENTERLINE_DRAIN_SECONDS (20): a batch that has just begun
ends within it, so that nothing which the server took is left unwritten by a stop.
"""
_LEAVE_SECONDS: Final = 1.0
_STEPS: Final = 13
"""Steps besides the mail itself, at most: a look at a kept connection, connection, greeting, encryption, log-in, MAIL,
RCPT, RSET."""


class SmtpMailer:
    """Hands mails to an SMTP server over a few connections at once, each used for many mails and batches until `rest`.

    The server's answer to the end of a mail's data is the moment of sending. It is written down before the connection
    takes the next mail, so what becomes of one mail never touches another. Each step has its own time: `step_seconds`
    for those before the mail is handed over, where giving up sends nothing; `accept_seconds` for the answer to the
    mail itself, where giving up may send it twice (RFC 5321, 4.5.3.2.6 asks for ten minutes).

    Two windows remain, in which a mail goes out again, the same bytes under the same Message-ID, by which a mail
    system recognises the repeat: the server took the mail and its answer was lost; the process died between the
    answer and the commit of its result. SMTP knows nothing stronger.
    """

    batch = 200

    def __init__(self, url: str, sender: str, *, step_seconds: float, accept_seconds: float) -> None:
        parts = urlsplit(url)
        is_encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if is_encrypted else 25)
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._is_encrypted = is_encrypted
        # Without a demand encryption is used where the server offers it.
        self._start_tls = True if parts.scheme == "smtp+starttls" else None
        self._sender = sender
        self._step_seconds = step_seconds
        self._accept_seconds = accept_seconds
        self._kept: list[aiosmtplib.SMTP] = []

    @property
    def longest(self) -> timedelta:
        """How long a batch may take: the time to begin a mail, then every step of one, each as long as it may be."""
        # The answers to DATA and to the mail itself have the long time each.
        return timedelta(seconds=_BEGIN_SECONDS + _STEPS * self._step_seconds + 2 * self._accept_seconds)

    async def send(self, mails: Sequence[Mail], write_down: WriteDown, /) -> None:
        """Send mails over at most so many connections; what they had no time for is left, or away with the server."""
        waiting = iter(range(len(mails)))
        problems: list[str] = []
        elapsed = start_stopwatch()

        async def work() -> None:
            client = await self._take_kept() or self._client()
            is_fit = False
            try:
                if not client.is_connected and (problem := await _connect(client)):
                    problems.append(problem)
                    return
                while elapsed() < _BEGIN_SECONDS and client.is_connected:
                    position = next(waiting, None)
                    if position is None:
                        break
                    await write_down([(position, await self._send_one(client, mails[position]))])
                if not client.is_connected:
                    problems.append("the mail server closed the connection")
                is_fit = client.is_connected
            finally:
                if is_fit:
                    self._kept.append(client)
                else:
                    client.close()

        # One that fails must not leave the others behind with mails in hand: all are waited for.
        ends = await asyncio.gather(*(work() for _ in range(min(_CONNECTIONS, len(mails)))), return_exceptions=True)
        # What is left waits for a server that is away, and for nothing where there was only no time to begin it.
        is_away = len(problems) == len(ends)
        outcome = Outcome(Fate.AWAY, problems[-1]) if is_away else Outcome(Fate.LEFT)
        if left := [(position, outcome) for position in waiting]:
            await write_down(left)
        for failure in ends:
            if failure is not None:
                raise failure

    async def rest(self) -> None:
        """Take leave of the server on every connection that was kept."""
        kept, self._kept = self._kept, []

        async def leave(client: aiosmtplib.SMTP) -> None:
            try:
                with suppress(aiosmtplib.SMTPException, OSError):
                    await client.quit(timeout=_LEAVE_SECONDS)
            finally:
                client.close()

        await together(*map(leave, kept))

    async def _take_kept(self) -> aiosmtplib.SMTP | None:
        """A kept connection that the server still answers on, None where there is none."""
        while self._kept:
            client = self._kept.pop()
            is_there = False
            try:
                with suppress(aiosmtplib.SMTPException, OSError):
                    await client.noop()
                    is_there = True
            finally:
                if not is_there:
                    client.close()
            if is_there:
                return client
        return None

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._is_encrypted,
            start_tls=None if self._is_encrypted else self._start_tls,
            timeout=self._step_seconds,
        )

    async def _send_one(self, client: aiosmtplib.SMTP, mail: Mail) -> Outcome:
        message = build_message(mail, self._sender)
        try:
            sizes = [f"size={len(message)}"] if client.supports_extension("size") else []
            await client.mail(mail.return_path or self._sender.rpartition("<")[2].rstrip(">"), options=sizes)
            await client.rcpt(mail.to)
        except aiosmtplib.SMTPResponseException as error:
            return await _refused(client, error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Outcome(Fate.DEFERRED, explain(error))
        try:
            await client.data(message, timeout=self._accept_seconds)
        except aiosmtplib.SMTPResponseException as error:
            return await _refused(client, error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Outcome(Fate.DEFERRED, f"no answer to the mail itself, it may have been accepted: {explain(error)}")
        return Outcome(Fate.SENT)


async def _connect(client: aiosmtplib.SMTP) -> str | None:
    """Connect; gives what is wrong."""
    try:
        await client.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        return explain(error)
    return None


async def _refused(client: aiosmtplib.SMTP, error: aiosmtplib.SMTPResponseException) -> Outcome:
    """What an answer of no means for the mail; the connection is made ready for the next one, or is lost."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.rset()
    return Outcome(_fate_of(error.code), explain(error))


def _fate_of(code: int) -> Fate:
    """SMTP answers of 500 and more are final (RFC 5321, 4.2.1); 421 says that the server goes away."""
    if code == 421:
        return Fate.AWAY
    return Fate.REFUSED if code >= 500 else Fate.DEFERRED
