"""Which characters the fonts of a letter have; what they do not have stands in it by its number."""

import re
import unicodedata
from bisect import bisect_right
from typing import Final

# Of Libertinus Serif, New Computer Modern and DejaVu Sans Mono, which typst carries, the characters that one of them
# has upright and one has bold; in hexadecimal. Nothing that steers text (Cc, Cf) is among them: what would turn the
# direction of a line, or hide, is shown.
_RANGES: Final = """
20-7E A0-AC AE-34E 350-377 37A-37F 384-38A 38C 38E-3A1 3A3-4FF 510-513 51A-51D 531-556 559-58A 58D-58F 591-5C7
5D0-5EA 5EF-5F4 606-607 609-60A 60C 615 61B 61F 621-63A 640-655 65A 660-66D 674 679-67B 67E-680 683-684 686-687 691
698 6A4 6A9 6AF 6BE 6CC 6F0-6F9 E3F E81-E82 E84 E87-E88 E8A E8D E94-E97 E99-E9F EA1-EA3 EA5 EA7 EAA-EAB EAD-EB9
EBB-EBC EC8-ECD 10D0-10FF 13A0-13F5 13F8-13FD 1AB0-1ACE 1D00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B
1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FC4 1FC6-1FD3 1FD6-1FDB 1FDD-1FEF 1FF2-1FF4 1FF6-1FFE 2000-200A 2010-2027 202F-2037
2039-2040 2042 2044-204B 204F 2052 2054 205F 2070-2071 2074-208E 2090-209C 20A0-20C0 20D0-20F0 2100-2103 2105-2106
2109 210C-210F 2111 2113 2115-2117 2119-211A 211C-211E 2120 2122 2124 2126-2127 212A-212B 212E 2135-2139 2148
214F-2151 2153-2184 2189 2190-2220 2222-222D 2234-223D 2241-226B 226D-228B 228D-22A5 22B2-22B5 22B8 22C2-22C6
22CD-22D1 22DA-22E9 22EF 2300-2306 2308-2315 2318-2319 231C-2322 2325-2328 232B 2335-237A 237D 2380-2383 2388-238B 2395
239B-23AE 23CE-23CF 23D3 2422-2423 2460-262F 2638-268B 2690-269C 26A0-26A5 26AD-26AE 26B0-26B2 2701-2704 2706-2709
270C-2727 2729-274B 274D 274F-2752 2756 2758-275E 2761-277F 2794 2798-27AF 27B1-27BE 27C2 27C5-27C6 27DC 27E0
27E6-27EB 27F5-27F7 2800-28FF 2987-2988 2997-2998 29EB 29FA-29FB 2A00 2A2F 2A6A-2A6B 2B05-2B0D 2B12-2B1A
"""


def _read(ranges: str) -> tuple[tuple[int, int], ...]:
    pairs = (item.partition("-") for item in ranges.split())
    return tuple((int(first, 16), int(last or first, 16)) for first, _, last in pairs)


_SPANS: Final = _read(_RANGES)
_FIRSTS: Final = [first for first, _ in _SPANS]
_LONGEST_WORD: Final = 28
_PIECE: Final = 12
_IDENTIFIER: Final = re.compile("[0-9a-fA-F-]{36}")
_BREAK: Final = "\u200b"
_SURE: Final = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x17F))))
"""Characters that stand alone in the first font, and so need no other beside them."""


def has_glyph(character: str) -> bool:
    r"""Whether the fonts of a letter have a character.

    >>> [has_glyph(each) for each in ("a", "ñ", "א", "中", "😀", "\u202e")]
    [True, True, True, False, False, False]
    """
    code = ord(character)
    position = bisect_right(_FIRSTS, code) - 1
    return position >= 0 and code <= _SPANS[position][1]


def printable(text: object, *, only_sure: bool = False, breaks: bool = True) -> str:
    r"""A text in one line as a letter can show it: what no font has by its number, long words with places to break.

    Without `breaks` words stay whole. With `only_sure` Latin letters alone stay: for text whose characters the fonts
    have, but not together.

    >>> printable("Ñandú 😀\n#x"), printable("\u202eabc")
    ('Ñandú [U+1F600] #x', '[U+202E]abc')
    """
    line = " ".join(unicodedata.normalize("NFC", str(text)).split())
    shown = "".join(
        each if (each in _SURE if only_sure else has_glyph(each)) else _number(each)
        for each in line
        if each != "\u00ad"
    )
    return " ".join(_breakable(word) for word in shown.split(" ")) if breaks else shown


def is_replaced(text: object, *, only_sure: bool = False) -> bool:
    """Whether a letter shows a character of the text by its number.

    >>> is_replaced("Ñandú"), is_replaced("Ñandú 😀")
    (False, True)
    """
    return any(
        not (each in _SURE if only_sure else has_glyph(each))
        for each in unicodedata.normalize("NFC", str(text))
        if each != "\u00ad" and not each.isspace()
    )


def _number(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _breakable(word: str) -> str:
    if len(word) <= _LONGEST_WORD or _IDENTIFIER.fullmatch(word):
        return word
    return _BREAK.join(word[begin : begin + _PIECE] for begin in range(0, len(word), _PIECE))
