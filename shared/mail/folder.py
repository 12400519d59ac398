"""Mail into a folder, an .eml file each: for trying out, and for handing mail over to another system."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from shared.mail.message import build_message, name_of
from shared.mail.protocol import Fate, Mail, Outcome, WriteDown, explain


class FolderMailer:
    """Writes each mail as an .eml file, named by its Message-ID: a mail that is sent again is the same file again.

    A file appears whole or not at all (written aside, then renamed). Files are not forced to disk: a machine that
    loses power may lose the newest of them.
    """

    batch = 500
    longest = timedelta(seconds=0)

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, mails: Sequence[Mail], write_down: WriteDown, /) -> None:
        """Write the files of a batch, off the event loop."""
        await write_down(list(enumerate(await asyncio.to_thread(self._write, mails))))

    async def rest(self) -> None:
        """Nothing is kept open between batches."""

    def _write(self, mails: Sequence[Mail]) -> list[Outcome]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return [Outcome(Fate.AWAY, explain(error))] * len(mails)
        return [self._write_one(mail) for mail in mails]

    def _write_one(self, mail: Mail) -> Outcome:
        name = name_of(mail)
        aside = self._folder / f".{name}.part"
        try:
            aside.write_bytes(build_message(mail, self._sender))
            aside.replace(self._folder / f"{name}.eml")
        except OSError as error:
            return Outcome(Fate.AWAY, explain(error))
        return Outcome(Fate.SENT)
