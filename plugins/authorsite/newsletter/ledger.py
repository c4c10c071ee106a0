"""The ledger of newsletters: which posts were in which one, so that none is sent twice."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import yaml
from pelican_incremental.files import atomic_write
from pydantic import Field

from ..problems import CommandError, ProblemLog
from ..reading.front_matter import decode, parse_yaml
from ..reading.schemas import ZonedDatetime
from ..strict_model import StrictModel
from ..validation import Loc, validate

LEDGER = "data/newsletter.yaml"
"""The path of the ledger below content/. It is not published."""

_HEADER = "# Which posts were in which newsletter, written by the command `newsletter`: no post is sent twice.\n"


class SentNewsletter(StrictModel):
    """One newsletter. `posts` are the guids of its posts: a post that moves keeps its own.

    `status` is "pending" while a draft is being made, "draft" when the provider has it, and "sent" if the author sends
    the e-mail in another way. `draft` is the provider's id.
    """

    date: ZonedDatetime
    subject: str
    language: str = ""
    status: Literal["pending", "draft", "sent"]
    provider: str = ""
    draft: str = ""
    posts: Annotated[tuple[str, ...], Field(min_length=1)]


class _LedgerFile(StrictModel):
    newsletters: tuple[SentNewsletter, ...] = ()


Ledger = tuple[SentNewsletter, ...]


def read_ledger(file: Path, root: Path, zone: ZoneInfo) -> Ledger:
    """Return the newsletters of the ledger, () without a file; paths in messages are relative to `root`.

    Raises CommandError if the ledger is not valid: without it, nobody knows what was sent.
    """
    if not file.exists():
        return ()
    log = ProblemLog(root=root, deferred=True)
    text = decode(file.read_bytes(), partial(log.error, file))
    parsed = parse_yaml(text, partial(log.error, file)) if text is not None else None
    ledger = None
    if parsed and (not parsed[0] or isinstance(parsed[0], list)):
        lines: dict[Loc, int] = {("newsletters", *loc): line for loc, line in parsed[1].items()}
        data = {"newsletters": parsed[0] or []}
        ledger = validate(_LedgerFile, data, log, str(file), lines, context={"zone": zone})
    elif parsed:
        log.error(
            file, 1, "this is not a list of newsletters", "begin each one with a line such as `- date: 2019-03-01`"
        )
    if ledger is None:
        raise CommandError(str(next(iter(log))))
    return ledger.newsletters


def write_ledger(file: Path, ledger: Iterable[SentNewsletter]) -> None:
    """Write the ledger by date, in one step: after a kill it is the old one or the new one."""
    atomic_write(file, format_ledger(ledger).encode())


def format_ledger(ledger: Iterable[SentNewsletter]) -> str:
    """Return the text of a ledger, by date; `read_ledger` gives the same newsletters back."""
    by_date = sorted(ledger, key=lambda sent: (sent.date, sent.posts, sent.status, sent.draft))
    return _HEADER + "".join(map(_format_newsletter, by_date))


def _format_newsletter(sent: SentNewsletter) -> str:
    fields = {
        "date": sent.date.isoformat(),
        **{
            key: value
            for key in ("subject", "language", "status", "provider", "draft")
            if (value := getattr(sent, key))
        },
        "posts": list(sent.posts),
    }
    return yaml.safe_dump([fields], sort_keys=False, allow_unicode=True, width=10_000)


def find_sent(ledger: Ledger, guids: Collection[str]) -> Iterator[tuple[str, SentNewsletter]]:
    """Yield each of `guids` that was in a newsletter already, with the last one that it was in."""
    last = {guid: sent for sent in sorted(ledger, key=lambda sent: sent.date) for guid in sent.posts}
    yield from ((guid, last[guid]) for guid in guids if guid in last)


def get_last_date(ledger: Ledger, is_in_language: Callable[[str], bool]) -> datetime | None:
    """Return the date of the last newsletter whose language is meant, None if there has been none."""
    return max((sent.date for sent in ledger if is_in_language(sent.language)), default=None)
