"""The command newsletter: expected e-mails of a made-up site, drafts at stand-ins of both APIs, and the ledger."""

import email
import functools
import json
import shutil
import ssl
import time
from collections import deque
from email import policy
from http.server import BaseHTTPRequestHandler

import pytest
import yaml
from authorsite import cli
from authorsite.newsletter import providers
from authorsite.newsletter_settings import Newsletter
from authorsite.problems import CommandError
from authorsite.publishing import newsletter as command
from authorsite.publishing.build import build
from authorsite.publishing.newsletter import Options, make_newsletter
from conftest import ROOT, SITE_DATE, restore_signals
from pydantic import TypeAdapter
from serving import run_server

SITE = ROOT / "tests" / "sites" / "newsletter"
DOCS = (ROOT / "docs/newsletter.md").read_text("utf-8")
UUID = "ce13e971-c2ed-4069-bd0c-240e9a9f56f9"
CONF = """
from authorsite.defaults import *
PLUGIN_PATHS = [{plugins!r}]
AUTHOR = SITENAME = "Ann Author"
TIMEZONE, DEFAULT_LANG, DEFAULT_CATEGORY = "America/Chicago", "en", "Commentary"
AUTHORSITE = {{"url": "https://ann.example", "contact": "ann@ann.example", "newsletter": {newsletter!r}}}
AUTHORSITE["languages"] = {{"ar": {{}}, "de": {{"name": "Ann Autorin"}}}}
AUTHORSITE["allow"] = {{"image": "the pictures elsewhere are about e-mail", "syntax": "the same"}}
"""
SSL = functools.cache(lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
BUTTONDOWN = {"provider": "buttondown", "username": "ann"}


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    """A staged build of the site; what the command does with it writes to the folder of the site alone."""
    root = tmp_path_factory.mktemp("newsletter")
    shutil.copytree(SITE / "content", root / "content")
    (root / "publishconf.py").write_text(CONF.format(plugins=str(ROOT / "plugins"), newsletter=None))
    found = []
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        result = build(root / "publishconf.py", approve=lambda staged: bool(found.append(staged)))
    assert found, "\n".join(map(str, result.problems))
    return found[0]


@pytest.fixture
def root(staged):
    """The folder of the site, without newsletters and ledger."""
    folder = staged.problems.root
    shutil.rmtree(folder / "newsletters", ignore_errors=True)
    shutil.rmtree(folder / "content/data", ignore_errors=True)
    return folder


@pytest.fixture
def run(staged, root, monkeypatch):
    """Return a function that runs the command on the staged build: run("a-slug", draft=True)."""

    def make(*names, newsletter=None, **options):
        provider = TypeAdapter(Newsletter).validate_python(newsletter) if newsletter else None
        site = staged.settings["AUTHORSITE"].model_copy(update={"newsletter": provider})
        monkeypatch.setattr(command, "get_site", lambda _: site)
        command._Run(root, Options(names, **options), staged).make()

    return make


def read_ledger(root):
    file = root / "content/data/newsletter.yaml"
    return yaml.safe_load(file.read_text("utf-8")) if file.exists() else None


def read_message(root, slug):
    data = (root / f"newsletters/2020-02-03-{slug}.eml").read_bytes()
    return email.message_from_bytes(data, policy=policy.default)


def get_part(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n").encode()


@pytest.mark.parametrize(
    ("name", "slug", "names", "options"),
    [
        ("one", "everything", ["everything"], {}),
        ("three", "older", ["posts/older.md", "posts/arabic.md", "everything"], {"summary": True}),
        ("arabic", "salalim", ["salalim"], {}),
    ],
)
def test_the_email_is_as_expected(run, root, request, name, slug, names, options):
    run(*names, **options)
    message = read_message(root, slug)
    made = {
        f"{name}.eml": (root / f"newsletters/2020-02-03-{slug}.eml").read_bytes(),
        f"{name}.html": (root / f"newsletters/2020-02-03-{slug}.html").read_bytes(),
        f"{name}.txt": get_part(message, "plain"),
    }
    for file, data in made.items():
        if request.config.getoption("--write-expected"):
            (SITE / "expected" / file).write_bytes(data)
        assert data == (SITE / "expected" / file).read_bytes(), file
    assert get_part(message, "html") == made[f"{name}.html"]
    assert read_ledger(root) is None


class Provider(BaseHTTPRequestHandler):
    """A stand-in for both APIs: it answers as their documentation says, and keeps the drafts."""

    KEYS = ("Token secret-key", "token ann:secret-key")
    EMAIL_INPUT = frozenset(("subject", "body", "description", "canonical_url", "status"))
    CAMPAIGN = frozenset("name subject lists type content_type body altbody messenger".split())
    drafts, answers = deque(), deque()

    def respond(self, status, content):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        assert self.path == "/api/lists?per_page=all"
        results = [{"id": 3, "uuid": UUID, "name": "Readers", "type": "public", "optin": "double"}]
        self.respond(200, {"data": {"results": results, "total": 1, "per_page": 1, "page": 1}})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.answers:
            self.respond(*self.answers.popleft())
        elif self.headers["Authorization"] not in self.KEYS:
            self.respond(401, {"code": "invalid", "detail": "Invalid token."})
        elif self.path == "/v1/emails":
            assert body.keys() <= self.EMAIL_INPUT
            assert len(self.headers["X-Idempotency-Key"]) <= 200
            self.drafts.append(body)
            self.respond(201, {"id": f"em_{len(self.drafts)}", "status": body["status"], "subject": body["subject"]})
        else:
            assert self.path == "/api/campaigns"
            assert body.keys() <= self.CAMPAIGN
            self.drafts.append(body)
            self.respond(200, {"data": {"id": len(self.drafts), "status": "draft", "name": body["name"]}})

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    Provider.drafts.clear()
    Provider.answers.clear()
    with run_server(Provider) as running:
        monkeypatch.setattr(ssl, "create_default_context", SSL)  # it takes 0.2 s, and nothing is encrypted here
        monkeypatch.setattr(providers, "BUTTONDOWN_URL", f"{running.url}/v1")
        monkeypatch.setenv("BUTTONDOWN_API_KEY", "secret-key")
        monkeypatch.setenv("LISTMONK_API_KEY", "ann:secret-key")
        yield running


@pytest.mark.usefixtures("server")
def test_a_draft_arrives_at_buttondown_once(run, root, capsys):
    run("everything", newsletter=BUTTONDOWN, draft=True)
    (draft,) = Provider.drafts
    assert draft["status"] == "draft"
    assert draft["subject"] == "Everything & <more>: an e-mail"
    assert draft["description"] == "A post with all that an e-mail can show, and some things that it can’t."
    assert draft["canonical_url"] == "https://ann.example/2020/01/20/everything/"
    assert draft["body"].startswith('<!-- buttondown-editor-mode: fancy --><div lang="en" dir="ltr">')
    # What the templates of the provider would replace is text; colors and the hidden line are the provider's.
    for text in ("{{", "preheader", "<style", "color: #", "<script", "<form", "<iframe", "<video"):
        assert text not in draft["body"]
    assert "code {\u2060{ like this }}" in draft["body"]
    (sent,) = read_ledger(root)
    assert (sent["status"], sent["provider"], sent["draft"]) == ("draft", "buttondown", "em_1")
    assert sent["posts"] == ["https://ann.example/2020/01/20/everything/"]
    assert "https://buttondown.com/emails/em_1" in capsys.readouterr().out
    with pytest.raises(CommandError) as stopped:
        run("everything", newsletter=BUTTONDOWN, draft=True)
    assert str(stopped.value) == (
        "content/posts/everything.md: was in the newsletter of 2020-02-03, “Everything & <more>: an e-mail” "
        "- use --again to repeat it"
    )
    assert len(Provider.drafts) == 1
    run("everything", newsletter=BUTTONDOWN, draft=True, again=True)
    assert len(Provider.drafts) == len(read_ledger(root)) == 2


def test_a_draft_arrives_at_listmonk_once(run, server, capsys):
    listmonk = {"provider": "listmonk", "url": server.url, "lists": [UUID]}
    run("everything", "posts/older.md", newsletter=listmonk, draft=True, subject="Two {{ posts }}")
    (draft,) = Provider.drafts
    assert draft["subject"] == 'Two {{"{"}}{ posts }}'
    assert (draft["lists"], draft["type"], draft["content_type"]) == ([3], "regular", "html")
    assert "code &#123;{ like this }}" in draft["body"]
    assert 'code {{"{"}}{ like this }}' in draft["altbody"]
    assert f"The draft is at listmonk, and nothing was sent: {server.url}/admin/campaigns/1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="was in the newsletter of 2020-02-03"):
        run("posts/older.md", newsletter=listmonk, draft=True)
    assert len(Provider.drafts) == 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((401, {"detail": "Invalid token."}), "Buttondown refused the draft with status 401: Invalid token."),
        ((422, {"detail": [{"loc": ["body"], "msg": "too\nlong\x85"}]}), 'status 422: [{"loc": ["body"], "msg": "too'),
        ((429, {}), "Buttondown refused the draft with status 429 - wait a minute, and try again"),
        ((503, b"<html>"), "Buttondown refused the draft with status 503 - try again later"),
        ((302, b""), "Buttondown refused the draft with status 302"),
        ((200, b"<html>Log in"), "the answer is not Buttondown's - see whether the draft is at Buttondown before"),
        ((201, []), "the answer is not Buttondown's"),
        ((201, {"status": "draft"}), "the answer is not Buttondown's"),
        ((201, {"status": "draft", "id": "a\nb"}), "the answer is not Buttondown's"),
        ((401, {"detail": "\x1b[31mInvalid"}), "status 401:  [31mInvalid - check the key"),
        ((201, b"x" * 2_100_000), "Buttondown's answer does not end"),
    ],
)
@pytest.mark.usefixtures("server")
def test_without_a_draft_nothing_is_in_the_ledger(run, root, answer, message):
    Provider.answers.append(answer)
    with pytest.raises(CommandError) as stopped:
        run("everything", newsletter=BUTTONDOWN, draft=True)
    assert message in str(stopped.value)
    assert str(stopped.value).isprintable()
    assert "secret-key" not in str(stopped.value)
    assert read_ledger(root) is None


