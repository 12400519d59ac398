"""A partition of the archive, whatever is written, wherever a process dies, whichever byte is changed."""

import hashlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.archive.folder import check, list_partitions, read_records
from shared.archive.partition import MANIFEST, ArchivedPartition, Busy, Damaged
from shared.bus.protocol import Record

TOPIC = "entry-filed"
NOW = datetime(2026, 3, 2, 23, 59, 58, tzinfo=UTC)
LAX = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
some_bytes = st.none() | st.binary(max_size=40)
headers = st.dictionaries(st.text(max_size=5), st.binary(max_size=9), max_size=3)
batches = st.lists(st.lists(st.tuples(some_bytes, some_bytes, headers), min_size=1, max_size=4), min_size=1, max_size=5)


def record(offset: int, key: bytes | None = b"k", value: bytes | None = b"v") -> Record:
    return Record(TOPIC, 0, offset, key, value, {"h": b"\x00"})


def write(folder: Path, written: list[list[Record]], now: datetime = NOW) -> ArchivedPartition:
    """Each batch a frame, a second after the last: over midnight a day has its own segment."""
    partition = ArchivedPartition(folder, TOPIC, 0)
    with partition.open_to_write() as writer:
        for number, records in enumerate(written):
            writer.append(records, records[-1].offset + 1, now + timedelta(seconds=number))
    return partition


def fresh(tmp_path: Path) -> Path:
    """An empty folder for each example."""
    folder = tmp_path / "archive"
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@LAX
@given(batches)
def test_what_is_read_is_what_was_written(
    tmp_path: Path, sent: list[list[tuple[bytes | None, bytes | None, dict[str, bytes]]]]
) -> None:
    folder, offset, written = fresh(tmp_path), 0, list[list[Record]]()
    for batch in sent:
        written.append([Record(TOPIC, 0, offset + at, *each) for at, each in enumerate(batch)])
        offset += len(batch)
    partition = write(folder, written)
    assert list(read_records(folder)) == written
    assert list(partition.check()) == []
    assert [each.topic for each in list_partitions(folder)] == [TOPIC]
    days = ["2026-03-02"] if len(sent) < 3 else ["2026-03-02", "2026-03-03"]
    assert check(partition).days == tuple(days)


@LAX
@given(st.data())
def test_a_process_that_died_anywhere_is_followed_by_one_that_goes_on(tmp_path: Path, data: st.DataObject) -> None:
    folder = fresh(tmp_path)
    written = [[record(0), record(1)], [record(2)]]
    partition = write(folder, written)
    segment, manifest = partition.folder / "2026-03-02.zst", partition.folder / MANIFEST
    of_first = partition.frames()[0].bytes
    lines = manifest.read_bytes()
    of_line = lines.index(b"\n") + 1
    # The second frame was on its way: some of its bytes, and, once all are there, some of its line.
    kept = data.draw(st.integers(of_first, segment.stat().st_size))
    of_second = data.draw(st.integers(0, len(lines) - of_line - 1)) if kept == segment.stat().st_size else 0
    segment.write_bytes(segment.read_bytes()[:kept])
    manifest.write_bytes(lines[: of_line + of_second])
    with partition.open_to_write() as writer:
        assert writer.next == 2
        writer.append([record(2), record(3)], 4, NOW)
    assert [each.offset for records in read_records(folder) for each in records] == [0, 1, 2, 3]
    assert list(partition.check()) == []


@LAX
@given(st.data())
def test_a_byte_that_is_changed_is_found_with_the_offsets_that_are_lacking(tmp_path: Path, data: st.DataObject) -> None:
    folder = fresh(tmp_path)
    partition = write(folder, [[record(0), record(1)], [record(2)]])
    path = partition.folder / data.draw(st.sampled_from(["2026-03-02.zst", MANIFEST]))
    raw = bytearray(path.read_bytes())
    # The newline of the last line is the mark of a process that died: without it the line never counted.
    place = data.draw(st.integers(0, len(raw) - 2))
    raw[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(raw))
    found = [str(damage) for damage in partition.check()]
    assert found
    if path.name != MANIFEST:
        assert any("are lacking" in each for each in found), found


