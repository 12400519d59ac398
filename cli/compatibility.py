"""The contracts of this tree beside those of the release before: what somebody who relies on that one would miss.

    python -m cli.compatibility

`deploy/previous-release` names the commit of the release that runs. Events are compared as `shared/contracts/documents`
does: a message that was valid stays valid. Of an API these break somebody:

- an operation, a parameter, a field of a request, a content type or an answer of success that is gone;
- a parameter, a body or a field of a request that became required; a call that needs a token where it needed none;
- a value that a request took and takes no more: its type, a word, a bound, a pattern, a format;
- a field of an answer that is gone, that is not always there any more, that may be null, or has another type or format.

What is added breaks nobody: operations, optional parameters and fields, fields of answers, and words of answers, since
lists of words grow. Errors are problem documents whatever their status, so that they may come and go. A break that is
meant stands in `deploy/previous-release.waivers.csv` with its reason, until the release that has it is the one before;
`*` there is any document, or any operation.
"""

import csv
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from cli.catalogue import SERVICES
from cli.not_there import NotThere, sentence_of
from shared.contracts.documents import incompatibilities

ROOT: Final = Path(__file__).resolve().parent.parent
PREVIOUS: Final = ROOT / "deploy" / "previous-release"
WAIVERS: Final = ROOT / "deploy" / "previous-release.waivers.csv"
OF_TABLES: Final = "tables"
"""The document of waivers that name a table, as `service.table`, which the release before fills in another way."""
_CONTRACTS: Final = Path("docs") / "contracts"
_METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options")
_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "formatMinimum")
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "formatMaximum")

Way = Literal["request", "answer"]
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """What of a document somebody would miss: of which operation or topic, and what it is."""

    document: str
    subject: str
    what: str

    def __str__(self) -> str:
        return f"{self.document}: {self.subject}: {self.what}"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A break that is meant, with why."""

    broken: Break
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What breaks and is not meant, and waivers of what does not break."""

    breaks: Sequence[Break]
    unneeded: Sequence[Break]


def previous_commit() -> str:
    """The commit of the release before."""
    return PREVIOUS.read_text(encoding="utf-8").strip()


def take_out(commit: str, folder: Path) -> Path:
    """Write the tree of a commit into a folder; raises `NotThere` with what to fetch where this clone has it not."""
    archived = _git("archive", "--format=tar", commit)
    if archived is None:
        raise NotThere(
            f"this clone has not the release before: run `git fetch --depth=1 origin {commit}` (deploy/previous-release"
            " names it), or clone with the whole history"
        )
    with tarfile.open(fileobj=io.BytesIO(archived)) as tree:
        tree.extractall(folder, filter="data")
    return folder


def read_waivers(file: Path = WAIVERS) -> list[Waiver]:
    """The breaks that are meant."""
    with file.open(encoding="utf-8", newline="") as rows:
        return [
            Waiver(Break(row["document"], row["subject"], row["what"]), row["reason"]) for row in csv.DictReader(rows)
        ]


def report(before: Path, now: Path = ROOT, waivers: Sequence[Waiver] = ()) -> Report:
    """Compare two trees' contracts; waivers of tables are no matter of contracts."""
    found = sorted({*compare_events(before / _CONTRACTS, now / _CONTRACTS), *compare_apis(before, now)})
    meant = sorted(each.broken for each in waivers if each.broken.document != OF_TABLES)
    return Report(
        [each for each in found if not any(_is_meant(waived, each) for waived in meant)],
        [waived for waived in meant if not any(_is_meant(waived, each) for each in found)],
    )


def _is_meant(waived: Break, found: Break) -> bool:
    pairs = ((waived.document, found.document), (waived.subject, found.subject))
    return waived.what == found.what and all(given in ("*", there) for given, there in pairs)


def compare_events(before: Path, now: Path) -> Iterator[Break]:
    """What breaks between the JSON Schemas and channels of two folders of contracts."""
    for path in sorted((before / "schemas").glob("*.json")):
        current = now / "schemas" / path.name
        if not current.exists():
            yield Break("events", path.stem, "the topic is gone")
            continue
        for what in incompatibilities(_read(path), _read(current)):
            yield Break("events", path.stem, what)
    old, new = _read(before / "asyncapi.json"), _read(now / "asyncapi.json")
    for kind in ("channels", "operations"):
        for name in sorted(old[kind].keys() - new[kind].keys()):
            yield Break("asyncapi", name, f"is gone from {kind}")


