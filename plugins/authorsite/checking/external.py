"""Do the addresses that lead away from the site still answer? Asked politely, remembered with dates."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from pelican_incremental.files import atomic_write

from ..settings import site_of
from .internal import Tree

Status = dict[str, Any]
"""What is known of an address: checked, worked (moments), status, to, error, failures (in a row), dead."""

_GONE = {404, 410}
_REFUSED = {401, 403, 405, 406, 429, 451, 999}
"""Answers of shops that let no program in; a reader's browser may well get through."""

_FAILURES = 3
"""So many failed checks in a row make an address dead that gives no clear answer."""

_BAR = 30


@dataclass(frozen=True, slots=True)
class Manners:
    """How to ask: seconds between two requests to one host, for one answer, and at most for a wish to wait."""

    delay: float = 1.0
    timeout: float = 15.0
    longest_wait: float = 60.0
    hosts: int = 20
    tries: int = 3
    agent: str = "authorsite-link-check/1 (an author looks after the links on a book's site)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address said: an HTTP status (0: none), where it moved for good, or why there was no answer."""

    status: int = 0
    to: str = ""
    error: str = ""


def addresses(output: Path, own: str) -> dict[str, list[str]]:
    """Return every address outside the site `own` that a built page links to, with the pages that do."""
    tree = Tree.read(output, own)
    found: dict[str, list[str]] = defaultdict(list)
    for name, page in tree.pages.items():
        links = {link.split("#")[0] for link in page.followed if link.startswith(("http://", "https://"))}
        for link in links:
            if tree.resolve(name, link) is None:
                found[link].append(name.removesuffix("index.html"))
    return dict(sorted(found.items()))


async def ask_all(
    urls: Sequence[str], manners: Manners, tell: Callable[[int, int], None] | None = None
) -> dict[str, Answer]:
    """Return each address's answer: many hosts at once, one request at a time for each host."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_host[urlsplit(url).netloc.lower()].append(url)
    answers: dict[str, Answer] = {}
    at_once = asyncio.Semaphore(manners.hosts)
    headers = {"User-Agent": manners.agent}
    async with httpx.AsyncClient(timeout=manners.timeout, headers=headers, follow_redirects=True) as client:

        async def ask_host(listed: Sequence[str]) -> None:
            async with at_once:
                for url in listed:
                    answers[url] = await _ask(client, url, manners)
                    if tell:
                        tell(len(answers), len(urls))

        await asyncio.gather(*(ask_host(listed) for listed in by_host.values()))
    return answers


async def _ask(client: httpx.AsyncClient, url: str, manners: Manners) -> Answer:
    """Ask with HEAD, then with GET where HEAD did not do; again after 429, 5xx and a broken line."""
    answer = await _once(client, "HEAD", url, manners)
    if 200 <= answer[0].status < 300:  # noqa: PLR2004 - what HTTP calls success
        return answer[0]
    for number in range(manners.tries):
        answer = await _once(client, "GET", url, manners)
        if not (answer[0].error or answer[0].status == 429 or answer[0].status >= 500):  # noqa: PLR2004 - HTTP's
            break
        if number + 1 < manners.tries:
            await asyncio.sleep(min(answer[1] or manners.delay * 2**number, manners.longest_wait))
    return answer[0]


async def _once(client: httpx.AsyncClient, method: str, url: str, manners: Manners) -> tuple[Answer, float]:
    """Return the answer and how many seconds the host wishes us to wait; a body is not read."""
    await asyncio.sleep(manners.delay)
    try:
        # The limit counts for the whole: a host that sends a byte now and then would hold up the rest.
        async with asyncio.timeout(2 * manners.timeout), client.stream(method, url) as response:
            moved = bool(response.history) and all(r.status_code in {301, 308} for r in response.history)
            to = str(response.url) if moved else ""
            return Answer(response.status_code, to), _wait(response.headers.get("Retry-After", ""))
    except (httpx.TimeoutException, TimeoutError):
        return Answer(error="no answer in time"), 0
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(error=type(error).__name__), 0


def _wait(wish: str) -> float:
    """Return the seconds of a Retry-After, given as a number or a date."""
    if wish.strip().isdigit():
        return float(wish)
    try:
        return max(0.0, (parsedate_to_datetime(wish) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0


def judged(before: Status, answer: Answer, now: str) -> Status:
    """Return what is known of an address after `answer`; None values and defaults are left out."""
    works = 200 <= answer.status < 300  # noqa: PLR2004 - what HTTP calls success
    refused = answer.status in _REFUSED
    failures = 0 if works or refused else before.get("failures", 0) + 1
    status = {
        "checked": now,
        "worked": now if works else before.get("worked"),
        "status": answer.status,
        "to": answer.to,
        "error": answer.error,
        "failures": failures,
        "dead": answer.status in _GONE or failures >= _FAILURES,
    }
    return {key: value for key, value in status.items() if value}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a check found out: addresses newly dead, working again, moved for good, and all that are dead."""

    died: list[str] = field(default_factory=list)
    revived: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


