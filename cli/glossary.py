"""The page of the glossary, made from its table."""

from collections.abc import Iterator
from pathlib import Path

from shared.customs.glossary import terms

PAGE = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"

_HEAD = """# Glossary

One term per thing, the same in code, tables, APIs and documents. Made by `make contracts` from
`shared/customs/data/glossary.csv`, which also says many of them as one would to a newcomer: the console shows that.
"""
_SECTIONS = (("field", "The field"), ("system", "The system"))


def page() -> str:
    """The page as it is to stand."""
    return "\n".join([_HEAD, *(line for section, title in _SECTIONS for line in _section(section, title))])


def _section(section: str, title: str) -> Iterator[str]:
    yield from (f"## {title}", "", "| term | what it is |", "|---|---|")
    yield from (f"| {each.term} | {each.meaning} |" for each in terms() if each.section == section)
    yield ""
