"""The tables of the console: who is signed in or about to be, what people wrote and have not sent."""

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, Table, Text

metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("session_key", LargeBinary, primary_key=True, comment="SHA-256 of the id that the cookie carries."),
    Column("content", LargeBinary, nullable=False, comment="Token and person, encrypted."),
    Column("provider_session", Text, comment="`sid` of the identity provider, by which it ends the session."),
    Column("subject", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
    comment="Who is signed in.",
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("state_key", LargeBinary, primary_key=True, comment="SHA-256 of the state that the provider gives back."),
    Column("content", LargeBinary, nullable=False, comment="Verifier, nonce and where to go on, encrypted."),
    Column("started_at", DateTime(timezone=True), nullable=False),
    comment="Sign-ins that wait for the identity provider, for ten minutes.",
)

drafts = Table(
    "drafts",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("place", Text, primary_key=True, comment="The work item."),
    Column("form", Text, primary_key=True, comment="The form of its page: decide, letter, or an act of its process."),
    Column("content", LargeBinary, nullable=False, comment="What was written, encrypted."),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    comment="What people wrote and have not sent.",
)
