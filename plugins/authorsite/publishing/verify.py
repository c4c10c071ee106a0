"""After an upload: check that the live site is the new one, and notify the feeds' WebSub hub."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx

_REQUEST_TIMEOUT = 20.0
_MAX_PAUSE = 5.0
"""Seconds, at most, between two attempts."""


def verify(tree: Path, url: str, timeout: int, report: Callable[[str], None]) -> str:
    """Fetch the home page and the feed until they are those of `tree`; return "", or what is wrong after `timeout`.

    `timeout` is in seconds.
    """
    deadline, pause = time.monotonic() + timeout, 0.2
    with httpx.Client(timeout=_REQUEST_TIMEOUT, follow_redirects=True, headers={"Cache-Control": "no-cache"}) as client:
        while True:
            mismatch = _find_mismatch(client, tree, url)
            if not mismatch or time.monotonic() + pause > deadline:
                break
            time.sleep(pause)
            pause = min(pause * 2, _MAX_PAUSE)
    if not mismatch:
        report(f"{url}/ shows the new site.")
    return mismatch


def _find_mismatch(client: httpx.Client, tree: Path, url: str) -> str:
    for path, name in (("/", "index.html"), ("/feed.xml", "feed.xml")):
        if not (tree / name).exists():
            continue
        try:
            response = client.get(url + path)
        except httpx.HTTPError as error:
            return f"{url}{path} does not respond: {error or type(error).__name__}"
        if not response.is_success:
            return f"{url}{path} returns status {response.status_code}"
        if response.content != (tree / name).read_bytes():
            return f"{url}{path} still shows the old version"
    return ""


def ping_hub(hub: str, url: str, feeds: Iterable[str]) -> str:
    """Notify a WebSub hub of changed feeds; return "", or what went wrong.

    `feeds` are paths below the site's `url`. The parameters are those of the W3C recommendation, section 7.
    """
    data = {"hub.mode": "publish", "hub.url": [f"{url}/{feed}" for feed in feeds]}
    try:
        response = httpx.post(hub, data=data, timeout=_REQUEST_TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"the hub {hub} does not respond: {error or type(error).__name__}"
    return "" if response.is_success else f"the hub {hub} returns status {response.status_code}"
