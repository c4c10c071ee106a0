"""After the upload: wait until the live site shows the new version, and notify the WebSub hub."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from ..publish_targets import GitTarget, PublishTarget

_REQUEST_TIMEOUT = 20.0
_MAX_PAUSE = 5.0
"""Seconds, at most, between two looks at the live site."""

_PROGRESS_INTERVAL = 15.0
"""Seconds, at least, between two lines that say what is still missing."""


def verify(tree: Path, url: str, timeout: int, report: Callable[[str], None], hint: str = "") -> str:
    """Fetch the home page and the feed until they are those of `tree`; return "", or what is wrong after `timeout`.

    `timeout` is in seconds. While it waits, it reports what is still wrong; `hint`, what the author can do about it
    meanwhile, follows the first time.
    """
    started, next_report, pause = time.monotonic(), 0.0, 0.2
    with httpx.Client(timeout=_REQUEST_TIMEOUT, follow_redirects=True, headers={"Cache-Control": "no-cache"}) as client:
        while mismatch := _find_mismatch(client, tree, url):
            elapsed = time.monotonic() - started
            if elapsed + pause > timeout:
                return mismatch
            if elapsed >= next_report:
                progress = f"{elapsed:.0f} of {timeout} s" if next_report else f"up to {timeout} s"
                remedy = f" - {hint}" if hint and not next_report else ""
                report(f"Waiting, {progress}: {mismatch}{remedy} …")
                next_report = elapsed + _PROGRESS_INTERVAL
            time.sleep(pause)
            pause = min(pause * 2, _MAX_PAUSE)
    report(f"{url}/ shows the new site.")
    return ""


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
            return f"{url}{path} does not show the new version yet"
    return ""


def describe_first_step(target: PublishTarget, url: str) -> str:
    """Say what the author does once, after the first upload to `target`, so that `url` shows the site."""
    host = urlsplit(url).hostname or ""
    if not isinstance(target, GitTarget):
        return f"let the web server of {host} serve {target.path}"
    step = f"switch on Pages: in the repository's settings on GitHub, under Pages, choose the branch `{target.branch}`"
    return step if host.endswith(".github.io") else f"{step}, and let the DNS of {host} point to GitHub"


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
