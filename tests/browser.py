"""Find a browser for the tests, or install one: with apt (Debian, as root), else with playwright."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
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
    """Return the path of an installed browser, or None."""
    installed = next((path for path in map(shutil.which, NAMES) if path), None)
    return installed or find_playwright_browser()


def find_playwright_browser():
    """Return the path of the browser that playwright has downloaded, or None."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def wait_until(page, expression, timeout=30):
    """Wait until the JavaScript `expression` is true; playwright's own function may not run under a page's policy."""
    from playwright.sync_api import Error

    end = time.monotonic() + timeout
    while time.monotonic() < end:
        # The page may be loading anew.
        with contextlib.suppress(Error):
            if page.evaluate(expression):
                return
        page.wait_for_timeout(50)
    raise AssertionError(f"not within {timeout} s: {expression}")


def install_browser():
    """Try each way of installing a browser until find_browser() finds one."""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        apt = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"
        commands.insert(0, ["sh", "-c", apt])
    for command in commands:
        print("no browser found, trying:", " ".join(command))
        done = subprocess.run(command, check=False, capture_output=True, timeout=900)
        if done.returncode == 0 and find_browser():
            return


if __name__ == "__main__":
    if find_browser() is None:
        install_browser()
    path = find_browser()
    print(f"browser for the tests: {path}" if path else "no browser found: browser tests will be skipped")
    sys.exit(1 if path is None and os.environ.get("CI") == "true" else 0)
