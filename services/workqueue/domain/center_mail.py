"""Mail to the mailbox of a Center: whose it is, and what of it is told before somebody has read it."""

import email
import email.policy
import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Final

_LONGEST_TITLE: Final = 200
_WITHOUT_SUBJECT: Final = "Mail without a subject"
_BY_LISTS: Final = frozenset({"bulk", "junk", "list"})


@dataclass(frozen=True, slots=True)
class CenterMail:
    """What a mail says of itself. `identity` is the same for one mail that comes again, over another server too: its
    Message-ID with what it says. One that bears another's Message-ID and says something else is another.

    `is_automatic`: no person wrote it, as an answer out of the office or a report that a mail did not arrive (RFC 3834,
    RFC 3462).
    """

    identity: str
    title: str
    is_automatic: bool


def center_of(address: str, host: str) -> str | None:
    """The Center whose mailbox an address is: its code before the host of all of them.

    >>> center_of("cee007@Centers.example", "centers.example"), center_of("kim@centers.example", "centers.example")
    ('CEE007', 'KIM')
    >>> center_of("cee007@other.example", "centers.example") is None
    True
    """
    name, _, at = address.rpartition("@")
    return name.upper() if at.lower() == host.lower() else None


def read_mail(message: bytes) -> CenterMail:
    """Read the head of a mail.

    >>> read_mail(b"From: Al <al@trade.example>\\r\\nSubject: Which\\r\\n Center?\\r\\n\\r\\n").title
    'Which Center? (al@trade.example)'
    >>> read_mail(b"From: al@trade.example\\r\\nAuto-Submitted: auto-replied\\r\\n\\r\\nI am away.").is_automatic
    True
    """
    read = email.message_from_bytes(message, policy=email.policy.default)
    subject = _line(read, "Subject") or _WITHOUT_SUBJECT
    sender = parseaddr(_line(read, "From"))[1]
    ending = f" ({sender})" if sender else ""
    return CenterMail(
        identity=_identity(_line(read, "Message-ID"), message),
        title=subject[: max(0, _LONGEST_TITLE - len(ending))] + ending[:_LONGEST_TITLE],
        is_automatic=_line(read, "Auto-Submitted").lower() not in ("", "no")
        or _line(read, "Precedence").lower() in _BY_LISTS
        or read.get_content_type() == "multipart/report",
    )


def _identity(message_id: str, message: bytes) -> str:
    """Servers add lines to the head on the way, and end lines in their own manner; what is said stays."""
    _, _, said = b"\n".join(message.splitlines()).partition(b"\n\n")
    return hashlib.sha256(b"\n".join((message_id.encode(), said.strip()))).hexdigest()


def _line(read: EmailMessage, name: str) -> str:
    """A header in one line of printable characters; empty where there is none, or none that can be read."""
    try:
        text = str(read.get(name, ""))
    except (ValueError, IndexError, AttributeError):  # what the parser of the standard library raises for broken ones
        return ""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())
