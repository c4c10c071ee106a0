"""The command `authorsite`: the tasks of a site, each in the site's folder. tasks.py has them too, for `invoke`."""

import sys
from pathlib import Path

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit

from .command_line import (
    AuthorsiteProgram,
    OptionalWordsTask,
    TitledTask,
    WordsTask,
    load,
    name_source,
    print_exception,
    require_quoted_title,
    task,
)
from .commands import NAME, format_command
from .problems import CommandError
from .version import get_version

_SETTINGS = "pelicanconf.py"


def _show_help_for(name: str, *words: str) -> bool:
    """Print the help of a command if one of its positional words asks for it: invoke takes `--help` for a value."""
    is_asked = not {"--help", "-h"}.isdisjoint(words)
    if is_asked:
        program.run(["invoke" if "invoke" in sys.argv[0] else NAME, "--help", name], exit=False)
    return is_asked


@task(
    help={
        "folder": "the folder to create, such as my-site",
        "name": "the site's name",
        "author": "your name",
        "url": "the site's URL",
        "book": "the title of your first book",
        "yes": "do not ask for what is not given: take the defaults",
    }
)
def init(
    _: Context, folder: str, name: str = "", author: str = "", url: str = "", book: str = "", yes: bool = False
) -> None:
    """Create a site of your own in a new folder.

    Example: invoke init ../my-site
    """
    if _show_help_for("init", folder):
        return
    if folder.startswith("-"):
        raise CommandError(f"`{folder}` is an option - put the folder first: {format_command('init', 'my-site')}")
    module = load("publishing.init_site")
    answers = module.Answers(name, author, url, book)
    module.init_site(Path(folder), answers, ask=not yes and module.has_answers(sys.stdin))


@task(
    help={
        "title": "the title; optional with --from and --isbn, which have one; with --kind words a language, such as fr",
        "kind": "post, page, book, event, reblog, review or words",
        "from": "a page saved from the web, for --kind reblog",
        "isbn": "an ISBN to look up in Open Library, for --kind book",
    },
    klass=TitledTask,
)
def new(_: Context, title: str, kind: str = "post", from_: str = "", isbn: str = "", settings: str = _SETTINGS) -> None:
    """Create a post, page, book, event, reblog or review, or a file for the site's texts in another language.

    Example: invoke new "On ladders" --kind review
    """
    if _show_help_for("new", title):
        return
    raise Exit(code=load("publishing.new").new(Path(settings).absolute(), title, kind, from_, isbn))


@task(
    help={
        "drafts": "include drafts and scheduled posts, marked as such",
        "format": "print problems as text, json or github",
        "explain": "a page's URL path: say why the page was rendered or skipped",
    }
)
def build(
    _: Context,
    drafts: bool = False,
    format: str = "text",  # noqa: A002 - the option's name
    settings: str = _SETTINGS,
    explain: str = "",
) -> None:
    """Build content/ into output/.

    Example: invoke build --drafts
    """
    run = load("publishing.build_report").build_command
    raise Exit(code=run(Path(settings).absolute(), format, explain, drafts=drafts))


@task(help={"port": "the first port to try", "drafts": "include drafts and scheduled posts"})
def serve(_: Context, port: int = 8000, drafts: bool = True, settings: str = _SETTINGS) -> None:
    """Serve the site while you write, with live reload.

    Example: invoke serve --no-drafts
    """
    load("publishing.serve").serve(Path(settings).absolute(), port, drafts=drafts)


@task(help={"format": "text, json or github", "kind": "list all problems of one kind, such as image"})
def check(_: Context, format: str = "text", kind: str = "", settings: str = "publishconf.py") -> None:  # noqa: A002 - the option's name
    """Report every problem that would stop a publish, without changing output/.

    Example: invoke check --format json
    """
    raise Exit(code=load("publishing.publish").check(Path(settings).absolute(), format, kind))


@task(
    help={
        "yes": "publish without asking",
        "dry-run": "stop after the summary: nothing is swapped in or uploaded",
    }
)
def publish(_: Context, yes: bool = False, dry_run: bool = False, settings: str = "publishconf.py") -> None:
    """Build, check, show what changes, ask, and upload.

    Example: invoke publish --dry-run
    """
    load("publishing.atomic_swap").require_locks()
    raise Exit(code=load("publishing.publish").publish(Path(settings).absolute(), yes=yes, dry_run=dry_run))


@task(help={"against": "a folder or the live site's URL; default: the last output"})
def feed_diff(_: Context, against: str = "", settings: str = "publishconf.py") -> None:
    """Show what publishing would change for feed subscribers.

    Example: invoke feed-diff --against https://example.org
    """
    raise Exit(code=load("publishing.feed_diff").feed_diff(Path(settings).absolute(), against))


