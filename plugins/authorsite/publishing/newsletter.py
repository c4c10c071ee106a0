"""Make one e-mail of posts, write it to newsletters/, and leave it as a draft at the provider. Nothing is sent."""

import hashlib
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican_incremental.files import atomic_write

from ..commands import format_command
from ..language_versions import find_context, list_contexts
from ..newsletter.compose import NewsletterComposer
from ..newsletter.ledger import LEDGER, Ledger, SentNewsletter, find_sent, read_ledger, write_ledger
from ..newsletter.message import make_message
from ..newsletter.providers import Draft, NotADraft, Provider, create_draft, get_key
from ..newsletter.render import Newsletter, RenderedEmail
from ..newsletter.selection import find_new_posts, find_posts, parse_since
from ..newsletter_settings import ButtondownNewsletter, ListmonkNewsletter
from ..problems import CommandError, ProblemLog
from ..reading.schemas import PostMetadata, Status
from ..reading.sources import read_source
from ..site_build import get_build, get_build_time, get_site
from ..slug_adapter import make_slug
from ..validation import did_you_mean
from .atomic_swap import exclusive_lock
from .build import StagedBuild, build

FOLDER = "newsletters"
"""The folder of the e-mails, in that of the site. It is not published."""

_MAX_SLUG = 60
"""The characters of a slug in the name of a file: a name has at most 255 bytes."""

_CLIPPED_ABOVE = 102 * 1024
"""The bytes of HTML that Gmail shows of an e-mail."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the author asks for: `names` or `since`; `draft` or `sent` records the posts; `again` repeats them.

    `language` is that of the posts that `since` means, "" for the main one.
    """

    names: Sequence[str] = ()
    since: str = ""
    language: str = ""
    subject: str = ""
    summary: bool = False
    draft: bool = False
    sent: bool = False
    again: bool = False


def make_newsletter(settings_file: Path, options: Options) -> int:
    """Build the site in a staging folder, make the e-mail and, if asked to, the draft; return the exit status."""
    if bool(options.names) is bool(options.since):
        example = format_command("newsletter", "a-slug")
        raise CommandError(f"name the posts, or use --since last - run: {example}")
    if options.language and not options.since:
        raise CommandError("--language works only with --since - a post that you name has a language of its own")
    if options.draft and options.sent:
        raise CommandError("--draft and --sent exclude each other - use --sent if you send the e-mail yourself")
    with ExitStack() as locks:
        staged_builds: list[StagedBuild] = []

        def keep(staged: StagedBuild) -> bool:
            # Another run must not read the ledger before this one has written it.
            locks.enter_context(exclusive_lock(staged.output.parent))
            run = _Run(settings_file.resolve().parent, options, staged)
            run.make()
            staged_builds.append(staged)
            return False

        result = build(settings_file, progress=True, approve=keep)
        if not staged_builds:
            result.problems.print()
        return 0 if staged_builds else 1