@pytest.mark.usefixtures("server")
def test_an_earlier_newsletter_stays_in_the_ledger_when_a_draft_fails(run, root):
    run("posts/older.md", sent=True)
    before = read_ledger(root)
    Provider.answers.append((500, {}))
    with pytest.raises(CommandError, match="status 500"):
        run("everything", newsletter=BUTTONDOWN, draft=True)
    assert read_ledger(root) == before


@pytest.mark.usefixtures("server")
def test_without_a_connection_or_an_answer_nothing_is_in_the_ledger(run, root, monkeypatch):
    monkeypatch.setattr(providers, "TIMEOUT", 0.2)
    monkeypatch.setattr(Provider, "do_POST", lambda _: time.sleep(0.5))
    with pytest.raises(CommandError, match="did not answer within 0 seconds - see whether the draft is at Buttondown"):
        run("everything", newsletter=BUTTONDOWN, draft=True)
    monkeypatch.setattr(providers, "BUTTONDOWN_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(CommandError, match=r"cannot reach Buttondown: .* - check your connection"):
        run("everything", newsletter=BUTTONDOWN, draft=True)
    assert read_ledger(root) is None


@pytest.mark.usefixtures("server")
def test_an_email_that_is_no_draft_is_said_aloud_and_recorded(run, root):
    Provider.answers.append((201, {"id": "em_1", "status": "about_to_send"}))
    with pytest.raises(CommandError, match="Buttondown says that the e-mail is `about_to_send`, not a draft"):
        run("everything", newsletter=BUTTONDOWN, draft=True)
    assert [sent["status"] for sent in read_ledger(root)] == ["sent"]


def interrupt(*_):
    raise KeyboardInterrupt


@pytest.mark.usefixtures("server")
def test_after_a_kill_no_second_draft_is_made_unseen(run, root, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(command, "create_draft", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run("everything", newsletter=BUTTONDOWN, draft=True)
    assert [sent["status"] for sent in read_ledger(root)] == ["pending"]
    with pytest.raises(CommandError, match="may be in a draft: the command was stopped on 2020-02-03 - see whether"):
        run("everything", newsletter=BUTTONDOWN, draft=True)
    assert not Provider.drafts


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("BUTTONDOWN_API_KEY", "", "BUTTONDOWN_API_KEY is not set"),
        ("BUTTONDOWN_API_KEY", "a\nb", "BUTTONDOWN_API_KEY is not valid"),
        ("LISTMONK_API_KEY", "no-colon", "LISTMONK_API_KEY is not valid"),
    ],
)
def test_a_missing_key_is_said_before_anything_is_written(run, root, server, monkeypatch, variable, value, message):
    monkeypatch.setenv(variable, value)
    listmonk = {"provider": "listmonk", "url": server.url, "lists": [UUID]}
    with pytest.raises(CommandError, match=message):
        run("everything", newsletter=BUTTONDOWN if "BUTTON" in variable else listmonk, draft=True)
    assert not (root / "newsletters").exists()


def test_a_list_that_listmonk_does_not_know_is_named(run, root, server):
    unknown = UUID.replace("c", "d")
    with pytest.raises(CommandError, match=f"listmonk has no list {unknown}"):
        run("everything", newsletter={"provider": "listmonk", "url": server.url, "lists": [unknown]}, draft=True)
    assert read_ledger(root) is None


def test_since_last_takes_what_is_new_and_in_no_newsletter(run, root):
    with pytest.raises(CommandError, match="there has been no newsletter yet"):
        run(since="last")
    run(since="2020-01-10")
    assert read_message(root, "everything")["Subject"] == "Everything & <more>: an e-mail and 1 more post"
    run("posts/older.md", sent=True)
    (sent,) = read_ledger(root)
    assert "draft" not in sent
    with pytest.raises(CommandError, match="no post since 2020-02-03 that was in no newsletter"):
        run(since="last")
    ledger = root / "content/data/newsletter.yaml"
    ledger.write_text(ledger.read_text("utf-8").replace("2020-02-03", "2020-01-10"), "utf-8")
    run(since="last")
    assert read_message(root, "everything")["Subject"] == "Everything & <more>: an e-mail"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("not-yet", "content/posts/draft.md: the post is a draft - publish it first"),
        ("content/posts/draft.md", "content/posts/draft.md: the post is a draft - publish it first"),
        ("next-week", "content/posts/later.md: the post is scheduled for 2020-02-10 00:00 - publish it first"),
        ("evrything", "no published post has the slug `evrything` - did you mean `everything`?"),
    ],
)
def test_a_post_that_is_not_published_is_refused(run, root, name, message):
    with pytest.raises(CommandError) as stopped:
        run(name)
    assert str(stopped.value) == message
    assert not (root / "newsletters").exists()


