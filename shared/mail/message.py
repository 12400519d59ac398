"""A mail as bytes (RFC 5322): the same mail always gives the same ones."""

import re
from binascii import b2a_qp
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from typing import Final

from shared.mail.protocol import Mail

_NOT_A_NAME: Final = re.compile(r"[^A-Za-z0-9.-]")


def build_message(mail: Mail, sender: str) -> bytes:
    """The bytes of a mail (RFC 5322), with plain text first and the same as HTML; no part of them is random.

    Written out here because the email package takes twenty times as long. Every header is one line of ASCII: the
    address must be a plain one, which whoever writes the mail has checked; the subject is encoded when it is not plain.
    """
    boundary = f"=_{name_of(mail)}"
    one_click = "List-Unsubscribe=One-Click" if mail.unsubscribe is not None else None
    optional = (
        ("Reply-To", mail.reply_to),
        ("List-Id", mail.list_id and f"<{mail.list_id}>"),
        ("List-Unsubscribe", mail.unsubscribe and f"<{mail.unsubscribe}>"),
        ("List-Unsubscribe-Post", one_click),
    )
    headers = (
        f"From: {formataddr(parseaddr(sender))}",
        f"To: {mail.to}",
        f"Subject: {_header_text(mail.subject)}",
        f"Date: {format_datetime(mail.dated_at)}",
        f"Message-ID: {mail.message_id}",
        *(f"{name}: {value}" for name, value in optional if value is not None),
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


def name_of(mail: Mail) -> str:
    """A name for the mail that a file may have, by its Message-ID."""
    return _NOT_A_NAME.sub("-", mail.message_id.strip("<>").partition("@")[0])