def compare_apis(before: Path, now: Path) -> Iterator[Break]:
    """What breaks between the OpenAPI documents of two trees."""
    for service in SERVICES:
        path = _CONTRACTS / "openapi" / f"{service.name}.json"
        if (before / path).exists():
            yield from compare_api(service.name, _read(before / path), _read(now / path))


def compare_api(name: str, before: Schema, now: Schema) -> Iterator[Break]:
    """What breaks between two OpenAPI documents of one API."""
    for path, item in before["paths"].items():
        for method in (each for each in _METHODS if each in item):
            subject = f"{method.upper()} {path}"
            operation = now["paths"].get(path, {}).get(method)
            if operation is None:
                yield Break(name, subject, "is gone")
                continue
            for what in _compare_operation(_Documents(before, now), item[method], operation):
                yield Break(name, subject, what)


class _Documents:
    """Two documents side by side, and the pairs of schemas in them that are being compared."""

    def __init__(self, before: Schema, now: Schema) -> None:
        self.before, self.now = before, now
        self._open: set[tuple[int, int, Way]] = set()

    def compare(self, old: Schema, new: Schema, where: str, way: Way) -> list[str]:
        """What breaks of the value at `where`; a pair of schemas that holds itself is looked at once."""
        old, new = _resolve(old, self.before), _resolve(new, self.now)
        pair = (id(old), id(new), way)
        if pair in self._open:
            return []
        self._open.add(pair)
        try:
            return self._compare(old, new, where, way)
        finally:
            self._open.discard(pair)

    def _compare(self, old: Schema, new: Schema, where: str, way: Way) -> list[str]:
        olds, news = _choices(old), _choices(new)
        if len(olds) > 1 or len(news) > 1:
            return self._compare_choices(olds, news, where, way)
        if olds[0] is not old or news[0] is not new:
            return self.compare(olds[0], news[0], where, way)
        was, is_now = old.get("type"), new.get("type")
        if was != is_now and not _is_wider(was, is_now, way):
            return [f"{where}: was {was or 'anything'}, is {is_now or 'anything'}"]
        found = list(_compare_values(old, new, where, way))
        found += self._compare_fields(old, new, where, way)
        if "items" in old and "items" in new:
            found += self.compare(old["items"], new["items"], f"{where}[]", way)
        extra, extra_now = old.get("additionalProperties"), new.get("additionalProperties")
        if isinstance(extra, dict) and isinstance(extra_now, dict):
            found += self.compare(extra, extra_now, f"{where}{{}}", way)
        elif way == "request" and extra is not False and extra is not None and extra_now is False:
            found.append(f"{where}: takes no other fields any more")
        return found

    def _compare_choices(self, olds: Sequence[Schema], news: Sequence[Schema], where: str, way: Way) -> list[str]:
        """A request takes each old choice still; an answer is one of the old choices."""
        found: list[str] = []
        given, takers = (olds, news) if way == "request" else (news, olds)
        for choice in given:
            tries = [
                self.compare(choice, each, where, way) if way == "request" else self.compare(each, choice, where, way)
                for each in takers
            ]
            best = min(tries, key=len, default=[f"{where}: is gone"])
            alike = [each for each in best if f"{where}: was " not in each]
            word = "takes no more" if way == "request" else "may be"
            found += alike if len(alike) == len(best) else [f"{where}: {word} {_name_of(choice)}"]
        return found

    def _compare_fields(self, old: Schema, new: Schema, where: str, way: Way) -> list[str]:
        fields = new.get("properties", {})
        needed, needed_now = set(old.get("required", ())), set(new.get("required", ()))
        found = []
        if way == "request":
            found += [f"{where}.{name}: became required" for name in sorted(needed_now - needed)]
        for name, child in old.get("properties", {}).items():
            if name not in fields:
                found.append(f"{where}.{name}: is gone")
                continue
            if way == "answer" and name in needed - needed_now:
                found.append(f"{where}.{name}: is not always there any more")
            found += self.compare(child, fields[name], f"{where}.{name}", way)
        return found


