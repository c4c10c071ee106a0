"""Choose the posts of a newsletter: those that the author names, or what is new since the last one."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from ..problems import CommandError
from ..validation import did_you_mean
from .ledger import Ledger, get_last_date

LAST = "last"


def find_posts(names: Iterable[str], posts: Sequence[Any], content: str) -> list[Any]:
    """Return the posts that `names` mean, in their order, each once; a name is a slug or a path below content/.

    `content` is the path of content/, with a slash. Raises CommandError for a name of no post, or of several.
    """
    found: dict[str, Any] = {}
    for name in names:
        path = name.removeprefix("content/")
        matches = [post for post in posts if name == post.slug or path == _get_path(post, content)]
        if not matches:
            hint = did_you_mean(name, [post.slug for post in posts], "use the last part of the post's URL")
            raise CommandError(f"no published post has the slug `{name}` - {hint}")
        if len(matches) > 1:
            paths = ", ".join(sorted(_get_path(post, content) for post in matches))
            raise CommandError(f"several posts have the slug `{name}` - name the file: {paths}")
        found[matches[0].source_path] = matches[0]
    return list(found.values())


def parse_since(text: str, ledger: Ledger, is_in_language: Callable[[str], bool]) -> date:
    """Return the first day that `--since` means: a date, or that of the last newsletter in a language.

    Raises CommandError for anything else, or if there has been none.
    """
    if text == LAST:
        last = get_last_date(ledger, is_in_language)
        if last is None:
            raise CommandError("there has been no newsletter yet - name the posts, or write --since 2019-03-01")
        return last.date()
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise CommandError(f"--since: `{text}` is not a date - write last, or a date such as 2019-03-01") from None


def find_new_posts(
    posts: Iterable[Any], since: date, sent: Collection[str], get_guid: Callable[[Any], str]
) -> list[Any]:
    """Return the posts from the day `since` on that are in no newsletter, the newest first.

    That day counts: a post may have been published on it after the last newsletter.
    """
    new = [post for post in posts if post.date.date() >= since and get_guid(post) not in sent]
    return sorted(new, key=lambda post: (post.date, post.slug, post.source_path), reverse=True)


def _get_path(post: Any, content: str) -> str:
    return str(post.source_path).removeprefix(content)
