"""Files for the trade and for e-readers, of the example site and of one with every fact, in their validators."""

import onixcheck
import pytest
from conftest import check_epub

SITES = {"example": 1, "rich": 3, "bare": 0}
"""The sites, and how many of their books have a date, which ONIX requires."""


@pytest.mark.parametrize(("name", "count"), SITES.items())
def test_onix_of_every_book_is_valid(name, count, request):
    files = sorted(request.getfixturevalue(name).root.glob("output/books/*/onix.xml"))
    assert len(files) == count
    for file in files:
        assert [m.message for schema in ("xsd", "rng") for m in onixcheck.validate(str(file), schemas=(schema,))] == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["example", "rich"])
def test_samples_for_e_readers_are_valid(name, request):
    [file] = request.getfixturevalue(name).root.glob("output/books/*/sample.epub")
    check_epub(file)
