"""What each table is distributed by (docs/scale), and what of a statement cannot be kept on one node by that.

A statement is read as PostgreSQL would: sources, equalities between their columns, what subqueries and WITH hand on.
Two distributed sources belong together where equalities join the columns that they are distributed by, directly or by
way of what else is in the statement (an array of arguments, a parameter, a third table). All else is an obstacle.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

from sqlglot import exp, parse_one

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "scale"
EVERYWHERE: Final = "reference"
AT_HOME: Final = "local"


class Placed(NamedTuple):
    """A table of the list: its key, or where it is instead; whether it grows; how it is parted.

    `why_whole` says of one that grows for ever why it is not parted: no-date (no date in its primary key, which would
    no longer tell a repeat with one), small (so few rows that nothing is gained) or lists (what reads it in order goes
    through every piece; `PIECES` of its service has it, so that operators can take it into pieces all the same).
    """

    service: str
    table: str
    key: str
    grows: str
    partitions: str
    why_whole: str
    note: str

    @property
    def is_distributed(self) -> bool:
        """Whether its rows are spread over the nodes by a column."""
        return self.key not in {EVERYWHERE, AT_HOME}


class Obstacle(NamedTuple):
    """What keeps a statement from being carried by nodes that each have some keys.

    `kind` is join (by other columns than the keys), insert (rows go where another key says), lock (rows of several
    nodes locked by a SELECT) or with (a WITH that writes, over rows of several nodes); `tables` are those concerned.
    """

    kind: str
    tables: str


@dataclass(slots=True)
class Findings:
    """Of one statement: what joins on the keys, and what does not."""

    joined: set[str] = field(default_factory=set)
    obstacles: set[Obstacle] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Layout:
    """A service's tables: the key of each (or reference, local), its columns, and the queries of its views."""

    keys: Mapping[str, str]
    columns: Mapping[str, Sequence[str]]
    views: Mapping[str, str] = field(default_factory=dict)