def compared(before: Mapping[str, Status], after: Mapping[str, Status]) -> Changes:
    """Return what changed from one check to the next."""
    changes = Changes()
    for url, now in sorted(after.items()):
        was = before.get(url, {})
        if now.get("dead"):
            changes.dead.append(url)
            if not was.get("dead"):
                changes.died.append(url)
        elif was.get("dead") and now.get("worked") == now["checked"]:
            changes.revived.append(url)
        if now.get("to") and now["to"] != was.get("to"):
            changes.moved.append(url)
    return changes


def check(output: Path, own: str, store: Path, manners: Manners | None = None, now: datetime | None = None) -> Changes:
    """Ask every address that the pages in `output` lead to, and keep the results in `store`; return what changed.

    Addresses that no page has any more are forgotten.
    """
    found = addresses(output, own)
    before = load(store)
    moment = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    answers = asyncio.run(ask_all(list(found), manners or Manners(), progress if sys.stderr.isatty() else None))
    after = {url: judged(before.get(url, {}), answers[url], moment) for url in found}
    text = json.dumps(after, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    atomic_write(store, text.encode())
    changes = compared(before, after)
    for line in told(changes, after, found):
        print(line)
    return changes


def check_site(settings: Mapping[str, Any], output: Path, delay: float = 1.0) -> Changes:
    """Check the addresses of the site that has been built with `settings` into `output`."""
    store = Path(settings["PATH"]) / "data" / "link-status.json"
    return check(output, site_of(settings).url, store, Manners(delay=delay))


def load(store: Path) -> dict[str, Status]:
    """Return what former checks found; nothing when there were none, or their file is damaged."""
    try:
        kept = json.loads(store.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {url: status for url, status in kept.items() if isinstance(status, dict)} if isinstance(kept, dict) else {}


def told(changes: Changes, after: Mapping[str, Status], pages: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the report, a line for each change and one for the whole."""
    lines = []
    for word, urls in (("dead", changes.died), ("works again", changes.revived), ("moved", changes.moved)):
        for url in urls:
            status = after[url]
            why = status.get("error") or status.get("status")
            more = f"to {status['to']}" if word == "moved" else f"{why}"
            on = ", ".join(f"/{page}" for page in pages[url][:3])
            lines.append(f"{word}: {url} ({more}) on {on}")
    unsure = sum(1 for status in after.values() if not status.get("dead") and status["checked"] != status.get("worked"))
    lines.append(f"{len(after)} addresses: {len(changes.dead)} dead, {unsure} gave no clear answer")
    return lines


def progress(done: int, whole: int) -> None:
    """Draw the bar anew on the terminal's line."""
    bar = "#" * (_BAR * done // whole)
    print(f"\rLinks [{bar:<{_BAR}}] {done}/{whole}", end="\n" if done == whole else "", file=sys.stderr, flush=True)
