"""The player of a post's audio, in a real browser: by keyboard, without a request before, and not on paper."""

import pytest
from browser import wait_until
from conftest import post
from serving import serve_folder
from sounds import make_wav


@pytest.mark.browser
def test_the_player_asks_for_the_file_when_the_keyboard_starts_it_and_is_not_printed(browser, make_site):
    site = make_site(
        {"content/posts/a.md": post(slug="a", audio="files/a.wav"), "content/files/a.wav": make_wav(5)},
        AUTHORSITE={"social_cards": False, "search": False},
    )
    assert not site.build(strict=True).failed
    context = browser.new_context()
    try:
        page = context.new_page()
        errors, requests = [], []
        page.on("console", lambda message: errors.append(message.text))
        page.on("request", lambda request: requests.append(request.url))
        with serve_folder(site.root / "output") as url:
            page.goto(f"{url}/2019/03/01/a/", wait_until="networkidle")
            player = page.get_by_label("Listen to A post")
            assert player.is_visible()
            assert not [request for request in requests if request.endswith(".wav")]
            for _ in range(30):
                if page.evaluate("document.activeElement.localName") == "audio":
                    break
                page.keyboard.press("Tab")
            page.keyboard.press("Space")
            wait_until(page, "document.querySelector('audio').currentTime > 0")
            assert player.evaluate("audio => Math.round(audio.duration)") == 5
            assert f"{url}/files/a.wav" in requests
            assert {request for request in requests if not request.startswith(url)} == set()
            page.emulate_media(media="print")
            assert not player.is_visible()
            assert not page.get_by_text("Download the audio").is_visible()
        assert errors == []
    finally:
        context.close()
