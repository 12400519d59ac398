"""The name of a file as people may be shown it: whatever a sender wrote, it is one plain word or more and no path."""

import re
import unicodedata
from typing import Final

from shared.files.kinds import KINDS, Kind

MAX_NAME: Final = 120

_BETWEEN_FOLDERS: Final = re.compile(r"[/\\]")
_FORBIDDEN: Final = re.compile(r'[<>:"|?*;%]')


def clean_name(given: str, kind: Kind) -> str:
    """The last part of a name without what could mislead people or systems, ending as its kind does.

    Characters that are not shown (controls, marks of direction, surrogates, private use) go, those that a file system
    gives a meaning become `_`.

    >>> clean_name("C:\\\\papers\\\\invoice 7.PDF", "pdf"), clean_name("../../etc/passwd", "text")
    ('invoice 7.PDF', 'passwd.txt')
    >>> clean_name("invoice\\u202efdp.exe", "pdf"), clean_name(" . ", "csv")
    ('invoicefdp.exe.pdf', 'file.csv')
    """
    name = _BETWEEN_FOLDERS.split(unicodedata.normalize("NFC", given))[-1]
    name = "".join(each for each in name if unicodedata.category(each)[0] != "C" or each.isspace())
    name = _FORBIDDEN.sub("_", " ".join(name.split())).strip(". ")
    stem, dot, ending = name.rpartition(".")
    endings = KINDS[kind].endings
    if dot and stem and ending.lower() in endings:
        return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"
    return f"{(name or 'file')[: MAX_NAME - len(endings[0]) - 1]}.{endings[0]}"
