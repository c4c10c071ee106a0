"""What hosts and browsers want to know: the `_headers` of the site's pages, and its manifest."""

from __future__ import annotations

import json
from collections.abc import Collection

_COMMON = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; font-src 'self'; manifest-src 'self'; "
    "media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
POLICY = f"{_COMMON}; script-src 'none'"
BUY_POLICY = f"{_COMMON}; script-src 'self'"
"""The purchase page has a small script of its own, and so has the folder that it stands in."""

SEARCH_POLICY = f"{_COMMON}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'"
"""Search alone runs a script: Pagefind's, which is compiled to WebAssembly."""

_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_NEVER_CHANGING = ("assets/*", "images/sized/*", "images/cards/*", "pagefind/fragment/*", "pagefind/index/*")
_FOREVER = "public, max-age=31536000, immutable"


def headers(files: Collection[str], root: str) -> str:
    """Return the `_headers` file for pages written to `files`.

    Hosts join the headers of all rules that fit, and of two policies the stricter one wins: so each page has the policy
    of one rule alone, and there is one rule for each folder at the top.
    """
    tops = {f"{file.split('/')[0]}/*" if "/" in file else file for file in files}
    tops = {"" if top == "index.html" else top for top in tops} - {"search/*"}
    blocks = [_block(f"{root}/*", _EVERYWHERE)]
    scripted = {f"{file.split('/')[0]}/*" for file in files if file.endswith("buy/index.html")}
    for top in sorted(tops):
        policy = BUY_POLICY if top in scripted else POLICY
        blocks.append(_block(f"{root}/{top}", {"Content-Security-Policy": policy}))
    if "search/index.html" in files:
        blocks.append(_block(f"{root}/search/*", {"Content-Security-Policy": SEARCH_POLICY}))
    blocks += [_block(f"{root}/{pattern}", {"Cache-Control": _FOREVER}) for pattern in _NEVER_CHANGING]
    return "\n".join(blocks)


def _block(pattern: str, given: dict[str, str]) -> str:
    return "\n".join([pattern, *(f"  {name}: {value}" for name, value in given.items()), ""])


def manifest(name: str, language: str, root: str, colour: str) -> str:
    """Return the web app manifest; `root` is the site's folder on its host."""
    sizes = [{"src": f"{root}/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)]
    whole = {
        "name": name,
        "short_name": name,
        "lang": language,
        "start_url": f"{root}/",
        "scope": f"{root}/",
        "display": "browser",
        "theme_color": colour,
        "background_color": "#ffffff",
        "icons": sizes,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
