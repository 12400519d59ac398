"""The table of entry lines: what predicates over entries look at."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from services.liquidation.store.tables.records import metadata

entry_lines = Table(
    "entry_lines",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("line_number", Integer, primary_key=True, autoincrement=False),
    Column("hts", Text(collation="C"), primary_key=True),
    Column("case_number", Text(collation="C"), primary_key=True),
    Column("origin", Text, nullable=False),
    Index("entry_lines_hts", "hts", "origin", postgresql_include=["entry_number", "version", "line_number"]),
    Index("entry_lines_case", "case_number", postgresql_where=text("case_number <> ''")),
    comment="Each tariff number and case on each line of each version; case_number is empty where there is none.",
)
