"""E-mail: what a mail is, and the two ways to get rid of a batch of them, SMTP and a folder."""

import asyncio
import os
import re
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

_NOT_A_NAME: Final = re.compile(r"[^A-Za-z0-9.-]")
_LONGEST_ERROR: Final = 300


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. The same notice always gives the same bytes, so that a repeat can be recognised."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    dated_at: datetime


class Fate(StrEnum):
    """What became of a mail: accepted, refused for good, refused for now, or not even offered."""

    SENT = "sent"
    REFUSED = "refused"
    DEFERRED = "deferred"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of a mail and, unless it was sent, why."""

    fate: Fate
    error: str | None = None


class Mailer(Protocol):
    """Takes batches of mails. Never raises for a mail or a server that fails: the outcomes say so."""

    @property
    def batch(self) -> int:
        """How many mails it takes at once."""
        ...

    async def send(self, mails: Sequence[Mail], /) -> Sequence[Outcome]:
        """Send mails; gives the outcome of each, in their order."""
        ...


def build_message(mail: Mail, sender: str) -> bytes:
    """The bytes of a mail (RFC 5322), with plain text first and the same as HTML; no part of them is random.

    Written out here because the email package takes twenty times as long. Every header is one line of ASCII: the
    address was checked (`is_mail_address`), the subject is encoded when it is not plain.
    """
    boundary = f"=_{_name_of(mail)}"
    headers = (
        f"From: {formataddr(parseaddr(sender))}",
        f"To: {mail.to}",
        f"Subject: {_header_text(mail.subject)}",
        f"Date: {format_datetime(mail.dated_at)}",
        f"Message-ID: {mail.message_id}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    )
    lines = [header.encode("ascii") for header in headers]
    for subtype, content in (("plain", mail.text), ("html", mail.html)):
        lines += [
            b"",
            f"--{boundary}".encode(),
            f'Content-Type: text/{subtype}; charset="utf-8"'.encode(),
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            b2a_qp("\r\n".join(content.splitlines()).encode()),
        ]
    return b"\r\n".join((*lines, f"--{boundary}--".encode(), b""))


def _header_text(text: str) -> str:
    line = " ".join(text.split())
    return line if line.isascii() and line.isprintable() else Header(line, "utf-8").encode(linesep="\r\n")


def _name_of(mail: Mail) -> str:
    return _NOT_A_NAME.sub("-", mail.message_id.strip("<>").partition("@")[0])


class FolderMailer:
    """Writes each mail as an .eml file, named by its Message-ID: a mail that is sent again is the same file again.

    A file appears whole or not at all (written aside, then renamed). Files are not forced to disk: a machine that
    loses power may lose the newest of them.
    """

    batch = 500

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, mails: Sequence[Mail], /) -> Sequence[Outcome]:
        """Write the files of a batch, off the event loop."""
        return await asyncio.to_thread(self._write, mails)

    def _write(self, mails: Sequence[Mail]) -> list[Outcome]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return [Outcome(Fate.AWAY, _explain(error))] * len(mails)
        return [self._write_one(mail) for mail in mails]

    def _write_one(self, mail: Mail) -> Outcome:
        name = _name_of(mail)
        aside = self._folder / f".{name}.part"
        try:
            aside.write_bytes(build_message(mail, self._sender))
            aside.replace(self._folder / f"{name}.eml")
        except OSError as error:
            return Outcome(Fate.AWAY, _explain(error))
        return Outcome(Fate.SENT)


class SmtpMailer:
    """Hands mails to an SMTP server over a few connections at once, each used for many mails.

    The server's answer to the end of a mail's data is the moment of sending. A process that dies between that answer
    and the commit of its result sends the mail again after the lease, under the same Message-ID, by which a mail
    system recognises the repeat; SMTP knows nothing stronger.
    """

    batch = 200

    def __init__(self, url: str, sender: str, *, connections: int = 8, seconds: float = 10.0) -> None:
        parts = urlsplit(url)
        is_encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if is_encrypted else 25)
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._is_encrypted = is_encrypted
        self._sender = sender
        self._connections = connections
        self._seconds = seconds

    async def send(self, mails: Sequence[Mail], /) -> Sequence[Outcome]:
        """Send mails over at most so many connections; what no connection took in time stays away."""
        outcomes: list[Outcome | None] = [None] * len(mails)
        waiting = iter(range(len(mails)))
        problems = ["the mail server did not answer in time"]

        async def work() -> None:
            client = self._client()
            try:
                async with asyncio.timeout(self._seconds * 2):
                    await client.connect()
                    for position in waiting:
                        outcomes[position] = await self._send_one(client, mails[position])
                        if not client.is_connected:
                            return
            except (aiosmtplib.SMTPException, OSError) as error:  # TimeoutError is an OSError
                problems.append(_explain(error))
            finally:
                client.close()

        await asyncio.gather(*(work() for _ in range(min(self._connections, len(mails)))))
        return [outcome or Outcome(Fate.AWAY, problems[-1]) for outcome in outcomes]

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._is_encrypted,
            timeout=self._seconds,
        )

    async def _send_one(self, client: aiosmtplib.SMTP, mail: Mail) -> Outcome:
        sender = self._sender.rpartition("<")[2].rstrip(">")
        try:
            await client.sendmail(sender, [mail.to], build_message(mail, self._sender))
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            return Outcome(_fate_of(refusal.code), _explain(refusal))
        except aiosmtplib.SMTPResponseException as error:
            return Outcome(_fate_of(error.code), _explain(error))
        except (aiosmtplib.SMTPException, OSError) as error:
            return Outcome(Fate.DEFERRED, _explain(error))
        return Outcome(Fate.SENT)


def _fate_of(code: int) -> Fate:
    """SMTP answers of 500 and more are final (RFC 5321, 4.2.1); 421 says that the server goes away."""
    if code == 421:
        return Fate.AWAY
    return Fate.REFUSED if code >= 500 else Fate.DEFERRED


def _explain(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return f"{type(error).__name__}: {os.strerror(error.errno)}"
    return f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
