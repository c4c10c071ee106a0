"""After an upload: is the live site the new one, and do the feeds' subscribers hear of it?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx

_PATIENCE = 20.0
_PAUSE = 5.0
"""Seconds for one answer, and at most between two questions."""


def verify(tree: Path, url: str, seconds: int, say: Callable[[str], None]) -> str:
    """Fetch home page and feed until they are those of `tree`; return "", or what is still wrong after `seconds`."""
    end, pause = time.monotonic() + seconds, 0.2
    with httpx.Client(timeout=_PATIENCE, follow_redirects=True, headers={"Cache-Control": "no-cache"}) as client:
        while True:
            wrong = _wrong(client, tree, url)
            if not wrong or time.monotonic() + pause > end:
                break
            time.sleep(pause)
            pause = min(pause * 2, _PAUSE)
    if not wrong:
        say(f"{url}/ shows the new site.")
    return wrong


def _wrong(client: httpx.Client, tree: Path, url: str) -> str:
    for address, name in (("/", "index.html"), ("/feed.xml", "feed.xml")):
        if not (tree / name).exists():
            continue
        try:
            answer = client.get(url + address)
        except httpx.HTTPError as error:
            return f"{url}{address} does not answer: {error or type(error).__name__}"
        if not answer.is_success:
            return f"{url}{address} answers {answer.status_code}"
        if answer.content != (tree / name).read_bytes():
            return f"{url}{address} is not yet what was uploaded"
    return ""


def ping(hub: str, url: str, feeds: Iterable[str]) -> str:
    """Tell a WebSub hub which feeds changed; return "", or why it did not listen."""
    try:
        answer = httpx.post(
            hub, data={"hub.mode": "publish", "hub.url": [f"{url}/{feed}" for feed in feeds]}, timeout=_PATIENCE
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"the hub {hub} does not answer: {error or type(error).__name__}"
    return "" if answer.is_success else f"the hub {hub} answers {answer.status_code}"