def test_a_hidden_post_is_sent_by_name_alone(run, root):
    run("behind-the-door")
    run(since="2000-01-01")
    assert "behind-the-door" not in read_message(root, "everything").as_string()
    assert read_message(root, "behind-the-door")["Subject"] == "For those who have the link"


def test_a_site_in_several_languages_has_a_newsletter_in_each(run, root):
    with pytest.raises(CommandError) as stopped:
        run("older")
    message = "several posts have the slug `older` - name the file: posts/aelter.md, posts/older.md"
    assert str(stopped.value) == message
    run(since="2020-01-01", language="de", sent=True)
    text = get_part(read_message(root, "older"), "plain").decode()
    assert text.startswith("Ann Autorin\nhttps://ann.example/de/\n\nEin älterer Beitrag <")
    assert "Auf der Website lesen" in text
    (sent,) = read_ledger(root)
    assert sent["language"] == "de"
    with pytest.raises(CommandError, match="there has been no newsletter yet"):
        run(since="last")
    with pytest.raises(CommandError, match="no post since 2020-02-03"):
        run(since="last", language="de")
    with pytest.raises(CommandError, match="`dee` is not a language of the site - did you mean `de`"):
        run(since="last", language="dee")


def test_the_docs_have_every_option_and_the_messages(run):
    options = {argument.name for argument in cli.newsletter.get_arguments()} - {"slugs", "settings"}
    assert {option for option in options if f"`--{option}" not in DOCS.replace(" --", "`--")} == set()
    run("everything", sent=True)
    with pytest.raises(CommandError) as stopped:
        run("everything")
    message = str(stopped.value).replace("everything", "on-ladders").replace("2020-02-03", "2020-06-01")
    assert message.replace("Everything & <more>: an e-mail", "On ladders") in DOCS


def test_the_command_leaves_output_as_it_is_and_repeats_its_bytes(root):
    (root / "publishconf.py").write_text(CONF.format(plugins=str(ROOT / "plugins"), newsletter=None))
    with restore_signals():
        assert make_newsletter(root / "publishconf.py", Options(["everything"])) == 0
    assert (root / "newsletters/2020-02-03-everything.eml").read_bytes() == (SITE / "expected/one.eml").read_bytes()
    assert not (root / "output").exists()
