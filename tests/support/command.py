"""The `centerline` command as a process of its own, forked from one that has loaded it: loading takes seconds."""

import fcntl
import multiprocessing
import os
import pty
import struct
import sys
import tempfile
import termios
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

from tests.support.product import clean_environment

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["cli.main"])


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it wrote on standard output and standard error."""

    code: int
    printed: str
    told: str


def run_command(
    *words: str,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    width: int | None = None,
    seconds: float = 120.0,
) -> Said:
    """Run the command in a folder, without what a developer may have set for Centerline.

    With `width` its standard output is a terminal of so many columns, otherwise a file, as a pipe would be.
    """
    environment = clean_environment(variables or {})
    environment.pop("COLUMNS", None)
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as told:
        terminal, output = (None, printed.fileno()) if width is None else _open_terminal(width)
        process = _FORKING.Process(
            target=_become, args=(words, environment, str(folder), _Handle(output), _Handle(told.fileno()))
        )
        process.start()
        text = b""
        if terminal is not None:
            os.close(output)
            while piece := _read(terminal):
                text += piece
            os.close(terminal)
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise AssertionError(f"{words} has not ended after {seconds:.0f} s: {_all_of(told)[-3000:]}")
        code = process.exitcode
        process.close()
        return Said(code, _all_of(printed) if terminal is None else text.decode().replace("\r\n", "\n"), _all_of(told))


class _Handle:
    """A file descriptor on its way to the process that is started."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __reduce__(self) -> Any:
        return _arrive, (DupFd(self._number),)


def _arrive(sent: Any) -> int:
    number: int = sent.detach()
    return number


def _open_terminal(width: int) -> tuple[int, int]:
    """A terminal of so many columns: the end to read from, and the one to write to."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    return ours, theirs


def _read(terminal: int) -> bytes:
    """What came since; nothing once no process has the terminal any more."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def _become(words: tuple[str, ...], environment: Mapping[str, str], folder: str, printed: int, told: int) -> None:
    from cli.main import main  # the process that forks has loaded it

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for given, number in ((printed, 1), (told, 2)):
        os.dup2(given, number)
        os.close(given)
    sys.argv = ["centerline", *words]
    main()
