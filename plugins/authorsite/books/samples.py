"""Samples of a book: pages of the site, or chapters of a Markdown file, with their order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_HEADING = re.compile(r"# +(.+?)(?: +#+)? *")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class SamplePart:
    """A part of a sample: a page of the site (`page`), or a chapter of a Markdown file with its rendered `html`."""

    title: str
    url: str
    html: str = ""
    page: Any = None

    @property
    def body(self) -> str:
        """The text as HTML, with the page's links and images resolved."""
        return self.html if self.page is None else str(self.page.content)


@dataclass(frozen=True, slots=True)
class Sample:
    """What readers may read of a book.

    `url` is that of the only page, or else of the contents page; `source_path` is the Markdown file, if it is one.
    """

    url: str
    epub: str
    parts: tuple[SamplePart, ...]
    source_path: str = ""

    def get_neighbors(self, url: str) -> tuple[SamplePart | None, SamplePart | None]:
        """Return the parts before and after the one at `url`."""
        urls = [part.url for part in self.parts]
        index = urls.index(url)
        before = self.parts[index - 1] if index else None
        return before, self.parts[index + 1] if index + 1 < len(urls) else None


def split_chapters(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the Markdown title, the line and the body of each chapter: a line `# Title` begins one.

    The title is "" for text before the first chapter. A `#` within a fenced code block begins none.
    """
    title, start, body, fence = "", 1, list[str](), ""
    for number, line in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        heading = None if fence else _HEADING.fullmatch(line)
        if heading is None:
            body.append(line)
            continue
        if title or "".join(body).strip():
            yield title, start, "\n".join(body)
        title, start, body = heading[1], number, []
    if title or "".join(body).strip():
        yield title, start, "\n".join(body)