@dataclass
class _Run:
    """One run of the command: the staged build has the posts; `ledger` is as it was before."""

    root: Path
    options: Options
    staged: StagedBuild
    context: MutableMapping[str, Any] = field(init=False)
    composer: NewsletterComposer = field(init=False)
    ledger_file: Path = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        settings, self.context = self.staged.settings, dict(self.staged.context)
        self.composer = NewsletterComposer(self.context, summary=self.options.summary)
        self.ledger_file = Path(settings["PATH"]) / LEDGER
        self.ledger = read_ledger(self.ledger_file, self.root, ZoneInfo(settings["TIMEZONE"] or "UTC"))

    def make(self) -> None:
        """Choose the posts, write the files and, if asked to, make the draft and record it."""
        provider = self._get_provider()
        posts = self._choose_posts()
        guids = tuple(map(self.composer.get_guid, posts))
        if not self.options.again:
            self._require_unsent(posts, guids)
        newsletter = self.composer.compose(posts, self.options.subject)
        overrides = [Path(folder) for folder in self.staged.settings["THEME_TEMPLATES_OVERRIDES"]]
        rendered = self.composer.render(newsletter, overrides)
        self._write_files(posts[0].slug, newsletter, rendered)
        if provider:
            self._make_draft(provider, guids, newsletter, rendered)
        elif self.options.sent:
            self._record(SentNewsletter(status="sent", **self._get_fields(guids, newsletter)))
            print(f"Recorded in content/{LEDGER}.")

    def _get_provider(self) -> Provider | None:
        """Return the provider to leave a draft at, None if there is to be none; raises CommandError without its key."""
        if not self.options.draft:
            return None
        provider = get_site(self.staged.settings).newsletter
        if not isinstance(provider, (ButtondownNewsletter, ListmonkNewsletter)):
            raise CommandError(
                "--draft needs Buttondown or listmonk - set `newsletter` in the settings, or send the files yourself"
            )
        get_key(provider)
        return provider

    def _choose_posts(self) -> list[Any]:
        options = self.options
        if options.names:
            self._reject_unpublished()
            content = f"{self.staged.settings['PATH']}/"
            lists = "articles", "translations", "hidden_articles", "hidden_translations"
            return find_posts(options.names, self._list_posts(list_contexts(self.context), *lists), content)
        site = get_site(self.staged.settings)
        language, known = options.language or site.language, (site.language, *site.languages)
        if language not in known:
            hint = did_you_mean(language, known, f"use --language with one of {', '.join(known)}")
            raise CommandError(f"`{language}` is not a language of the site - {hint}")
        since = parse_since(options.since, self.ledger, lambda each: site.choose_language(each) == language)
        sent = {guid for newsletter in self.ledger for guid in newsletter.posts}
        listed = self._list_posts([find_context(self.context, language)], "articles")
        posts = find_new_posts(listed, since, () if options.again else sent, self.composer.get_guid)
        if not posts:
            raise CommandError(f"no post since {since} that was in no newsletter - write one, or name the posts")
        return posts

    def _list_posts(self, contexts: Sequence[Mapping[str, Any]], *keys: str) -> list[Any]:
        """Return the posts in these lists of Pelican's contexts, without what other readers have read."""
        posts = {post.source_path: post for context in contexts for key in keys for post in context.get(key, ())}
        return [post for post in posts.values() if isinstance(getattr(post, "record", None), PostMetadata)]

    def _reject_unpublished(self) -> None:
        """Raise CommandError if a name is that of a draft or of a scheduled post, which the build has left out."""
        settings, log = self.staged.settings, ProblemLog()
        zone = ZoneInfo(settings["TIMEZONE"] or "UTC")
        for path in sorted(get_build(settings).unpublished):
            source = read_source(path, PostMetadata, log, zone)
            if source is None:
                continue
            record = source.record
            slug = record.slug or make_slug(record.title, settings)
            names = {slug, Path(path).relative_to(settings["PATH"]).as_posix()}
            if names.intersection(name.removeprefix("content/") for name in self.options.names):
                is_draft = record.status is Status.DRAFT
                state = "a draft" if is_draft else f"scheduled for {record.date:%Y-%m-%d %H:%M}"
                raise CommandError(
                    f"the post is {state} - publish it first", self.staged.problems.get_display_path(path)
                )

    def _require_unsent(self, posts: Sequence[Any], guids: Sequence[str]) -> None:
        paths = dict(zip(guids, (post.source_path for post in posts), strict=True))
        for guid, sent in find_sent(self.ledger, guids):
            state = f"was in the newsletter of {sent.date:%Y-%m-%d}, “{sent.subject}” - use --again to repeat it"
            if sent.status == "pending":
                state = (
                    f"may be in a draft: the command was stopped on {sent.date:%Y-%m-%d} - see whether the draft is "
                    f"there; if not, remove the newsletter that is `pending` from content/{LEDGER}"
                )
            raise CommandError(state, self.staged.problems.get_display_path(paths[guid]))

    def _write_files(self, slug: str, newsletter: Newsletter, rendered: RenderedEmail) -> None:
        settings, site = self.staged.settings, get_site(self.staged.settings)
        date, provider = get_build_time(settings), site.newsletter
        from_name = (provider and provider.from_name) or settings.get("AUTHOR") or settings["SITENAME"]
        from_email = (provider and provider.from_email) or site.contact
        message = make_message(newsletter, rendered, date, from_name, from_email)
        stem = self.root / FOLDER / f"{date:%Y-%m-%d}-{slug[:_MAX_SLUG]}"
        for suffix, data in (("html", rendered.html.encode()), ("eml", message)):
            atomic_write(f"{stem}.{suffix}", data)
            print(f"{FOLDER}/{stem.name}.{suffix}")
        size = len(rendered.html.encode())
        if size > _CLIPPED_ABOVE and not self.options.summary:
            hint = "use --summary, or fewer posts"
            print(f"The e-mail has {size // 1024} KB: Gmail hides what is above 102 - {hint}", file=sys.stderr)

    def _make_draft(
        self, provider: Provider, guids: tuple[str, ...], newsletter: Newsletter, rendered: RenderedEmail
    ) -> None:
        """Record the newsletter as pending, make the draft, and record it.

        After a kill in between, the posts stay pending, so that no second draft is made unseen.
        """
        name = "Buttondown" if isinstance(provider, ButtondownNewsletter) else "listmonk"
        fields = self._get_fields(guids, newsletter)
        earlier = sum(sent.posts == guids and sent.status != "pending" for sent in self.ledger)
        key = hashlib.sha256(repr((guids, rendered.fragment, earlier)).encode()).hexdigest()
        url = newsletter.posts[0].url if len(newsletter.posts) == 1 else ""
        draft = Draft(newsletter.subject, newsletter.preheader, rendered.fragment, rendered.text, url, key)
        pending = SentNewsletter(status="pending", provider=provider.provider, **fields)
        self._record(pending)
        try:
            receipt = create_draft(provider, draft)
        except NotADraft:
            self._record(pending.model_copy(update={"status": "sent"}))
            raise
        except CommandError:
            self._record(None)
            raise
        self._record(pending.model_copy(update={"status": "draft", "draft": receipt.id}))
        print(f"The draft is at {name}, and nothing was sent: {receipt.url}")
        print(f"Recorded in content/{LEDGER}. Publish the site before you send it: the e-mail links to its pages.")

    def _get_fields(self, guids: tuple[str, ...], newsletter: Newsletter) -> dict[str, Any]:
        date = get_build_time(self.staged.settings)
        return {"date": date, "subject": newsletter.subject, "language": newsletter.language, "posts": guids}

    def _record(self, sent: SentNewsletter | None) -> None:
        """Write the ledger with this newsletter, or as it was before."""
        if sent is None and not self.ledger:
            self.ledger_file.unlink(missing_ok=True)
        else:
            write_ledger(self.ledger_file, [*self.ledger, *([sent] if sent else ())])
