"""The `_headers` file (security and cache headers for static hosts) and the web app manifest."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Collection
from urllib.parse import quote

_BASE_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; font-src 'self'; manifest-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""`connect-src` is for Lighthouse, which reads robots.txt from within a page."""

PAGE_POLICY = f"{_BASE_POLICY}; script-src 'none'"
BUY_POLICY = f"{_BASE_POLICY}; script-src 'self'"
"""For pages with a book, which have a script if its prices or shops differ by country."""

_MAY_HAVE_SCRIPT = re.compile(r"([a-z]{2}(-\w+)?/)?(index\.html|(books|buy|series)/.*)").fullmatch
"""Home pages, in any language, and those of books."""

SEARCH_POLICY = f"{_BASE_POLICY}; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'"
"""For the search page: Pagefind runs WebAssembly in a worker."""

_is_search_page = re.compile(r"([a-z]{2,3}(-\w+)*/)?search/index\.html").fullmatch
"""The search page, in any language."""

_NOT_IN_META = "; frame-ancestors 'none'"
"""What browsers accept in a header only (CSP Level 3, section 3.3)."""

DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For an SVG image that is opened as a page."""

_DRAWINGS = ("images/*", "icon.svg")
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_IMMUTABLE_PATTERNS = ("assets/*", "images/sized/*", "images/cards/*", "pagefind/fragment/*", "pagefind/index/*")
_IMMUTABLE = "public, max-age=31536000, immutable"


def get_policy(file: str) -> str:
    """Return the Content-Security-Policy of the page that is written to `file`, as a header says it."""
    if _is_search_page(file):
        return SEARCH_POLICY
    return BUY_POLICY if _MAY_HAVE_SCRIPT(file) else PAGE_POLICY


def format_policy_meta(file: str, data: str = "", form_origin: str = "") -> str:
    """Return the `<meta>` that gives a page its policy on hosts that ignore `_headers`; `data` is the page's JSON-LD.

    Browsers allow data whatever the policy says. The Nu HTML checker wants its digest. `form_origin` is as in
    format_headers.
    """
    policy = _allow_forms(get_policy(file), form_origin).replace(_NOT_IN_META, "")
    if data:
        source = f"'sha256-{b64encode(hashlib.sha256(data.encode()).digest()).decode()}'"
        policy = policy.replace("script-src", f"script-src {source}").replace(f"{source} 'none'", source)
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def _allow_forms(policies: str, origin: str) -> str:
    return policies.replace("form-action 'self'", f"form-action 'self' {origin}") if origin else policies


def format_headers(files: Collection[str], root: str, form_origin: str = "") -> str:
    """Return the `_headers` file for pages written to `files`; `root` is the path of the site on its host.

    Hosts merge the headers of all matching rules, and browsers enforce every policy they get. So each page must match
    exactly one rule with a policy: there is one rule for each top-level folder, which allows what any page in it needs
    (each page has a policy of its own, too). `form_origin` is the scheme and host
    that forms may be sent to, beside the site's own, such as "https://a.example".
    """
    patterns = {f"{file.split('/')[0]}/*" if "/" in file else file for file in files}
    patterns = {"" if pattern == "index.html" else pattern for pattern in patterns} - {"search/*"}
    blocks = [_format_rule(f"{root}/*", _SECURITY_HEADERS)]
    policies = {
        "" if file == "index.html" else f"{file.split('/')[0]}/*": BUY_POLICY
        for file in filter(_MAY_HAVE_SCRIPT, files)
    }
    policies |= {f"{file.split('/')[0]}/*": SEARCH_POLICY for file in filter(_is_search_page, files)}
    blocks += [
        _format_rule(f"{root}/{pattern}", {"Content-Security-Policy": DRAWING_POLICY})
        for pattern in _DRAWINGS
        if pattern not in patterns
    ]
    for pattern in sorted(patterns):
        policy = policies.get(pattern, PAGE_POLICY)
        blocks.append(_format_rule(f"{root}/{pattern}", {"Content-Security-Policy": policy}))
    if "search/index.html" in files:
        blocks.append(_format_rule(f"{root}/search/*", {"Content-Security-Policy": SEARCH_POLICY}))
    blocks += [_format_rule(f"{root}/{pattern}", {"Cache-Control": _IMMUTABLE}) for pattern in _IMMUTABLE_PATTERNS]
    return _allow_forms("\n".join(blocks), form_origin)


def _format_rule(pattern: str, headers: dict[str, str]) -> str:
    # A line break or a space in the name of a folder would start another rule.
    path = re.sub(r"[\s\x00-\x1f\x7f-\x9f]", lambda match: quote(match[0]), pattern)
    return "\n".join([path, *(f"  {name}: {value}" for name, value in headers.items()), ""])


def format_webmanifest(name: str, language: str, root: str, color: str) -> str:
    """Return the web app manifest as JSON (W3C Web Application Manifest); `root` is as in format_headers."""
    icons = [{"src": f"{root}/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)]
    manifest = {
        "name": name,
        "short_name": name,
        "lang": language,
        "start_url": f"{root}/",
        "scope": f"{root}/",
        "display": "browser",
        "theme_color": color,
        "background_color": "#ffffff",
        "icons": icons,
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