@pytest.mark.parametrize("mask", [1, 4, 0x80])
def test_whichever_byte_of_a_manifest_changes_is_found(tmp_path: Path, mask: int) -> None:
    partition = write(tmp_path, [[record(0)], [record(1)]])
    manifest = partition.folder / MANIFEST
    written = manifest.read_bytes()
    changes = [(place, written[place] ^ mask) for place in range(len(written) - 1)]
    changes += [(place, ord(end)) for place in range(len(written) - 1) for end in "\r\n"]
    unseen = []
    for place, byte in changes:
        manifest.write_bytes(written[:place] + bytes([byte]) + written[place + 1 :])
        if byte != written[place] and not list(partition.check()):
            unseen.append((place, byte))
    assert unseen == []


def test_a_manifest_of_before_its_lines_had_a_hash_goes_on_with_one(tmp_path: Path) -> None:
    partition = write(tmp_path, [[record(0)], [record(1)]])
    manifest = partition.folder / MANIFEST
    bare, head = b"", "0" * 64
    for line in manifest.read_bytes().splitlines():
        said = orjson.loads(line) | {"previous": head}
        assert said.pop("line_sha256")
        one = orjson.dumps(said) + b"\n"
        bare, head = bare + one, hashlib.sha256(one).hexdigest()
    manifest.write_bytes(bare)
    with partition.open_to_write() as writer:
        writer.append([record(2)], 3, NOW)
    assert [each.offset for records in read_records(tmp_path) for each in records] == [0, 1, 2]
    assert list(partition.check()) == []
    last = manifest.read_bytes().splitlines()[-1]
    stripped = {name: value for name, value in orjson.loads(last).items() if name != "line_sha256"}
    after = orjson.dumps(stripped | {"previous": hashlib.sha256(last + b"\n").hexdigest()}) + b"\n"
    manifest.write_bytes(bare + last + b"\n" + after)
    assert "line 4" in str(next(partition.check()))


def test_a_segment_that_is_gone_or_a_line_that_is_taken_out_is_found(tmp_path: Path) -> None:
    partition = write(tmp_path / "a", [[record(0)], [record(1)], [record(2)]])
    (partition.folder / "2026-03-02.zst").unlink()
    assert "offsets 0 to 0 are lacking" in str(next(partition.check()))
    other = write(tmp_path / "b", [[record(0)], [record(1)], [record(2)]])
    manifest = other.folder / MANIFEST
    first, _, third = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(first + third)
    assert "line 2 of the manifest" in str(next(other.check()))
    with pytest.raises(Damaged, match="line 2"):
        other.open_to_write()


def test_what_the_bus_had_no_more_is_named(tmp_path: Path) -> None:
    partition = write(tmp_path, [[record(0)], [record(7), record(8)]])
    found = check(partition)
    assert (found.gaps, found.faults, found.next) == (("1 to 6",), (), 9)


def test_records_that_come_again_are_left_out_and_a_partition_has_one_writer(tmp_path: Path) -> None:
    partition = write(tmp_path, [[record(0), record(1)]])
    with partition.open_to_write() as writer:
        with pytest.raises(Busy):
            partition.open_to_write()
        writer.append([record(0), record(1)], 2, NOW)
        writer.append([record(1), record(2)], 3, NOW)
    assert [each.offset for records in read_records(tmp_path) for each in records] == [0, 1, 2]


def test_the_head_stands_for_all_that_was_written(tmp_path: Path) -> None:
    partition = write(tmp_path, [[record(0)], [record(1)]])
    before = check(partition).head
    lines = (partition.folder / MANIFEST).read_bytes().splitlines(keepends=True)
    (partition.folder / MANIFEST).write_bytes(lines[0])
    assert check(partition).head != before
