"""What the command line says of errors that the machine makes."""

import errno
import os
from pathlib import Path

from cli.not_there import sentence_of


def test_full_disk_is_said_to_be_full() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        try:
            full.write(b"one byte")
        except OSError as error:
            said = sentence_of(error)
    assert said.startswith("the disk is full")
    assert "run it again" in said


def test_other_errors_of_the_machine_are_not() -> None:
    assert "full" not in sentence_of(OSError(errno.EIO, os.strerror(errno.EIO)))
