"""Check the links to other sites, with pauses between requests, and record the results with their dates."""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from httpx import codes
from pelican_incremental.files import atomic_write

from ..site_build import get_site
from .internal import BuiltSite

Status = dict[str, Any]
"""The recorded status of a URL, as in link-status.json; keys with empty values are left out.

`checked` and `worked` are the ISO dates and times of the last check and the last success; `status` is the HTTP status,
`to` the new URL after a permanent redirect, `error` why there was no response, `failures` the number of failed checks
in a row, and `dead` marks a broken link.
"""

_GONE = {404, 410}
_BLOCKED = {401, 403, 405, 406, 429, 451, 999}
"""Statuses by which sites turn away programs; the link may well work in a browser."""

_FAILURE_LIMIT = 3
"""The number of failed checks in a row after which a link without a clear response counts as broken."""

_BAR_WIDTH = 30


@dataclass(frozen=True, slots=True)
class CrawlPolicy:
    """How to request pages.

    `delay` is the pause between two requests to one host, `timeout` the limit for one response and `max_wait` that for
    a Retry-After, all in seconds. `max_hosts` hosts are requested at the same time.
    """

    delay: float = 1.0
    timeout: float = 15.0
    max_wait: float = 60.0
    max_hosts: int = 20
    max_attempts: int = 3
    user_agent: str = "authorsite-link-check/1 (an author looks after the links on a book's site)"


@dataclass(frozen=True, slots=True)
class LinkResult:
    """The result of one link: HTTP status (0: no response), target of a permanent redirect, error."""

    status: int = 0
    redirect: str = ""
    error: str = ""


def find_external_links(output: Path, site_url: str) -> dict[str, list[str]]:
    """Return every URL outside the site that a built page links to, with the URL paths of those pages."""
    site = BuiltSite.read(output, site_url)
    pages_by_url: dict[str, list[str]] = defaultdict(list)
    for name, page in site.pages.items():
        urls = {url.split("#")[0] for url in page.hyperlinks if url.startswith(("http://", "https://"))}
        for url in urls:
            if site.resolve(name, url) is None:
                pages_by_url[url].append(name.removesuffix("index.html"))
    return dict(sorted(pages_by_url.items()))


async def fetch_all(
    urls: Sequence[str], policy: CrawlPolicy, on_progress: Callable[[int, int], None] | None = None
) -> dict[str, LinkResult]:
    """Request all URLs and return their results; hosts in parallel, one request at a time for each host.

    `on_progress` is called with the number of URLs done and their total.
    """
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_host[urlsplit(url).netloc.lower()].append(url)
    results: dict[str, LinkResult] = {}
    semaphore = asyncio.Semaphore(policy.max_hosts)
    headers = {"User-Agent": policy.user_agent}
    async with httpx.AsyncClient(timeout=policy.timeout, headers=headers, follow_redirects=True) as client:

        async def fetch_host(host_urls: Sequence[str]) -> None:
            async with semaphore:
                for url in host_urls:
                    results[url] = await _fetch(client, url, policy)
                    if on_progress:
                        on_progress(len(results), len(urls))

        await asyncio.gather(*(fetch_host(host_urls) for host_urls in by_host.values()))
    return results


async def _fetch(client: httpx.AsyncClient, url: str, policy: CrawlPolicy) -> LinkResult:
    """Request `url` with HEAD and, if that fails, with GET; retry after 429, 5xx and connection errors."""
    result, _ = await _request(client, "HEAD", url, policy)
    if codes.is_success(result.status):
        return result
    for attempt in range(policy.max_attempts):
        result, retry_after = await _request(client, "GET", url, policy)
        if not (result.error or result.status == codes.TOO_MANY_REQUESTS or codes.is_server_error(result.status)):
            break
        if attempt + 1 < policy.max_attempts:
            await asyncio.sleep(min(retry_after or policy.delay * 2**attempt, policy.max_wait))
    return result


async def _request(client: httpx.AsyncClient, method: str, url: str, policy: CrawlPolicy) -> tuple[LinkResult, float]:
    """Return the result of one request and its Retry-After in seconds (0: none); the body is not read."""
    await asyncio.sleep(policy.delay)
    try:
        # A limit for the whole response: a host that sends a byte now and then would block the others.
        async with asyncio.timeout(2 * policy.timeout), client.stream(method, url) as response:
            moved = bool(response.history) and all(r.status_code in {301, 308} for r in response.history)
            result = LinkResult(response.status_code, str(response.url) if moved else "")
            return result, _parse_retry_after(response.headers.get("Retry-After", ""))
    except (httpx.TimeoutException, TimeoutError):
        return LinkResult(error="timeout"), 0
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return LinkResult(error=type(error).__name__), 0


