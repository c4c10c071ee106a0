"""Leave a draft at Buttondown or listmonk through their APIs. Nothing here sends an e-mail.

Buttondown: `POST /v1/emails` (docs.buttondown.com/api-emails-create), with `status: draft`: its default is to send at
once. listmonk: `POST /api/campaigns` (listmonk.app/docs/apis/campaigns), which makes a draft.
"""

import json
import os
import re
import time
from dataclasses import dataclass
from typing import Any

import httpx

from ..newsletter_settings import ButtondownNewsletter, ListmonkNewsletter
from ..problems import UNPRINTABLE, CommandError, shorten

BUTTONDOWN_URL = "https://api.buttondown.com/v1"
BUTTONDOWN_KEY, LISTMONK_KEY = "BUTTONDOWN_API_KEY", "LISTMONK_API_KEY"
"""The environment variables with the keys. listmonk's is `user:token`."""

TIMEOUT = 20.0
"""Seconds for a whole answer."""

_MAX_BYTES = 2_000_000
_TAG = re.compile(r"\{(?=[{%#])")
"""The first brace of a tag in the templates of both providers: readers must see what the author wrote."""

_ID = re.compile(r"[\w-]{1,100}", re.ASCII)
_JOINER = "\u2060"
"""WORD JOINER, which nobody sees. As a reference it would not survive Buttondown's editor."""


class NotADraft(CommandError):
    """Raised if a provider has made anything but a draft."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a provider gets. `url` is the post's if there is one; `key` is the same for the same newsletter."""

    subject: str
    preheader: str
    html: str
    text: str
    url: str
    key: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A draft that was made: the provider's id, and the URL where the author finds it."""

    id: str
    url: str


Provider = ButtondownNewsletter | ListmonkNewsletter


def get_key(provider: Provider) -> str:
    """Return the provider's key from the environment; raises CommandError if there is none."""
    is_buttondown = isinstance(provider, ButtondownNewsletter)
    name, example = (BUTTONDOWN_KEY, "…") if is_buttondown else (LISTMONK_KEY, "user:token")
    key = os.environ.get(name, "").strip()
    # httpx would refuse other characters in a header with a message that contains the key.
    if not key or not key.isascii() or not key.isprintable() or (not is_buttondown and ":" not in key):
        state = "is not valid" if key else "is not set"
        raise CommandError(f"the environment variable {name} {state} - run: export {name}='{example}'")
    return key


def create_draft(provider: Provider, draft: Draft) -> Receipt:
    """Make the draft and return its receipt; raises CommandError, in one line, if the provider does not make it."""
    create = _create_at_buttondown if isinstance(provider, ButtondownNewsletter) else _create_at_listmonk
    return create(provider, draft)  # type: ignore[arg-type]


def _create_at_buttondown(provider: ButtondownNewsletter, draft: Draft) -> Receipt:
    joined = f"{{{_JOINER}"
    body = {
        "subject": _TAG.sub(joined, draft.subject),
        # The mode of Buttondown's editor: HTML, not Markdown.
        "body": f"<!-- buttondown-editor-mode: fancy -->{_TAG.sub(joined, draft.html)}",
        "description": draft.preheader,
        "canonical_url": draft.url,
        "status": "draft",
    }
    headers = {"Authorization": f"Token {get_key(provider)}", "X-Idempotency-Key": draft.key}
    answer = _request("Buttondown", "POST", f"{BUTTONDOWN_URL}/emails", headers, body)
    return _make_receipt("Buttondown", answer, "https://buttondown.com/emails/{}")


def _create_at_listmonk(provider: ListmonkNewsletter, draft: Draft) -> Receipt:
    headers = {"Authorization": f"token {get_key(provider)}"}
    quoted = '{{"{"}}'  # an expression of Go's templates for one brace
    body = {
        "name": draft.subject,
        "subject": _TAG.sub(quoted, draft.subject),
        "lists": _find_list_ids(provider, headers),
        "type": "regular",
        "content_type": "html",
        "body": _TAG.sub("&#123;", draft.html),
        "altbody": _TAG.sub(quoted, draft.text),
        "messenger": "email",
    }
    answer = _request("listmonk", "POST", f"{provider.url}/api/campaigns", headers, body)
    return _make_receipt("listmonk", answer.get("data"), f"{provider.url}/admin/campaigns/{{}}")


