from datetime import date

import pytest
from authorsite.checking.stale_records import check_stale_records
from authorsite.problems import ProblemLog

BOOK = """---
title: A made-up book
published: 2020-06-01
editions:
  - {format: paperback, availability: preorder}
  - {format: ebook, availability: available}
offers:
  - {shop: bookshop-us, edition: paperback}
  - {shop: amazon-us, edition: ebook, valid_until: 2020-12-31}
---
"""
CASES = [
    (date(2020, 5, 31), []),
    (date(2020, 6, 1), ["5: the paperback is marked `preorder`, but was published on 2020-06-01"]),
    (date(2020, 12, 31), ["5: the paperback is marked `preorder`, but was published on 2020-06-01"]),
    (
        date(2021, 1, 1),
        [
            "5: the paperback is marked `preorder`, but was published on 2020-06-01",
            "9: the offer of amazon-us expired on 2020-12-31",
        ],
    ),
]


@pytest.mark.parametrize(("today", "expected"), CASES)
def test_stale_records_are_warnings_at_their_line(tmp_path, today, expected):
    (tmp_path / "made-up.md").write_text(BOOK)
    log = ProblemLog(root=tmp_path)
    check_stale_records(tmp_path, today, log)
    assert [f"{p.line}: {p.message}" for p in log] == expected
