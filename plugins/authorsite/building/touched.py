"""What templates touch of a value, as a tree: how the value itself is used, and what below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Step = tuple[Any, ...]
"""("attr", name), ("item", key), ("each",), ("slice", start, stop, step), ("items",), ("call", name), ("any page",)."""

EACH: Step = ("each",)
ANY_PAGE: Step = ("any page",)
WHOLE, TRUTH, LENGTH, SAME, ABSENT = "whole", "truth", "length", "same", "absent"
"""How the end of a path is used: in any way; as a condition; by its length; compared with == or !=; not to be there."""

_DEEPEST = 7


@dataclass(eq=False)
class Touched:
    """A node of the tree: how the value itself is used, and what is touched below it, by step."""

    uses: set[str] = field(default_factory=set)
    below: dict[Step, Touched] = field(default_factory=dict)

    @cached_property
    def plan(self) -> tuple[tuple[str, ...], tuple[tuple[Step, str, Touched, bool], ...]]:
        """Return the uses, and each step with its attribute's name ("" for another kind) and whether it ends there."""
        steps = ((s, s[1] if s[0] == "attr" else "", node, WHOLE in node.uses) for s, node in self.below.items())
        return tuple(sorted(self.uses)), tuple(steps)

    def add(self, steps: tuple[Step, ...], use: str) -> None:
        """Note that the end of `steps` is used in the way `use`."""
        node = self
        for step in steps[:_DEEPEST]:
            if WHOLE in node.uses:
                return
            node = node.below.setdefault(step, Touched())
        node.uses.add(WHOLE if len(steps) > _DEEPEST else use)
        if WHOLE in node.uses:
            node.below.clear()

    def shared(self, known: dict[Any, Touched]) -> Touched:
        """Return the one node among `known` that is equal to this: what was found for one is found for all."""
        self.below = {step: node.shared(known) for step, node in sorted(self.below.items(), key=repr)}
        key = (tuple(sorted(self.uses)), tuple((step, id(node)) for step, node in self.below.items()))
        return known.setdefault(key, self)
