"""The house rules that a reader of the code may rely on."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "plugins" / "authorsite"

# From the ground up; a room may import rooms on lower floors, not its neighbours.
FLOORS = [
    {"problems", "validation", "settings", "markup", "output", "templating"},
    {"reading", "images"},
    {"books", "events"},
    {"navigation", "feeds", "roundup"},
    {"seo", "search", "assets"},
    {"checking"},
    {"publishing"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
GROUND = FLOORS[0]


def imports(path):
    """Yield (room imported, line) for each import of the package inside `path`."""
    here = ("authorsite", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            names = [(*module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        else:
            continue
        for name in names:
            if name[0] == "authorsite" and len(name) > 1:
                yield name[1], node.lineno


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_rooms_import_downwards_only(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert room in FLOOR, f"{room} has no floor: say in FLOORS where it stands"
    for imported, line in imports(path):
        allowed = imported == room or FLOOR[imported] < FLOOR[room] or {room, imported} <= GROUND
        assert allowed, f"{path.name}:{line}: {room} must not import {imported}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_only_adapters_import_pelican(path):
    at_home = path.name == "adapter.py" or path.relative_to(PACKAGE).parts[0] == "publishing"
    if not at_home:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.split(".")[0] == "pelican" for name in names), f"{path.name}:{node.lineno}"


def test_the_build_engine_is_a_package_of_its_own():
    files = sorted(PACKAGE.with_name("pelican_incremental").glob("*.py"))
    text = "".join(path.read_text("utf-8") for path in files)
    assert "authorsite" not in text.lower()
    assert text.count("\n") <= 1800