def _parse_retry_after(value: str) -> float:
    """Return the seconds of a Retry-After header, a number or a date (RFC 9110, section 10.2.3); 0 if invalid."""
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0


def update_status(before: Status, result: LinkResult, now: str) -> Status:
    """Return the new status of a URL; `now` is an ISO date and time."""
    works = codes.is_success(result.status)
    failures = 0 if works or result.status in _BLOCKED else before.get("failures", 0) + 1
    status = {
        "checked": now,
        "worked": now if works else before.get("worked"),
        "status": result.status,
        "to": result.redirect,
        "error": result.error,
        "failures": failures,
        "dead": result.status in _GONE or failures >= _FAILURE_LIMIT,
    }
    return {key: value for key, value in status.items() if value}


@dataclass(frozen=True, slots=True)
class LinkChanges:
    """URLs that are newly broken, fixed, or permanently redirected since the last check, and all broken ones."""

    newly_broken: list[str]
    fixed: list[str]
    moved: list[str]
    broken: list[str]


def diff_status(before: Mapping[str, Status], after: Mapping[str, Status]) -> LinkChanges:
    """Return what changed from one check to the next."""
    old = {url: before.get(url, {}) for url in sorted(after)}
    broken = [url for url in old if after[url].get("dead")]
    works = [url for url in old if not after[url].get("dead") and after[url].get("worked") == after[url]["checked"]]
    return LinkChanges(
        newly_broken=[url for url in broken if not old[url].get("dead")],
        fixed=[url for url in works if old[url].get("dead")],
        moved=[url for url in old if after[url].get("to") not in {None, old[url].get("to")}],
        broken=broken,
    )


def check_links(
    output: Path, site_url: str, status_file: Path, policy: CrawlPolicy | None = None, now: datetime | None = None
) -> LinkChanges:
    """Check every external link of the pages in `output`, update `status_file`, print a report, return the changes.

    URLs that no page links to any more are removed from the file.
    """
    pages_by_url = find_external_links(output, site_url)
    before = load_status(status_file)
    checked = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    on_progress = show_progress if sys.stderr.isatty() else None
    results = asyncio.run(fetch_all(list(pages_by_url), policy or CrawlPolicy(), on_progress))
    after = {url: update_status(before.get(url, {}), results[url], checked) for url in pages_by_url}
    text = json.dumps(after, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    atomic_write(status_file, text.encode())
    changes = diff_status(before, after)
    print("\n".join(format_report(changes, after, pages_by_url)))
    return changes


def check_site_links(settings: Mapping[str, Any], output: Path, delay: float = 1.0) -> LinkChanges:
    """Check the external links of the site built with `settings` into `output`; `delay` is in seconds."""
    status_file = Path(settings["PATH"]) / "data" / "link-status.json"
    return check_links(output, get_site(settings).url, status_file, CrawlPolicy(delay=delay))


def load_status(status_file: Path) -> dict[str, Status]:
    """Return the status of each URL from earlier checks; empty if the file is missing or damaged."""
    try:
        data = json.loads(status_file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {url: status for url, status in data.items() if isinstance(status, dict)} if isinstance(data, dict) else {}


def format_report(
    changes: LinkChanges, after: Mapping[str, Status], pages_by_url: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return one line for each change and a summary."""
    lines = []
    for label, urls in (("broken", changes.newly_broken), ("works again", changes.fixed), ("moved", changes.moved)):
        for url in urls:
            status = after[url]
            detail = f"to {status['to']}" if label == "moved" else status.get("error") or status.get("status")
            pages = ", ".join(f"/{page}" for page in pages_by_url[url][:3])
            lines.append(f"{label}: {url} ({detail}) on {pages}")
    unclear = sum(1 for s in after.values() if not s.get("dead") and s["checked"] != s.get("worked"))
    lines.append(f"{len(after)} links: {len(changes.broken)} broken, {unclear} without a clear response")
    return lines


def show_progress(done: int, total: int) -> None:
    """Redraw the progress bar on the terminal's current line."""
    bar = "#" * (_BAR_WIDTH * done // total)
    end = "\n" if done == total else ""
    print(f"\rLinks [{bar:<{_BAR_WIDTH}}] {done}/{total}", end=end, file=sys.stderr, flush=True)
