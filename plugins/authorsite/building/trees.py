"""The syntax trees of a template and of all that it extends, includes or imports."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, nodes


@functools.lru_cache(maxsize=256)
def _inside(tree: nodes.Template) -> tuple[Any, ...]:
    def walk(node: nodes.Node) -> Iterator[Any]:
        for child in node.iter_child_nodes():
            yield child
            yield from walk(child)

    return tuple(walk(tree))


def find_all(tree: nodes.Template, *kinds: type[nodes.Node]) -> list[Any]:
    """Return the nodes of a tree that are of one of `kinds`, as Jinja finds them; the tree is walked once."""
    return [node for node in _inside(tree) if isinstance(node, kinds)]


@dataclass(frozen=True)
class _Parsed:
    """A template's tree; the templates it names (None: one that cannot be told); the words that it calls things by."""

    tree: nodes.Template
    named: tuple[str | None, ...]
    words: frozenset[str]
    hands_on: bool


_PARSED: dict[tuple[str, Any], _Parsed] = {}


def _parse(environment: Environment, text: str, name: str) -> _Parsed:
    # A lexer is one object for all environments that read templates alike.
    key = (text, environment.lexer)
    if key not in _PARSED:
        tree = environment.parse(text, name)
        passing = find_all(tree, nodes.ContextReference, nodes.DerivedContextReference, nodes.EnvironmentAttribute)
        found = find_all(tree, nodes.Filter, nodes.Test, nodes.Name, nodes.Const)
        words = (node.value if isinstance(node, nodes.Const) else node.name for node in found)
        texts = frozenset(word for word in words if isinstance(word, str))
        _PARSED[key] = _Parsed(tree, tuple(_referenced(tree)), texts, bool(passing))
    return _PARSED[key]


_HARMLESS = frozenset(("jinja2.ext.ExprStmtExtension", "jinja2.ext.LoopControlExtension"))


def find_trees(
    environment: Environment, name: str, unsteady: frozenset[str]
) -> tuple[dict[str, str | None], list[nodes.Template] | None]:
    """Return the texts of `name` and of all it refers to (None: there is none), and their trees (None: unknowable)."""
    texts: dict[str, str | None] = {}
    trees: list[nodes.Template] | None = []
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in texts:
            continue
        try:
            texts[current] = environment.loader.get_source(environment, current)[0]  # type: ignore[union-attr]
        except Exception:  # noqa: BLE001 - a template that is not there is a fact like another
            texts[current] = None
            continue
        parsed = _parse(environment, texts[current] or "", current)
        # It shows more than its text says when it hands its context on, or calls what is not steady.
        opaque = parsed.hands_on or None in parsed.named or not parsed.words.isdisjoint(unsteady)
        if opaque or not _HARMLESS.issuperset(environment.extensions):
            trees = None
        if trees is not None:
            trees.append(parsed.tree)
        waiting.extend(found for found in parsed.named if found is not None)
    return texts, trees


def _referenced(tree: nodes.Template) -> Iterator[str | None]:
    for node in find_all(tree, nodes.Extends, nodes.FromImport, nodes.Import, nodes.Include):
        yield from _constants(node.template)


def _constants(node: nodes.Expr) -> Iterator[str | None]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.Const) and isinstance(node.value, (tuple, list)):
        yield from node.value
    elif isinstance(node, nodes.Tuple | nodes.List):
        for item in node.items:
            yield from _constants(item)
    elif isinstance(node, nodes.CondExpr) and node.expr2:
        yield from _constants(node.expr1)
        yield from _constants(node.expr2)
    else:
        yield None
