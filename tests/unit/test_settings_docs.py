"""docs/settings.md: its tables are those of SiteSettings and the models in it, and every other setting has a row.

`pytest tests/unit/test_settings_docs.py --write-expected` writes the tables of the models.
"""

import ast
import inspect
import re
from typing import Literal, get_args, get_origin

import pytest
from authorsite import defaults
from authorsite.settings import SiteSettings
from authorsite.strict_model import StrictModel
from conftest import ROOT
from pelican.settings import DEFAULT_CONFIG
from pydantic import BaseModel

PAGE = ROOT / "docs/settings.md"
TABLE = re.compile(r"(?<=<!-- table: )(\w+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \| .+ \|$", re.MULTILINE)
SET_BY_INIT = {"AUTHOR", "SITENAME", "SITESUBTITLE", "TIMEZONE", "DEFAULT_LANG", "DEFAULT_CATEGORY"}
# Rules that the theme, the feeds and the plugin rely on.
INTERNAL = set(
    "SLUGIFY_SOURCE FORMATTED_FIELDS TYPOGRIFY USE_FOLDER_AS_CATEGORY FILENAME_METADATA "
    "PATH_METADATA DIRECT_TEMPLATES PAGINATION_PATTERNS FEED_ALL_ATOM FEED_ALL_RSS CATEGORY_FEED_ATOM "
    "TRANSLATION_FEED_ATOM AUTHOR_FEED_ATOM AUTHOR_FEED_RSS".split()
)


def describe_keys(model):
    """Return the text below each key in the source of a model and the models it extends."""
    nodes = [ast.parse(inspect.getsource(m)).body[0] for m in model.mro() if issubclass(m, StrictModel)]
    return {
        key.target.id: " ".join(text.value.value.split())
        for node in nodes
        for key, text in zip(node.body, node.body[1:], strict=False)
        if isinstance(key, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }


def format_default(field):
    if field.is_required():
        kinds = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
        return f'required: `"{kinds[0]}"`' if kinds else "required"
    default = field.get_default(call_default_factory=True)
    if isinstance(default, BaseModel):
        default = {}
    if isinstance(default, tuple):
        default = list(default)
    return f"`{default!r}`".replace("'", '"')


def format_table(model):
    texts = describe_keys(model)
    missing = model.model_fields.keys() - texts.keys()
    assert not missing, f"describe these keys of {model.__name__}, with a string below each: {missing}"
    own_first = sorted(model.model_fields, key=lambda key: key not in model.__annotations__)
    rows = [f"| `{key}` | {format_default(model.model_fields[key])} | {texts[key].rstrip('.')} |" for key in own_first]
    return "\n".join(["\n| key | default | what it is |", "|---|---|---|", *rows, "\n"])


def test_the_tables_are_those_of_the_models(pytestconfig):
    text = PAGE.read_text("utf-8")
    models = {model.__name__: model for model in list_models(SiteSettings)}
    expected = TABLE.sub(lambda match: match[1] + match[2] + format_table(models[match[1]]), text)
    if pytestconfig.getoption("--write-expected"):
        PAGE.write_text(expected, "utf-8")
    assert text == expected, "run `pytest tests/unit/test_settings_docs.py --write-expected`"


def list_models(model):
    """Yield a model and all models within it."""
    found = [model]
    for annotation in (field.annotation for field in model.model_fields.values()):
        pending = [annotation]
        while pending:
            part = pending.pop()
            pending += get_args(part)
            if isinstance(part, type) and issubclass(part, BaseModel):
                found += list_models(part)
    return found


def test_every_model_has_a_table():
    tables = {name for name, _ in TABLE.findall(PAGE.read_text("utf-8"))}
    assert tables == {model.__name__ for model in list_models(SiteSettings)}


def test_every_default_has_a_row_that_says_its_value():
    rows = dict(ROW.findall(PAGE.read_text("utf-8")))
    values = {name: value for name, value in vars(defaults).items() if name.isupper() and name[0] != "_"}
    assert rows.keys() <= values.keys() | DEFAULT_CONFIG.keys() | SET_BY_INIT
    may_change = {name for name in values if not name.endswith("SAVE_AS")} - INTERNAL
    assert rows.keys() - SET_BY_INIT == may_change
    for name in may_change - {"THEME"}:
        assert rows[name] == f"`{values[name]!r}`".replace("'", '"'), name


@pytest.mark.parametrize("name", sorted(SET_BY_INIT & DEFAULT_CONFIG.keys() - {"AUTHOR"}))
def test_other_defaults_are_pelicans(name):
    rows = dict(ROW.findall(PAGE.read_text("utf-8")))
    assert rows[name] == f'`"{DEFAULT_CONFIG[name]}"`'
