"""Events and annual dates in a built site."""

import icalendar
from conftest import GOLDEN, post

EVENT = """---
title: A <b>talk</b>
start: 2020-03-05T19:00
end: 2020-03-05T21:00
place: Corner Bookshop
recording: https://example.org/video
post: about-the-talk
pictures: [{src: images/a.png, alt: A lectern}]
---
Bring a cushion.
"""
SITE = {
    "content/events/talk.md": EVENT,
    "content/images/a.png": (GOLDEN / "content/images/stairs.png").read_bytes(),
    "content/posts/a.md": post("About the talk", "2019-03-06"),
}


def test_past_event_shows_what_happened(make_site, monkeypatch):
    site = make_site(SITE)
    assert not site.build(strict=True).failed
    before = site.output("events/talk/index.html")
    assert "Add it to your calendar" in before
    assert "A &lt;b&gt;talk&lt;/b&gt;" in before
    assert "What happened" not in before
    assert "recording" not in before
    monkeypatch.setenv("SITE_DATE", "2020-03-06")
    site.build()
    after = site.output("events/talk/index.html")
    for word in ("What happened", "https://example.org/video", "/2019/03/06/about-the-talk/", 'alt="A lectern"'):
        assert word in after
    assert "Add it to your calendar" not in after


def test_calendar_files_have_all_time_zones(golden):
    files = {name: data for name, data in golden.tree().items() if name.endswith(".ics")}
    assert {"events.ics", "events/launch.ics", "events/reading.ics", "events/online-talk.ics"} == files.keys()
    for data in files.values():
        assert icalendar.Calendar.from_ical(data).get_missing_tzids() == set()


def test_links_and_images_in_an_event_are_resolved(make_site):
    text = "[about](../posts/a.md) ![A step](../images/a.png)\n\n[nowhere](../posts/b.md)"
    site = make_site(
        {
            **SITE,
            "content/events/talk.md": EVENT.replace("Bring a cushion.", text).replace(
                "start", "date: 2020-02-01\nstart", 1
            ),
        }
    )
    (problem,) = site.build().problems
    assert str(problem).startswith("content/events/talk.md:13:")
    site.write({"content/posts/b.md": post("B")})
    assert not site.build().failed
    for name in ("events/talk/index.html", "events/feed.xml"):
        html = site.output(name)
        assert "/2019/03/06/about-the-talk/" in html
        assert "/2019/03/01/b/" in html
        assert "../" not in html
        assert "/images/" in html


def test_event_list_is_sorted_upcoming_first_then_latest_past(golden):
    page = golden.output("events/index.html")
    positions = [
        page.index(word) for word in ("Coming up", "events/reading/", "events/online-talk/", "Past", "events/launch/")
    ]
    assert positions == sorted(positions)


def test_unknown_post_and_duplicate_url_are_reported(make_site):
    site = make_site({**SITE, "content/events/b.md": EVENT.replace("about-the-talk", "about-the-tak\nslug: talk")})
    problems = [str(problem) for problem in site.build().problems]
    assert "content/events/b.md:7: there is no post `about-the-tak` - did you mean `about-the-talk`?" in problems
    assert any("duplicate URL /events/talk/, also used by content/events/b.md" in line for line in problems)


def test_running_annual_date_has_a_banner_and_only_its_pages_depend_on_the_date(make_site, monkeypatch):
    book = "---\ntitle: Rungs\npublished: 2018-06-01\neditions: [{format: paperback}]\n---\n"
    mentoring = "---\ntitle: Mentoring\ntemplate: mentoring\n---\nHello.\n"
    site = make_site(
        {"content/pages/m.md": mentoring, "content/posts/a.md": post(), "content/books/b.md": book},
        AUTHORSITE={"observances": [{"name": "Mentor Day", "rule": "4 January", "url": "/mentoring/"}]},
    )
    monkeypatch.setenv("SITE_DATE", "2020-01-03")
    site.build()
    assert "<SentDateTime>20180601<" in site.output("books/b/onix.xml")
    assert "observance-banner" not in site.output("index.html")
    assert "January 4, 2020 · January 4, 2021" in site.output("mentoring/index.html")
    monkeypatch.setenv("SITE_DATE", "2020-01-04")
    assert set(site.build().files.changed) == {"index.html", "mentoring/index.html"}
    assert "Mentor Day" in site.output("index.html")
    assert "<strong>Now</strong>" in site.output("mentoring/index.html")


def test_invalid_rule_fails_the_build(make_site):
    result = make_site({}).build(AUTHORSITE={"observances": [{"name": "x", "rule": "4 Janury"}]})
    assert result.failed
    assert "did you mean `january`?" in str(next(iter(result.problems)))


def test_an_event_is_past_from_its_end(make_site):
    starts = {"over": "2020-02-03T11:00", "on": "2020-02-03T11:01", "today": "2020-02-03", "yesterday": "2020-02-02"}
    site = make_site(
        {f"content/events/{name}.md": f"---\ntitle: {name}\nstart: {start}\n---\n" for name, start in starts.items()}
    )
    assert not site.build(strict=True).failed
    upcoming, past = site.output("events/index.html").split("Past")
    for name in starts:
        assert (f'href="/events/{name}/"' in past) == (name in {"over", "yesterday"}), name
        assert (f'href="/events/{name}/"' in upcoming) == (name in {"on", "today"}), name
