"""Mail by SMTP, over a few connections at once."""

import asyncio
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from shared.mail.message import build_message
from shared.mail.protocol import Fate, Mail, Outcome, explain

_CONNECTIONS: Final = 8
_SECONDS: Final = 10.0
"""How long the server may take to answer once; a connection is used for twice as long at most."""


class SmtpMailer:
    """Hands mails to an SMTP server over a few connections at once, each used for many mails.

    The server's answer to the end of a mail's data is the moment of sending. A process that dies between that answer
    and the commit of its result sends the mail again after the lease, under the same Message-ID, by which a mail
    system recognises the repeat; SMTP knows nothing stronger.
    """

    batch = 200

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        is_encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if is_encrypted else 25)
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._is_encrypted = is_encrypted
        self._sender = sender

    async def send(self, mails: Sequence[Mail], /) -> Sequence[Outcome]:
        """Send mails over at most so many connections; what no connection took in time stays away."""
        outcomes: list[Outcome | None] = [None] * len(mails)
        waiting = iter(range(len(mails)))
        problems = ["the mail server did not answer in time"]

        async def work() -> None:
            client = self._client()
            try:
                async with asyncio.timeout(_SECONDS * 2):
                    await client.connect()
                    for position in waiting:
                        outcomes[position] = await self._send_one(client, mails[position])
                        if not client.is_connected:
                            return
            except (aiosmtplib.SMTPException, OSError) as error:  # TimeoutError is an OSError
                problems.append(explain(error))
            finally:
                client.close()

        await asyncio.gather(*(work() for _ in range(min(_CONNECTIONS, len(mails)))))
        return [outcome or Outcome(Fate.AWAY, problems[-1]) for outcome in outcomes]

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._is_encrypted,
            timeout=_SECONDS,
        )

    async def _send_one(self, client: aiosmtplib.SMTP, mail: Mail) -> Outcome:
        sender = self._sender.rpartition("<")[2].rstrip(">")
        try:
            await client.sendmail(sender, [mail.to], build_message(mail, self._sender))
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            return Outcome(_fate_of(refusal.code), explain(refusal))
        except aiosmtplib.SMTPResponseException as error:
            return Outcome(_fate_of(error.code), explain(error))
        except (aiosmtplib.SMTPException, OSError) as error:
            return Outcome(Fate.DEFERRED, explain(error))
        return Outcome(Fate.SENT)


def _fate_of(code: int) -> Fate:
    """SMTP answers of 500 and more are final (RFC 5321, 4.2.1); 421 says that the server goes away."""
    if code == 421:
        return Fate.AWAY
    return Fate.REFUSED if code >= 500 else Fate.DEFERRED
