"""A browser for the tests: an installed one, else Debian's through apt when root, else playwright's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser():
    """Return the path of a browser that can be driven, or None."""
    installed = next((path for path in map(shutil.which, NAMES) if path), None)
    return installed or playwright_browser()


def playwright_browser():
    """Return playwright's own browser where it has been downloaded."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def install_browser():
    """Try the ways that this machine offers; whether one worked shows in find_browser()."""
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways.insert(0, ["sh", "-c", "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"])
    for way in ways:
        print("no browser found, trying:", " ".join(way))
        done = subprocess.run(way, check=False, capture_output=True, timeout=900)
        if done.returncode == 0 and find_browser():
            return


if __name__ == "__main__":
    if find_browser() is None:
        install_browser()
    found = find_browser()
    print(f"browser for the tests: {found}" if found else "no browser can be had here: browser tests will be skipped")
    sys.exit(1 if found is None and os.environ.get("CI") == "true" else 0)
