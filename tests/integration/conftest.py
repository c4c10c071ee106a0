"""The fixtures of publishing_site, for the tests that publish; and templates as the build engine compiles them."""

import pytest
from jinja2 import Environment
from publishing_site import author, ssh_server  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def engine_compiles_templates(request, monkeypatch):
    """Leave compiled templates to the build engine in its own tests (see template_cache)."""
    if "test_incremental" in request.module.__name__:
        monkeypatch.setattr(Environment, "bytecode_cache", None)
