"""Architecture rules: layers of packages, and which modules may import Pelican."""

import ast
import re
import sys
import tomllib
from dataclasses import fields
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from authorsite.site_model import PostView

PACKAGE = Path(__file__).parent.parent / "plugins" / "authorsite"

# From the lowest up. A package imports from lower layers only, never from its own.
LAYERS = [
    {
        "problems",
        "exceptions",
        "library_logs",
        "validation",
        "version",
        "changed_keys",
        "strict_model",
        "urls",
        "publish_targets",
        "author_profile",
        "newsletter_settings",
        "language_settings",
        "audio",
        "settings",
        "slug_adapter",
        "i18n",
        "site_build",
        "theme_colors",
        "theme_head",
        "markup",
        "cached_files",
        "output",
        "archives",
        "output_registry",
        "output_adapter",
        "page_language",
        "language_versions",
        "filters",
        "templating",
        "defaults",
        "commands",
        "command_line",
        "imported_files",
    },
    {"reading", "images"},
    {"books", "events", "comments"},
    {"site_model"},
    {"navigation", "feeds", "roundup"},
    {"seo", "search", "assets", "epub", "press", "newsletter"},
    {"pages"},
    {"checking"},
    {"importing"},
    {"publishing"},
    {"cli"},
]
LAYER = {package: number for number, packages in enumerate(LAYERS) for package in packages}


def find_imports(path):
    """Yield (package imported, line) for each import of authorsite in the module at `path`."""
    parents = ("authorsite", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = parents[: len(parents) - node.level + 1] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            names = [(*module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        else:
            continue
        for name in names:
            if name[0] == "authorsite" and len(name) > 1:
                yield name[1], node.lineno


def list_modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", list_modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_packages_import_from_lower_layers_only(path):
    package = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert package in LAYER, f"{package} has no layer: add it to LAYERS"
    for imported, line in find_imports(path):
        allowed = imported == package or LAYER[imported] < LAYER[package] or {package, imported} <= LAYERS[0]
        assert allowed, f"{path.name}:{line}: {package} must not import {imported}"


@pytest.mark.parametrize("path", list_modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_only_adapters_import_pelican(path):
    may_import = path.name.endswith("adapter.py") or path.relative_to(PACKAGE).parts[0] == "publishing"
    if not may_import:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.split(".")[0] == "pelican" for name in names), f"{path.name}:{node.lineno}"


def test_build_engine_is_independent_of_authorsite():
    files = sorted(PACKAGE.with_name("pelican_incremental").glob("*.py"))
    text = "".join(path.read_text("utf-8") for path in files)
    assert "authorsite" not in text.lower()
    assert text.count("\n") <= 1800


def test_the_table_of_functions_in_contributing_is_correct():
    text = (PACKAGE.parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    steps = re.findall(r"^\| \d+ \| `([\w.]+)` \| `([\w/.]+)` \|", text, re.MULTILINE)
    assert 10 < len(steps) <= 20
    assert len({file for _, file in steps}) <= 12
    for name, file in steps:
        tree = ast.parse((PACKAGE.parent / file).read_text("utf-8"))
        for part in name.split("."):
            tree = next(node for node in tree.body if getattr(node, "name", "") == part)


def test_docs_list_every_attribute_of_posts_and_pages():
    text = (PACKAGE.parents[1] / "docs" / "theme.md").read_text("utf-8")
    section = text.partition("## What templates can read")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", section, re.MULTILINE))))
    assert listed == {field.name for field in fields(PostView)}


def test_every_imported_library_is_declared():
    project = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.match(r"[\w.-]+", line)[0].lower() for line in project["dependencies"]}
    distributions = packages_distributions()
    for path in sorted(PACKAGE.parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in {name.partition(".")[0] for name in names} - {"pelican_incremental", "authorsite"}:
                found = {each.lower() for each in distributions.get(name, ())}
                assert name in sys.stdlib_module_names or found & declared, f"{path.name} imports {name}"
