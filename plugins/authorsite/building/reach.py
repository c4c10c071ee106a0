"""What a template can touch: read from its syntax tree and those of all templates it extends, includes or imports.

The result is a tree for each name of the context: `article` → `title`, `category.url`; `articles_page` →
`object_list`, each item's `summary`. Whatever this cannot follow counts as touched whole: too much is slow, too little
would be wrong.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from .touched import ABSENT, ANY_PAGE, EACH, LENGTH, SAME, TRUTH, WHOLE, Step, Touched
from .trees import find_all

_ASKS = frozenset(("defined", "undefined", "none"))


@dataclass(frozen=True)
class Path:
    """A name and the steps from its value: `article.tags[0]`."""

    name: str
    steps: tuple[Step, ...] = ()

    def then(self, *steps: Step) -> Path:
        """Return the path that goes on with `steps`."""
        return Path(self.name, self.steps + steps)


def reach(trees: Iterable[nodes.Template], known: Container[str] = ()) -> dict[str, Touched]:
    """Return, for each name of the context that the templates `trees` can touch, what of it they can touch.

    `known` are names that every template finds when the context has none.
    """
    survey = _Survey(known)
    trees = list(trees)
    for tree in trees:
        survey.find_macros(tree)
    for tree in trees:
        survey.survey(tree)
    return survey.touched()


def _macros_in(tree: nodes.Template) -> dict[str, str]:
    """Return the macros that `tree` defines or imports by name: what it calls them → what they are called."""
    found = {macro.name: macro.name for macro in find_all(tree, nodes.Macro)}
    for taken in find_all(tree, nodes.FromImport):
        pairs = (name if isinstance(name, tuple) else (name, name) for name in taken.names)
        found.update((alias, name) for name, alias in pairs)
    return found


class _Survey:
    """Uses of names, and the paths that loop variables, `set` and macro parameters stand for; by name, for all trees.

    Names are not told apart by scope: a name stands for all that any template binds to it.
    """

    def __init__(self, known: Container[str]) -> None:
        self.known = known
        self.uses: set[tuple[Path, str]] = set()
        self.stands_for: dict[str, set[Path]] = {}
        self.macros: dict[str, list[nodes.Macro]] = {}
        self.rebound: set[str] = set()
        # Of the tree that is being visited: names that are macros there, and names of imported modules.
        self.here: dict[str, str] = {}
        self.modules: set[str] = set()
        # Of all trees: an included template sees what the one that includes it has imported.
        self.elsewhere: dict[str, set[str]] = {}
        self.other_modules: set[str] = set()

    def find_macros(self, tree: nodes.Template) -> None:
        for macro in find_all(tree, nodes.Macro):
            self.macros.setdefault(macro.name, []).append(macro)
        self.rebound.update(name.name for name in find_all(tree, nodes.Name) if name.ctx != "load")
        for alias, name in _macros_in(tree).items():
            self.elsewhere.setdefault(alias, set()).add(name)
        self.other_modules.update(module.target for module in find_all(tree, nodes.Import))

    def survey(self, tree: nodes.Template) -> None:
        self.here = _macros_in(tree)
        self.modules = {module.target for module in find_all(tree, nodes.Import)} - self.rebound
        self.visit(tree)

    def touched(self) -> dict[str, Touched]:
        roots: dict[str, Touched] = {}
        for path, use in sorted(self.uses, key=repr):
            for whole, how in self._meanings(path, use, frozenset()):
                roots.setdefault(whole.name, Touched()).add(whole.steps, how)
        return dict(sorted(roots.items()))

    def _meanings(self, path: Path, use: str, seen: frozenset[str]) -> Iterator[tuple[Path, str]]:
        yield path, use
        if path.name in seen:
            return
        for origin in self.stands_for.get(path.name, ()):
            if origin.name == path.name or origin.name in seen:
                yield origin, WHOLE
            else:
                yield from self._meanings(origin.then(*path.steps), use, seen | {path.name})

    def bind(self, target: nodes.Node, paths: Iterable[Path]) -> None:
        if isinstance(target, nodes.Name):
            self.stands_for.setdefault(target.name, set()).update(paths)
        elif isinstance(target, nodes.Tuple):
            for number, part in enumerate(target.items):
                self.bind(part, [path.then(("item", number)) for path in paths])
        else:
            self.uses.update((path, WHOLE) for path in paths)

    def visit(self, node: Any) -> None:  # noqa: PLR0912 - a case for each kind of statement
        """Survey a statement and all within it."""
        match node:
            case nodes.For():
                paths = self.use(node.iter, LENGTH)
                self.bind(node.target, [path.then(EACH) for path in paths])
                self._condition(node.test)
                for part in (*node.body, *node.else_):
                    self.visit(part)
            case nodes.Assign():
                self.bind(node.target, self.use(node.node, TRUTH))
            case nodes.With():
                for target, value in zip(node.targets, node.values, strict=True):
                    self.bind(target, self.use(value, TRUTH))
                for part in node.body:
                    self.visit(part)
            case nodes.If():
                self._condition(node.test)
                for part in (*node.body, *node.elif_, *node.else_):
                    self.visit(part)
            case nodes.Macro():
                for parameter, default in zip(reversed(node.args), reversed(node.defaults), strict=False):
                    self.bind(parameter, self.use(default, TRUTH))
                for part in node.body:
                    self.visit(part)
            case nodes.Expr():
                self.use(node)
            case _:
                for child in node.iter_child_nodes():
                    self.visit(child)

    def _condition(self, node: Any) -> None:
        if node is not None:
            self.use(node, TRUTH)

    def use(self, node: Any, how: str = WHOLE) -> list[Path]:
        """Survey an expression used in the way `how`; return the paths it may stand for ([] where it is used whole)."""
        paths = self._paths(node)
        if paths is not None:
            self.uses.update((path, how) for path in paths)
            return paths
        match node:
            case nodes.And() | nodes.Or():
                return [*self.use(node.left, how), *self.use(node.right, how)]
            case nodes.CondExpr():
                self._condition(node.test)
                second = self.use(node.expr2, how) if node.expr2 else []
                return [*self.use(node.expr1, how), *second]
            case nodes.Not():
                self._condition(node.node)
            case nodes.Test() if node.name in _ASKS:
                self.use(node.node, TRUTH)
            case nodes.Filter() if node.name in {"length", "count"} and node.node:
                self.use(node.node, LENGTH)
            case nodes.Filter() if node.name in {"default", "d"} and node.node and not node.kwargs:
                return [path for part in (node.node, *node.args) for path in self.use(part, how)]
            case nodes.Compare():
                ways = [SAME if operand.op in {"eq", "ne"} else WHOLE for operand in node.ops]
                self.use(node.expr, WHOLE if WHOLE in ways else SAME)
                for operand, way in zip(node.ops, ways, strict=True):
                    self.use(operand.expr, way)
            case nodes.Call():
                self._call(node)
            case _:
                for child in node.iter_child_nodes():
                    self.use(child) if isinstance(child, nodes.Expr) else self.visit(child)
        return []

    def _call(self, call: nodes.Call) -> None:
        target = call.node
        macros: list[nodes.Macro] = []
        if isinstance(target, nodes.Name):
            macros = self._macros(target.name, self.here.get(target.name), self.elsewhere.get(target.name, set()))
            if not macros:
                self.use(target)
        elif isinstance(target, nodes.Getattr) and self._is_macro(target):
            here = target.attr if target.node.name in self.modules else None  # type: ignore[attr-defined]
            macros = self._macros(target.node.name, here, {target.attr})  # type: ignore[attr-defined]
        if not macros:
            for part in (*call.args, *(pair.value for pair in call.kwargs), call.dyn_args, call.dyn_kwargs):
                if part is not None:
                    self.use(part)
            method = self._then(target.node, ("call", target.attr)) if isinstance(target, nodes.Getattr) else None
            if method is not None:
                self.uses.update((path, WHOLE) for path in method)
            elif not isinstance(target, nodes.Name):
                self.use(target)
            return
        for macro in macros:
            self._pass(call, macro)

    def _macros(self, name: str, here: str | None, elsewhere: set[str]) -> list[nodes.Macro]:
        """Return the macros that a call by `name` may reach; [] when it may reach something else."""
        if name in self.rebound:
            return []
        if here is not None:
            return self.macros.get(here, [])
        found = [macro for other in sorted(elsewhere) for macro in self.macros.get(other, [])]
        if not found or name in self.known:
            return []
        # Unless the context has something of that name, it is the macro that an including template imported.
        self.uses.add((Path(name), ABSENT))
        return found

    def _pass(self, call: nodes.Call, macro: nodes.Macro) -> None:
        """Let the parameters of `macro` stand for what `call` hands over; what has no parameter is used whole."""
        parameters = {parameter.name: parameter for parameter in macro.args}
        rest: list[Any] = [*call.args[len(macro.args) :]]
        for parameter, value in zip(macro.args, call.args, strict=False):
            self.bind(parameter, self.use(value, TRUTH))
        for pair in call.kwargs:
            if pair.key in parameters:
                self.bind(parameters[pair.key], self.use(pair.value, TRUTH))
            else:
                rest.append(pair.value)
        for value in (*rest, call.dyn_args, call.dyn_kwargs):
            if value is not None:
                self.use(value)

    def _paths(self, node: Any) -> list[Path] | None:
        """Return the one path that `node` writes; None when it is something else."""
        it: Any = node
        match node:
            case nodes.Name():
                return [Path(it.name)]
            case nodes.Getattr():
                return self._then(it.node, ("attr", it.attr))
            case nodes.Getitem(arg=nodes.Const()):
                return self._then(it.node, ("item", it.arg.value))
            case nodes.Getitem(arg=nodes.Slice()) if all(
                part is None or isinstance(part, nodes.Const) for part in (it.arg.start, it.arg.stop, it.arg.step)
            ):
                ends = (part and part.value for part in (it.arg.start, it.arg.stop, it.arg.step))
                return self._then(it.node, ("slice", *ends))
            case nodes.Call(node=nodes.Getattr(attr="page"), args=[number]) if not (
                it.kwargs or self._is_macro(it.node)
            ):
                self.use(number)
                return self._then(it.node.node, ANY_PAGE)
            case nodes.Call(node=nodes.Getattr()) if not self._is_macro(it.node):
                if it.args or it.kwargs or it.dyn_args or it.dyn_kwargs:
                    return None
                step = ("items",) if it.node.attr == "items" else ("call", it.node.attr)
                return self._then(it.node.node, step)
        return None

    def _is_macro(self, target: nodes.Getattr) -> bool:
        if not isinstance(target.node, nodes.Name) or target.node.name in self.rebound:
            return False
        return target.node.name in self.modules or target.node.name in self.other_modules

    def _then(self, node: Any, *steps: Step) -> list[Path] | None:
        paths = self._paths(node)
        return None if paths is None else [path.then(*steps) for path in paths]
