"""The fixtures of publishing_site, for the tests that publish; and templates as the build engine compiles them."""

import pytest
from jinja2 import Environment
from publishing_site import author, ssh_server  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def engine_compiles_templates(request, monkeypatch):
    """Leave compiled templates to the build engine in the tests of how it compiles them (see template_cache)."""
    if request.module.__name__.endswith(("test_incremental_impure", "test_incremental_internals")):
        monkeypatch.setattr(Environment, "bytecode_cache", None)
