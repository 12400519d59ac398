"""The table of files, the same in every service that takes them."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, LargeBinary, MetaData, Table, Text, Uuid, text


def file_table(metadata: MetaData) -> Table:
    """Declare the table of files on a service's metadata."""
    return Table(
        "files",
        metadata,
        Column("file_id", Uuid, primary_key=True),
        Column("subject", Text, nullable=False),
        Column("subject_id", Text, nullable=False),
        Column("level", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("size_bytes", BigInteger, nullable=False),
        Column("sha256", LargeBinary, nullable=False),
        Column("added_at", DateTime(timezone=True), nullable=False),
        Column("added_by", Text, nullable=False),
        Column("added_by_name", Text, nullable=False),
        Column("acting_for", Text),
        Column("is_by_party", Boolean, nullable=False),
        Column("authority", Text, nullable=False),
        Column("scan", Text, nullable=False),
        Column("scan_detail", Text),
        Column("scanned_at", DateTime(timezone=True)),
        Column("redacts", Uuid),
        Column("redacts_sha256", LargeBinary),
        Index("files_subject", "subject", "subject_id", "added_at", "file_id"),
        Index("files_sha256", "sha256"),
        Index(
            "files_unscanned",
            "file_id",
            postgresql_where=text("scan = ANY (ARRAY['received'::text, 'not-scanned'::text])"),
        ),
        comment="Files on matters; their bytes lie in the store of files, under their SHA-256.",
    )