def _compare_operation(documents: _Documents, old: Schema, new: Schema) -> Iterator[str]:
    if new.get("security") and not old.get("security"):
        yield "needs a token"
    yield from _compare_parameters(documents, old, new)
    body, body_now = old.get("requestBody"), new.get("requestBody")
    if body is not None and body_now is None:
        yield "takes no body any more"
    elif body_now is not None:
        if body_now.get("required") and not (body or {}).get("required"):
            yield "the body became required"
        if body is not None:
            yield from _compare_contents(documents, body, body_now, "body", "request")
    for status, answer in old["responses"].items():
        if status[0] not in "23":
            continue
        if status not in new["responses"]:
            yield f"{status} is gone"
            continue
        now = new["responses"][status]
        yield from (
            f"{status} header {name}: is gone"
            for name in answer.get("headers", {}).keys() - now.get("headers", {}).keys()
        )
        yield from _compare_contents(documents, answer, now, status, "answer")


def _compare_parameters(documents: _Documents, old: Schema, new: Schema) -> Iterator[str]:
    before = {(each["in"], each["name"].lower()): each for each in old.get("parameters", ())}
    now = {(each["in"], each["name"].lower()): each for each in new.get("parameters", ())}
    for key, parameter in before.items():
        where = " ".join(key)
        if key not in now:
            yield f"{where}: is gone"
            continue
        yield from documents.compare(parameter.get("schema", {}), now[key].get("schema", {}), where, "request")
    for key, parameter in now.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield f"{' '.join(key)}: became required"


def _compare_contents(documents: _Documents, old: Schema, new: Schema, where: str, way: Way) -> Iterator[str]:
    contents = new.get("content", {})
    for kind, content in old.get("content", {}).items():
        if kind not in contents:
            yield f"{where} {kind}: is gone"
            continue
        yield from documents.compare(
            content.get("schema", {}), contents[kind].get("schema", {}), f"{where} {kind}", way
        )


def _compare_values(old: Schema, new: Schema, where: str, way: Way) -> Iterator[str]:
    if old.get("format") and new.get("format") and old["format"] != new["format"]:
        yield f"{where}: format was {old['format']}, is {new['format']}"
    if way == "answer":
        return
    if new.get("format") and not old.get("format"):
        yield f"{where}: takes only {new['format']} now"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{where}: pattern was {old.get('pattern')}, is {new['pattern']}"
    words, words_now = _words(old), _words(new)
    if words_now is not None:
        if words is None:
            yield f"{where}: takes only {', '.join(map(str, words_now))} now"
        elif gone := [str(each) for each in words if each not in words_now]:
            yield f"{where}: no longer takes {', '.join(sorted(gone))}"
    for bound in _LOWER:
        if bound in new and (bound not in old or new[bound] > old[bound]) and words is None:
            yield f"{where}: {bound} rose to {new[bound]}"
    for bound in _UPPER:
        if bound in new and (bound not in old or new[bound] < old[bound]) and words is None:
            yield f"{where}: {bound} fell to {new[bound]}"


def _is_wider(was: str | None, is_now: str | None, way: Way) -> bool:
    """Whether a request takes more than it did, or an answer says less wide a thing than it might have."""
    narrow, wide = (was, is_now) if way == "request" else (is_now, was)
    return wide is None or (narrow, wide) == ("integer", "number")


def _choices(schema: Schema) -> Sequence[Schema]:
    found: Sequence[Schema] = schema.get("anyOf") or schema.get("oneOf") or (schema,)
    return found


def _words(schema: Schema) -> list[Any] | None:
    words: list[Any] | None = [schema["const"]] if "const" in schema else schema.get("enum")
    return words


def _name_of(schema: Schema) -> str:
    return str(schema.get("$ref", schema.get("type", "anything"))).rsplit("/", 1)[-1]


def _resolve(schema: Schema, document: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _git(*words: str) -> bytes | None:
    """What git says; None when it cannot."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)  # noqa: S603, S607 - no shell
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def main() -> int:
    """Print what breaks; 1 when something does that is not meant."""
    try:
        with TemporaryDirectory() as folder:
            found = report(take_out(previous_commit(), Path(folder)), waivers=read_waivers())
    except NotThere as error:
        sys.stderr.write(f"{sentence_of(error)}\n")
        return 1
    for each in found.breaks:
        sys.stdout.write(f"{each}\n")
    for each in found.unneeded:
        sys.stdout.write(f"waived, and no break: {each}\n")
    if not found.breaks and not found.unneeded:
        sys.stdout.write(f"nothing breaks since {previous_commit()}\n")
    return int(bool(found.breaks or found.unneeded))


if __name__ == "__main__":
    sys.exit(main())