def read_list(name: str) -> list[dict[str, str]]:
    """The rows of a list in docs/scale."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def placed_tables() -> list[Placed]:
    """All tables with their places."""
    return [Placed(**row) for row in read_list("distribution.csv")]


def examine(statement: str, layout: Layout) -> Findings:
    """Read one statement; raises what sqlglot raises where it cannot."""
    tree = parse_one(statement, dialect="postgres")
    assert not isinstance(tree, exp.Command), f"not understood: {statement}"
    reader = _Reader(layout)
    reader.read(tree, None, {})
    return reader.findings


@dataclass(slots=True)
class _Derived:
    """What a query gives: its columns, those that carry a key, and the distributed tables that it is made of.

    `nodes` are its columns as its own scope knows them, None where one is computed.
    """

    columns: list[str]
    keys: set[str]
    tables: frozenset[str]
    nodes: list[object | None] = field(default_factory=list)


@dataclass(slots=True)
class _Source:
    """One place in a FROM; columns None: they are not known (a function)."""

    id: int
    columns: Sequence[str] | None
    keys: set[str]
    tables: frozenset[str]


class _Scope:
    """The sources of one SELECT, UPDATE or DELETE, with what is equal in them and in the scopes around it."""

    def __init__(self, outer: "_Scope | None") -> None:
        self.outer = outer
        self.sources: dict[str, _Source] = {}
        self.parents: dict[object, object] = outer.parents if outer else {}
        self.nested: list[_Source] = []

    def find(self, node: object) -> object:
        while (parent := self.parents.get(node, node)) != node:
            node = parent
        return node

    def unite(self, left: object, right: object) -> None:
        self.parents[self.find(left)] = self.find(right)

    def resolve(self, column: exp.Column) -> object | None:
        name, of = column.name, column.table
        scope: _Scope | None = self
        while scope is not None:
            if of in scope.sources:
                return (scope.sources[of].id, name)
            if not of:
                owners = [each for each in scope.sources.values() if each.columns and name in each.columns]
                owners = owners or [each for each in scope.sources.values() if each.columns is None]
                if owners:
                    return (owners[0].id, name)
            scope = scope.outer
        return None

    def carries_key(self, node: object) -> bool:
        found = self.find(node)
        return any(self.find((each.id, key)) == found for each in self.sources.values() for key in each.keys)


class _Reader:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.findings = Findings()
        self._ids = 0

    def read(self, tree: exp.Expression, outer: _Scope | None, known: Mapping[str, _Derived]) -> _Derived:
        known = dict(known)
        written: set[str] = set()
        for cte in tree.args["with_"].expressions if tree.args.get("with_") else ():
            name, inner = cte.alias, cte.this
            if tree.args["with_"].args.get("recursive"):
                known[name] = _Derived([column.name for column in cte.args["alias"].columns], set(), frozenset())
            known[name] = derived = self.read(inner, outer, known)
            if given := cte.args["alias"].columns:
                derived.keys = {
                    new.name for new, old in zip(given, derived.columns, strict=True) if old in derived.keys
                }
                derived.columns = [column.name for column in given]
            if isinstance(inner, exp.Insert | exp.Update | exp.Delete):
                written |= derived.tables
        if written:
            self._note("with", written)
        match tree:
            case exp.Select():
                return self._read_select(tree, outer, known)
            case exp.SetOperation():
                return self._read_union(tree, outer, known)
            case exp.Insert():
                return self._read_insert(tree, outer, known)
            case exp.Update() | exp.Delete():
                return self._read_change(tree, outer, known)
            case exp.Subquery() | exp.Paren():
                return self.read(tree.this, outer, known)
            case exp.Values():
                return _Derived([], set(), frozenset())
            case _:
                raise AssertionError(f"not understood: {tree.sql('postgres')}")

    def _note(self, kind: str, tables: set[str] | frozenset[str]) -> None:
        self.findings.obstacles.add(Obstacle(kind, " ".join(sorted(tables))))

    def _source(self, scope: _Scope, alias: str, columns: Sequence[str] | None, of: _Derived | None = None) -> _Source:
        self._ids += 1
        derived = of or _Derived([], set(), frozenset())
        source = _Source(self._ids, columns, derived.keys, derived.tables)
        scope.sources[alias] = source
        return source

    def _add(self, scope: _Scope, item: exp.Expression, known: Mapping[str, _Derived]) -> _Source:
        """Take a table, subquery or function of a FROM into the scope."""
        if isinstance(item, exp.Lateral) and isinstance(item.this, exp.Subquery):
            derived = self.read(item.this, scope, known)  # its tables stand beside those of the scope
            source = self._source(scope, item.alias, derived.columns)
            for name, node in zip(derived.columns, derived.nodes, strict=True):
                if node is not None:
                    scope.unite((source.id, name), node)
            return source
        if isinstance(item, exp.Subquery):
            derived = self.read(item.this, _Scope(scope.outer), known)
            given = [column.name for column in item.args["alias"].columns] if item.args.get("alias") else []
            if given:
                derived.keys = {new for new, old in zip(given, derived.columns, strict=False) if old in derived.keys}
                derived.columns = given
            return self._source(scope, item.alias, derived.columns or None, derived)
        if isinstance(item, exp.Table) and isinstance(item.this, exp.Identifier):
            name = item.name
            if name in known:
                derived = known[name]
                return self._source(scope, item.alias or name, derived.columns, derived)
            if name in self.layout.views:
                derived = self.read(parse_one(self.layout.views[name], dialect="postgres"), None, {})
                return self._source(scope, item.alias or name, derived.columns, derived)
            key = self.layout.keys.get(name)
            assert key is not None or item.args.get("db"), f"no table of the list: {name}"
            is_spread = key not in {EVERYWHERE, AT_HOME, None}
            derived = _Derived([], {str(key)} if is_spread else set(), frozenset({name} if is_spread else ()))
            return self._source(scope, item.alias or name, self.layout.columns.get(name, []), derived)
        alias = item.args.get("alias")
        names = [column.name for column in alias.columns] if alias else []
        return self._source(scope, item.alias or f"({self._ids})", names or None)

    def _read_from(self, tree: exp.Expression, scope: _Scope, known: Mapping[str, _Derived]) -> list[exp.Expression]:
        """Take all of FROM, USING and JOIN into the scope; gives the conditions of the joins."""
        conditions: list[exp.Expression] = []
        heads: list[exp.Expression] = []
        given = tree.args.get("from_")
        if given is not None:
            heads.append(given.this)
        using = tree.args.get("using")
        heads += using if isinstance(using, list) else []
        for head in heads:
            self._add(scope, head, known)
            for nested in head.args.get("joins") or ():
                conditions += self._join(nested, scope, known)
        for join in [*(tree.args.get("joins") or ()), *(tree.args.get("laterals") or ())]:
            conditions += self._join(join, scope, known)
        return conditions

    def _join(self, join: exp.Expression, scope: _Scope, known: Mapping[str, _Derived]) -> list[exp.Expression]:
        if isinstance(join, exp.Lateral):
            self._add(scope, join, known)
            return []
        before = list(scope.sources.values())
        source = self._add(scope, join.this, known)
        conditions = [join.args["on"]] if join.args.get("on") else []
        for nested in join.this.args.get("joins") or ():
            conditions += self._join(nested, scope, known)
        for name in (each.name for each in join.args.get("using") or ()):
            owners = [each for each in before if each.columns is None or name in each.columns]
            for owner in owners:
                scope.unite((owner.id, name), (source.id, name))
        return conditions

    def _read_select(self, tree: exp.Select, outer: _Scope | None, known: Mapping[str, _Derived]) -> _Derived:
        scope = _Scope(outer)
        conditions = self._read_from(tree, scope, known)
        conditions += [tree.args[name].this for name in ("where", "having") if tree.args.get(name)]
        outputs: list[exp.Expression] = list(tree.expressions)
        self._read_conditions(scope, conditions, outputs, known)
        spread = [each for each in scope.sources.values() if each.tables]
        if tree.args.get("locks") and spread and not self._is_of_one_key(scope, spread):
            self._note("lock", frozenset().union(*(each.tables for each in spread)))
        if outer is not None:
            outer.nested += [*spread, *scope.nested]
        return self._outputs(scope, outputs)

    def _outputs(self, scope: _Scope, outputs: Sequence[exp.Expression]) -> _Derived:
        columns: list[str] = []
        nodes: list[object | None] = []
        keys: set[str] = set()
        for output in outputs:
            bare = output.this if isinstance(output, exp.Alias) else output
            if isinstance(bare, exp.Star) or (isinstance(bare, exp.Column) and isinstance(bare.this, exp.Star)):
                of = bare.table if isinstance(bare, exp.Column) else ""
                for alias, source in scope.sources.items():
                    if of in {"", alias}:
                        columns += list(source.columns or ())
                        nodes += [(source.id, name) for name in source.columns or ()]
                        keys |= {name for name in source.columns or () if scope.carries_key((source.id, name))}
                continue
            name, node = output.alias_or_name, _node(scope, bare)
            columns.append(name)
            nodes.append(node)
            if node is not None and scope.carries_key(node):
                keys.add(name)
        tables: frozenset[str] = frozenset().union(*(each.tables for each in scope.sources.values()))
        return _Derived(columns, keys if tables else set(), tables, nodes)

    def _is_of_one_key(self, scope: _Scope, spread: Sequence[_Source]) -> bool:
        """Whether a parameter or a word names the one key that it is about."""
        known = {*scope.parents, *scope.parents.values()}
        constants = {scope.find(node) for node in known if isinstance(node, str)}
        return all(any(scope.find((each.id, key)) in constants for key in each.keys) for each in spread)

    def _read_conditions(
        self,
        scope: _Scope,
        conditions: Sequence[exp.Expression],
        others: Sequence[exp.Expression],
        known: Mapping[str, _Derived],
    ) -> None:
        for condition in conditions:
            for part in _conjuncts(condition):
                self._read_equality(scope, part)
        for each in [*conditions, *others]:
            for compared, query in _comparisons(each):
                self._read_inner(scope, query, known, [_node(scope, side) for side in _sides(compared)])
            for query in _subqueries(each):
                if not query.args.get("is_read"):
                    self._read_inner(scope, query, known)
        self._check(scope)

    def _read_inner(
        self, scope: _Scope, query: exp.Expression, known: Mapping[str, _Derived], sides: Sequence[object | None] = ()
    ) -> None:
        """A subquery in a condition or an output, with what its outputs are compared to."""
        query.args["is_read"] = True
        inner = _Scope(scope)
        derived = self.read(query, inner, known)
        for side, node in zip(sides, derived.nodes, strict=False):
            if side is not None and node is not None:
                scope.unite(side, node)
        if sides or _is_correlated(query):
            scope.nested += inner.nested

    def _read_equality(self, scope: _Scope, part: exp.Expression) -> None:
        if not isinstance(part, exp.EQ):
            return
        for one, other in zip(_sides(part.this), _sides(part.expression), strict=False):
            left, right = _node(scope, one), _node(scope, other)
            if left is not None and right is not None:
                scope.unite(left, right)

    def _check(self, scope: _Scope) -> None:
        """Sources that no equality of keys brings to the others are joined by something else."""
        spread = [each for each in scope.sources.values() if each.tables]
        spread += scope.nested
        if len(spread) < 2:
            return
        groups: list[list[_Source]] = []
        for each in spread:
            mine = {scope.find((each.id, key)) for key in each.keys}
            near = [group for group in groups if any(mine & {scope.find((o.id, k)) for k in o.keys} for o in group)]
            groups = [group for group in groups if group not in near] + [[each, *(o for group in near for o in group)]]
        for group in groups:
            if len(group) > 1:
                self.findings.joined.add(" ".join(sorted({name for each in group for name in each.tables})))
        if len(groups) > 1:
            self._note("join", {name for each in spread for name in each.tables})

    def _read_union(self, tree: exp.SetOperation, outer: _Scope | None, known: Mapping[str, _Derived]) -> _Derived:
        arms = [self.read(tree.this, outer, known), self.read(tree.expression, outer, known)]
        first = arms[0]
        keys = set(first.columns)
        for arm in arms:
            if arm.tables:
                of_arm = {name for name, own in zip(first.columns, arm.columns, strict=False) if own in arm.keys}
                keys &= of_arm
        nodes: list[object | None] = []
        for one, other in zip_longest(first.nodes, arms[1].nodes):
            if outer is not None and one is not None and other is not None:
                outer.unite(one, other)
            nodes.append(one if one is not None else other)
        tables = arms[0].tables | arms[1].tables
        return _Derived(first.columns, keys if tables else set(), tables, nodes)

    def _read_insert(self, tree: exp.Insert, outer: _Scope | None, known: Mapping[str, _Derived]) -> _Derived:
        scope = _Scope(outer)
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        source = self._add(scope, target, {})
        if tree.args.get("alias"):
            scope.sources[tree.args["alias"].name] = source
        named = [each.name for each in tree.this.expressions] if isinstance(tree.this, exp.Schema) else []
        names = named or list(source.columns or ())
        query = tree.expression
        if query is not None and not isinstance(query, exp.Values):
            given = self.read(query, outer, known)
            if given.tables and source.tables:
                (key,) = source.keys
                at = names.index(key)
                if at >= len(given.columns) or given.columns[at] not in given.keys:
                    self._note("insert", {*source.tables, *given.tables})
                else:
                    self.findings.joined.add(" ".join(sorted({*source.tables, *given.tables})))
        return self._returned(tree, scope)

    def _read_change(
        self, tree: exp.Update | exp.Delete, outer: _Scope | None, known: Mapping[str, _Derived]
    ) -> _Derived:
        scope = _Scope(outer)
        target = tree.this
        self._add(scope, target, {})
        conditions = self._read_from(tree, scope, known)
        if tree.args.get("where"):
            conditions.append(tree.args["where"].this)
        self._read_conditions(scope, conditions, list(tree.args.get("expressions") or ()), known)
        return self._returned(tree, scope)

    def _returned(self, tree: exp.Expression, scope: _Scope) -> _Derived:
        returning = tree.args.get("returning")
        return self._outputs(scope, returning.expressions if returning else [])


def _conjuncts(condition: exp.Expression) -> Iterator[exp.Expression]:
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.this)
        yield from _conjuncts(condition.expression)
    elif isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    else:
        yield condition


def _subqueries(tree: exp.Expression) -> Iterator[exp.Expression]:
    """The outermost queries in an expression."""
    if isinstance(tree, exp.Select | exp.SetOperation):
        yield tree
        return
    for child in tree.iter_expressions():
        yield from _subqueries(child)


def _comparisons(tree: exp.Expression) -> Iterator[tuple[exp.Expression, exp.Expression]]:
    """What IN and ANY compare with queries, but for those inside of other queries."""
    if isinstance(tree, exp.Select | exp.SetOperation):
        return
    if isinstance(tree, exp.In) and tree.args.get("query") is not None:
        yield tree.this, next(_subqueries(tree.args["query"]))
    elif isinstance(tree, exp.EQ) and isinstance(tree.expression, exp.Any):
        for query in _subqueries(tree.expression):
            yield tree.this, query
    for child in tree.iter_expressions():
        yield from _comparisons(child)


def _is_correlated(query: exp.Expression) -> bool:
    """Whether it stands in EXISTS, or names columns of sources that it does not have itself."""
    if isinstance(query.parent, exp.Exists):
        return True
    own = {each.alias_or_name for each in query.find_all(exp.Table, exp.Subquery, exp.Lateral, exp.Unnest)}
    return any(column.table and column.table not in own for column in query.find_all(exp.Column))


def _sides(expression: exp.Expression) -> Sequence[exp.Expression]:
    if isinstance(expression, exp.Paren):
        return _sides(expression.this)
    return expression.expressions if isinstance(expression, exp.Tuple) else [expression]


def _node(scope: _Scope, expression: exp.Expression) -> object | None:
    while isinstance(expression, exp.Paren | exp.Cast):
        expression = expression.this
    if isinstance(expression, exp.Column):
        return scope.resolve(expression)
    if isinstance(expression, exp.Parameter | exp.Placeholder | exp.Literal):
        return f"given {expression.sql('postgres')}"
    return None
