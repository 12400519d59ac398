"""One partition of a topic in the archive: segments of zstd frames, and a manifest that says what stands in them.

A segment holds what was archived on one day (UTC). Each frame of it is one batch of records as MessagePack, `[offset,
key, value, [[header, value], …]]` each, bytes as they came. The manifest has a line for each frame: its segment, place
and length there, offsets, number of records, the SHA-256 of the frame, that of the line before, and its own. A frame
counts once its line stands: both are forced to disk in this order, so a process that dies leaves at most a tail without
a line, which is cut off before the next frame. Lines without a hash of their own are of archives of before.

Only one process at a time writes a partition: it holds the lock of the manifest.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import cramjam
import msgspec
import orjson

from shared.bus.protocol import Record

MANIFEST: Final = "manifest.ndjson"
_LEVEL: Final = 9
_FIRST: Final = "0" * 64
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[tuple[int, bytes | None, bytes | None, list[tuple[str, bytes]]]]).decode


class Damaged(Exception):  # noqa: N818  says what the archive is
    """What the archive holds is not what was written; the text says where, and which offsets are lacking for it."""


class Busy(Exception):  # noqa: N818  says what the partition is
    """Another process writes this partition."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of the manifest: the records with offsets from `first` to below `next`, where and as what they stand.

    `expected` is the offset that should have been first: below `first`, the bus had not the records between any more.
    `previous` is the SHA-256 of the line before, of the first line zeros.
    """

    segment: str
    at: int
    bytes: int
    records: int
    first: int
    next: int
    expected: int
    sha256: str
    archived_at: str
    previous: str


_NAMES: Final = frozenset(each.name for each in fields(Frame))
_SEAL: Final = "line_sha256"


class ArchivedPartition:
    """A partition's folder, to read from; `open_to_write` to write to."""

    def __init__(self, folder: Path, topic: str, number: int) -> None:
        self.topic, self.number = topic, number
        self.folder = folder / topic / f"{number:04d}"

    def frames(self) -> list[Frame]:
        """The lines of the manifest, checked as a chain; a last line that was not written whole is no line.

        Raises `Damaged`.
        """
        return _read_manifest(self._name, _bytes_of(self.folder / MANIFEST))[0]

    @property
    def head(self) -> str:
        """The SHA-256 of the last line, which stands for all that came before; zeros where there is none."""
        return _read_manifest(self._name, _bytes_of(self.folder / MANIFEST))[1]

    def read(self, frame: Frame) -> list[Record]:
        """The records of a frame; raises `Damaged` when it is not what the manifest says."""
        try:
            with (self.folder / frame.segment).open("rb") as segment:
                segment.seek(frame.at)
                packed = segment.read(frame.bytes)
        except FileNotFoundError:
            packed = b""
        if len(packed) != frame.bytes or _sha256(packed) != frame.sha256:
            raise Damaged(
                f"{self._name}: {frame.segment} is damaged or missing at byte {frame.at};"
                f" offsets {frame.first} to {frame.next - 1} are lacking"
            )
        rows = _decode(bytes(cramjam.zstd.decompress(packed)))
        return [
            Record(self.topic, self.number, offset, key, value, dict(headers)) for offset, key, value, headers in rows
        ]

    def check(self) -> Iterator[Damaged]:
        """Everything that is wrong with the partition: each frame is read, its records counted."""
        try:
            frames = self.frames()
        except Damaged as damage:
            yield damage
            return
        expected, ends = 0, dict[str, int]()
        for frame in frames:
            try:
                offsets = [record.offset for record in self.read(frame)]
            except Damaged as damage:
                yield damage
            else:
                if len(offsets) != frame.records or offsets != sorted({*offsets}) or offsets[0] != frame.first:
                    yield Damaged(f"{self._name}: {frame.segment} at byte {frame.at} holds other records than are said")
            if frame.expected != expected or frame.first < frame.expected:
                yield Damaged(f"{self._name}: offset {expected} should follow, the manifest says {frame.expected}")
            expected, ends[frame.segment] = frame.next, frame.at + frame.bytes
        for name in sorted(path.name for path in self.folder.glob("*.zst")):
            if name not in ends:
                yield Damaged(f"{self._name}: {name} stands in no line of the manifest")

    def open_to_write(self) -> "PartitionWriter":
        """Take the partition; raises `Busy` when another process has it, `Damaged` when it cannot go on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return PartitionWriter(self)

    @property
    def _name(self) -> str:
        return f"{self.topic} {self.number}"


class PartitionWriter:
    """Appends frames to a partition that no other process writes."""

    def __init__(self, partition: ArchivedPartition) -> None:
        self._partition = partition
        self._manifest: BinaryIO = (partition.folder / MANIFEST).open("ab+")
        try:
            _lock(self._manifest, partition)
            self._manifest.seek(0)
            written = self._manifest.read()
            frames, self._head, length = _read_manifest(f"{partition.topic} {partition.number}", written)
            self._cut_off(length, frames)
        except BaseException:
            self._manifest.close()
            raise
        self.next = frames[-1].next if frames else 0
        _force_folder(partition.folder)

    def append(self, records: Sequence[Record], end: int, now: datetime) -> None:
        """Write records as one frame, for good when this returns; `end` is the offset that follows them.

        What was archived before is left out.
        """
        fresh = [record for record in records if record.offset >= self.next]
        if not fresh:
            return
        packed = bytes(
            cramjam.zstd.compress(
                _encode([(each.offset, each.key, each.value, list(each.headers.items())) for each in fresh]), _LEVEL
            )
        )
        at_utc = now.astimezone(UTC)
        name = f"{at_utc:%Y-%m-%d}.zst"
        path = self._partition.folder / name
        is_new = not path.exists()
        with path.open("ab") as segment:
            place = segment.tell()
            segment.write(packed)
            _force(segment)
        if is_new:
            _force_folder(self._partition.folder)
        frame = Frame(
            segment=name,
            at=place,
            bytes=len(packed),
            records=len(fresh),
            first=fresh[0].offset,
            next=max(end, fresh[-1].offset + 1),
            expected=self.next,
            sha256=_sha256(packed),
            archived_at=at_utc.isoformat(timespec="milliseconds"),
            previous=self._head,
        )
        line = _line_of(frame)
        self._manifest.write(line)
        _force(self._manifest)
        self._head, self.next = _sha256(line), frame.next

    def close(self) -> None:
        """Let others have the partition."""
        self._manifest.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _cut_off(self, length: int, frames: Sequence[Frame]) -> None:
        """Take away what a process that died left behind the last frame that counts."""
        self._manifest.truncate(length)
        ends = {frame.segment: frame.at + frame.bytes for frame in frames}
        for path in self._partition.folder.glob("*.zst"):
            end = ends.get(path.name, 0)
            size = path.stat().st_size
            if size < end:
                raise Damaged(f"{self._partition.topic} {self._partition.number}: {path.name} ends before byte {end}")
            if size > end:
                with path.open("ab") as segment:
                    segment.truncate(end)
                    _force(segment)
            if not end:
                path.unlink()


def _read_manifest(name: str, written: bytes) -> tuple[list[Frame], str, int]:
    """The frames of a manifest, the hash of its last line, and how many bytes of it count."""
    frames, head, length, are_sealed = list[Frame](), _FIRST, 0, False
    *lines, _ = written.split(b"\n")  # a process died over what comes after the last newline
    for number, text in enumerate(lines, 1):
        line = text + b"\n"
        frame, is_sealed = _frame_of(line)
        if frame is None or frame.previous != head or is_sealed < are_sealed:
            raise Damaged(f"{name}: line {number} of the manifest is not what was written, or one before it is gone")
        frames.append(frame)
        head, length, are_sealed = _sha256(line), length + len(line), is_sealed
    return frames, head, length


def _line_of(frame: Frame) -> bytes:
    said = asdict(frame)
    return orjson.dumps(said | {_SEAL: _sha256(orjson.dumps(said))}) + b"\n"


def _frame_of(line: bytes) -> tuple[Frame | None, bool]:
    """What a line says, and whether it has a hash of its own; None when it is not as it was written."""
    try:
        said: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None, False
    is_sealed = isinstance(said, dict) and said.pop(_SEAL, None) is not None
    if not isinstance(said, dict) or said.keys() != _NAMES:
        return None, is_sealed
    frame = Frame(**said)
    return (frame if not is_sealed or line == _line_of(frame) else None), is_sealed


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _lock(manifest: BinaryIO, partition: ArchivedPartition) -> None:
    try:
        fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy(f"{partition.topic} {partition.number} is written by another process") from None


def _force(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _force_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
