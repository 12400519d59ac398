"""The schedule of notifications: what runs by itself and how often, in one process at a time under its name's lock."""

from datetime import timedelta

from services.notifications.acts.sending import Sender
from shared.runtime.platform import Job


def schedule(sender: Sender) -> tuple[Job, ...]:
    """The jobs of one process."""
    return (Job("send-mail", timedelta(seconds=0.5), sender.run),)
