"""Which goods are the same: a key of a line's goods that does not hold the tariff number, so that numbers can differ.

What is compared is the description, the maker and the country of origin. The words of a description are brought into
one form by `data/goods_words.csv`, whose rows stay as they are: a changed row would change keys that are kept.
"""

import re
import unicodedata
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from shared.customs.reference_data import read_table

_KEY_BYTES: Final = 8
_DIGITS_OF_A_PART_NUMBER: Final = 3
_SHORTEST_TELLING_WORD: Final = 2
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CHUNKS = re.compile(r"[\s,;:()\"]+")
_WORDS = re.compile(r"(?:LT|GT)?\d+(?:\.\d+)?(?!\.?\d)(?=[^\W\d_]*\b)[^\W\d_]*|[^\W_]+")
_AMOUNT = re.compile(r"((?:LT|GT)?\d+(?:\.\d+)?)([^\W\d_]*)")
_SIGNS = str.maketrans(
    {"%": " PCT ", "<": " LT ", ">": " GT ", "=": " ", "'": "", "\N{RIGHT SINGLE QUOTATION MARK}": ""}
)


class Words(NamedTuple):
    """A description in one form: its words once each in alphabetical order, its part numbers likewise.

    An amount stands with its unit as one word (`90PCT`), a comparison before it (`LT85PCT`).
    """

    tokens: tuple[str, ...]
    model: tuple[str, ...]


class _Table(NamedTuple):
    abbreviations: dict[str, tuple[str, ...]]
    units: dict[str, str]
    fillers: frozenset[str]
    vague: frozenset[str]


@lru_cache(maxsize=65_536)
def normalise(text: str) -> Words:
    """A description of goods in one form, whatever its order, case, punctuation and usual abbreviations.

    >>> normalise("Shirts, 90 % COT, W/G (new)")
    Words(tokens=('90PCT', 'COTTON', 'GIRLS', 'SHIRTS', 'WOMEN'), model=())
    >>> normalise("BALL BEARING 6204-2RS")
    Words(tokens=('2RS', 'BALL', 'BEARING'), model=('6204',))
    """
    table = _read_words()
    plain = (
        text.upper() if text.isascii() else unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    )
    plain = _THOUSANDS.sub("", plain.translate(_SIGNS))
    words: list[str] = []
    for chunk in _CHUNKS.split(plain):
        if chunk.isalpha():
            words.append(chunk)
            continue
        whole = table.abbreviations.get(chunk)
        words += whole if whole is not None else _WORDS.findall(chunk)
    tokens: set[str] = set()
    model: set[str] = set()
    for word in _join_amounts(words, table.units):
        for each in table.abbreviations.get(word, (word,)):
            if each in table.fillers:
                continue
            if each.isalpha() or not _is_part_number(each, table.units):
                tokens.add(each)
            else:
                model.add(each)
    return Words(tuple(sorted(tokens)), tuple(sorted(model)))


def goods_key(description: str, maker: str | None, origin: str) -> str | None:
    """The key of goods by description, maker and origin: 16 hexadecimal digits; None where they are not told apart.

    That is so without a maker, and where the description says nothing by itself (`PARTS`). Two keys are alike by
    chance once in 2^64 pairs: who shows what lies under a key shows the texts.

    >>> goods_key("PORTABLE COMPUTERS", "CNABC123SHE", "CN") == goods_key("Computers, portable", "CNABC123SHE", "CN")
    True
    >>> goods_key("MISC HARDWARE", "CNABCELE123SHE", "CN") is None
    True
    """
    if maker is None or not (made_by := maker.strip().upper()):
        return None
    words = normalise(description)
    if not is_telling(words):
        return None
    return _digest("\n".join((made_by, origin, " ".join(words.tokens), " ".join(words.model))))


def tariffed_key(key: str, tariff: str) -> str:
    """The key of goods together with the tariff number under which they were entered."""
    return _digest(f"{key}\n{tariff}")


def is_telling(words: Words) -> bool:
    """Whether a description tells its goods from others: it has a part number, or a word that is not vague."""
    vague = _read_words().vague
    return bool(words.model) or any(
        len(token) >= _SHORTEST_TELLING_WORD and token.isalpha() and token not in vague for token in words.tokens
    )


def _join_amounts(words: list[str], units: dict[str, str]) -> list[str]:
    """Amounts with their units, comparisons with their amounts: `90`, `PCT` as `90PCT`."""
    joined: list[str] = []
    for word in words:
        last = joined[-1] if joined else ""
        if word.isalpha():
            if word in units and (bare := _AMOUNT.fullmatch(last)) is not None and not bare[2]:
                joined[-1] = last + units[word]
            else:
                joined.append(word)
        elif (amount := _AMOUNT.fullmatch(word)) is not None:
            number = amount[1] + units.get(amount[2], amount[2])
            if last in {"LT", "GT"}:
                joined.pop()
                number = last + number
            joined.append(number)
        else:
            joined.append(word)
    return [word for word in joined if word not in {"LT", "GT"}]


def _is_part_number(word: str, units: dict[str, str]) -> bool:
    """Whether a word names an article by number: three digits or more that are no amount of a unit."""
    if sum(each.isdigit() for each in word) < _DIGITS_OF_A_PART_NUMBER:
        return False
    amount = _AMOUNT.fullmatch(word)
    return amount is None or amount[2] not in units


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).hexdigest()


@cache
def _read_words() -> _Table:
    table = _Table({}, {}, frozenset(), frozenset())
    fillers, vague = set(), set()
    for row in read_table("goods_words"):
        match row["kind"]:
            case "abbreviation":
                table.abbreviations[row["word"]] = tuple(row["becomes"].split())
            case "unit":
                table.units[row["word"]] = row["becomes"]
            case "filler":
                fillers.add(row["word"])
            case "vague":
                vague.add(row["word"])
            case kind:
                raise ValueError(f"goods_words.csv: {row['word']} is of no kind {kind}")
    return table._replace(fillers=frozenset(fillers), vague=frozenset(vague))