def _find_list_ids(provider: ListmonkNewsletter, headers: dict[str, str]) -> list[int]:
    """Return the ids of the lists, which the settings name by their UUIDs, as sign-up forms do."""
    answer = _request("listmonk", "GET", f"{provider.url}/api/lists?per_page=all", headers)
    data = answer.get("data")
    results = data.get("results") if isinstance(data, dict) else None
    lists = [each for each in results if isinstance(each, dict)] if isinstance(results, list) else []
    ids = {str(each.get("uuid")).lower(): number for each in lists if isinstance(number := each.get("id"), int)}
    for uuid in provider.lists:
        if uuid not in ids:
            raise CommandError(
                f"listmonk has no list {uuid} that the key may see - copy its UUID, or let the key see it"
            )
    return [ids[uuid] for uuid in provider.lists]


def _request(name: str, method: str, url: str, headers: dict[str, str], body: dict[str, Any] | None = None) -> Any:
    """Return the JSON object that the provider `name` answers; raises CommandError for anything else."""
    data, deadline = bytearray(), time.monotonic() + TIMEOUT
    try:
        with httpx.stream(method, url, headers=headers, json=body, timeout=TIMEOUT) as answer:
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > _MAX_BYTES or time.monotonic() > deadline:
                    raise CommandError(f"{name}'s answer does not end - {_describe_doubt(name, method)}")
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise CommandError(f"cannot reach {name}: {_describe(error)} - check your connection and the URL") from None
    except httpx.TimeoutException:
        hint = _describe_doubt(name, method)
        raise CommandError(f"{name} did not answer within {TIMEOUT:.0f} seconds - {hint}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        hint = _describe_doubt(name, method)
        raise CommandError(f"{name} did not answer: {_describe(error)} - {hint}") from None
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        content = None
    if not answer.is_success:
        raise CommandError(_describe_refusal(name, answer.status_code, content))
    if not isinstance(content, dict):
        raise CommandError(f"the answer is not {name}'s - {_describe_doubt(name, method)}")
    return content


def _make_receipt(name: str, answer: Any, url: str) -> Receipt:
    """Return the receipt in an answer. An e-mail that is anything but a draft is said aloud."""
    if not isinstance(answer, dict) or not _ID.fullmatch(str(answer.get("id", ""))):
        raise CommandError(f"the answer is not {name}'s - {_describe_doubt(name, 'POST')}")
    if answer.get("status") != "draft":
        status = shorten(UNPRINTABLE.sub(" ", str(answer.get("status"))))
        raise NotADraft(f"{name} says that the e-mail is `{status}`, not a draft - look at it there now")
    return Receipt(str(answer["id"]), url.format(answer["id"]))


def _describe_refusal(name: str, status: int, content: Any) -> str:
    """Return one line about an answer with an error: listmonk has `message`, Buttondown `detail`, a text or a list."""
    found = (content.get("detail") or content.get("message") or "") if isinstance(content, dict) else ""
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    reason = f": {shorten(UNPRINTABLE.sub(' ', text), 200)}" if text else ""
    hints = {
        401: "check the key",
        403: "check the key, and what it may do",
        404: "check the URL in the settings",
        429: "wait a minute, and try again",
    }
    hint = hints.get(status, "try again later" if status >= 500 else "see the documentation of its API")  # noqa: PLR2004
    return f"{name} refused the draft with status {status}{reason} - {hint}"


def _describe(error: Exception) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0]


def _describe_doubt(name: str, method: str) -> str:
    return "try again" if method == "GET" else f"see whether the draft is at {name} before you try again"
