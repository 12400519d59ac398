"""What follows when a recipient is not reached: the second contact, and a letter where the kind of notice has one."""

from services.notifications.domain.delivery import LETTER, SECOND


def next_channel(channel: str, recipient_role: str, *, has_second: bool, is_lettered: bool) -> str | None:
    """The way that follows one that ended without reaching anybody; None when there is none.

    A letter goes to the importer alone: whoever else is told has no address on paper here.

    >>> next_channel("email", "importer", has_second=True, is_lettered=True)
    'email-second'
    >>> next_channel("email-second", "importer", has_second=False, is_lettered=True)
    'mail'
    >>> next_channel("email", "filer:B76", has_second=False, is_lettered=True) is None
    True
    """
    if channel == "email" and has_second:
        return SECOND
    if channel in {"email", SECOND} and recipient_role == "importer" and is_lettered:
        return LETTER
    return None