@task(help={"year": "such as 2018", "quarter": "such as 2019Q3", "write": "write it to content/posts, as a draft"})
def roundup(_: Context, year: str = "", quarter: str = "", write: bool = False, settings: str = _SETTINGS) -> None:
    """Draft a post that sums up a year or a quarter.

    Example: invoke roundup --quarter 2019Q3 --write
    """
    path = Path(settings).absolute()
    conf = load("publishing.settings_file").read_settings_file(path)
    raise Exit(code=load("roundup").create_roundup(conf, path.parent, year + quarter, write=write))


@task(
    help={
        "slugs": "the posts: their slugs, or the paths of their files",
        "since": "in place of slugs: `last`, for what is new since the last newsletter, or a date",
        "language": "the language of the posts that --since means, such as de; default: the main one",
        "draft": "leave a draft at Buttondown or listmonk, and record the posts as used",
        "sent": "record the posts as used: you send the e-mail yourself",
        "again": "take posts that were in a newsletter before",
        "summary": "the summary of each post, with a link, in place of the whole text",
        "subject": "the subject; default: the title",
    },
    klass=OptionalWordsTask,
)
def newsletter(
    _: Context,
    slugs: list[str],
    since: str = "",
    language: str = "",
    draft: bool = False,
    sent: bool = False,
    again: bool = False,
    summary: bool = False,
    subject: str = "",
    settings: str = "publishconf.py",
) -> None:
    """Make one e-mail of posts. It is never sent: --draft leaves a draft at your provider.

    Example: invoke newsletter --since last --draft
    """
    if _show_help_for("newsletter", *slugs):
        return
    module = load("publishing.newsletter")
    options = module.Options(
        slugs, since=since, language=language, subject=subject, summary=summary, draft=draft, sent=sent, again=again
    )
    raise Exit(code=module.make_newsletter(Path(settings).absolute(), options))


@task(
    help={
        "exports": "the files from Tools → Export: .xml, .zip, or a folder with them",
        "media": "the media library: a folder, a tar archive, or `fetch` to download it from the blog",
        "dry-run": "say what would be written, and write nothing",
        "with-private": "bring in private posts and those with a password, as drafts",
    },
    klass=WordsTask,
)
def import_wordpress(
    _: Context,
    exports: list[str],
    media: str = "",
    dry_run: bool = False,
    with_private: bool = False,
    settings: str = _SETTINGS,
) -> None:
    """Bring in a blog from WordPress: posts, pages, comments and files; again, if you like.

    Example: invoke import-wordpress export.zip --media media.tar
    """
    if _show_help_for("import-wordpress", *exports):
        return
    load("publishing.atomic_swap").require_locks()
    run = load("publishing.import_wordpress").import_wordpress
    path = Path(settings).absolute()
    raise Exit(code=run(path, exports, media, dry_run=dry_run, with_private=with_private))


@task(help={"delay": "seconds between two requests to one host"})
def check_links(_: Context, delay: float = 1.0, settings: str = _SETTINGS) -> None:
    """Build, and check the links to other sites.

    Example: invoke check-links
    """
    build_module = load("publishing.build")
    session = build_module.BuildSession()
    result = build_module.build(Path(settings).absolute(), session=session, progress=True)
    if result.failed:
        raise Exit(code=load("publishing.build_report").print_report(result))
    changes = load("checking.external").check_site_links(session.settings, result.output, delay)
    raise Exit(code=1 if changes.newly_broken else 0)


@task(help={"source": "a git URL (git+https://…), a wheel or a checkout; default: what requirements.txt names"})
def upgrade(_: Context, source: str = "") -> None:
    """Install another version of authorsite, then check the site.

    Content, settings and overrides stay as they are; requirements.txt names the version.

    Example: invoke upgrade git+https://git.example/authorsite@v1.2.0
    """
    raise Exit(code=load("publishing.upgrade").upgrade(Path.cwd(), source))


@task()
def clean(_: Context, settings: str = _SETTINGS) -> None:
    """Remove output and caches, never content.

    Example: invoke clean
    """
    load("publishing.clean").clean(Path(settings).absolute())


commands = Collection.from_module(sys.modules[__name__])
program = AuthorsiteProgram(version=get_version(), namespace=commands, name=NAME)


def main() -> None:
    """Run the command line of the site in the current folder."""
    sys.excepthook = print_exception
    require_quoted_title(sys.argv, commands.task_names)
    program.run(name_source(sys.argv))
