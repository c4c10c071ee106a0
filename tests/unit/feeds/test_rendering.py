"""Rendering feeds: each entry once, in bounded memory."""

import tracemalloc

from authorsite.feeds import rendering
from authorsite.feeds.formats import serialize
from authorsite.feeds.rendering import CACHE_SIZE, EntryRenderer
from authorsite.problems import ProblemLog
from feed_samples import FEED, make_entry


def make_numbered_entry(number):
    url = f"https://example.org/{number}/"
    return make_entry(guid=url, url=url, html=f"<p>{number} {'word ' * 1000}</p>")


def test_the_cache_of_rendered_entries_is_bounded():
    renderer = EntryRenderer(ProblemLog())
    for number in range(CACHE_SIZE + 10):
        renderer.render(make_entry(guid=f"https://example.org/{number}/"))
    assert renderer.render.cache_info().currsize == CACHE_SIZE


def test_memory_does_not_grow_with_the_number_of_feeds(monkeypatch):
    monkeypatch.setattr(rendering, "CACHE_SIZE", 40)

    def measure_peak(feed_count):
        renderer = EntryRenderer(ProblemLog())
        tracemalloc.start()
        for feed in range(feed_count):
            serialize(FEED, [renderer.render(make_numbered_entry(20 * feed + n)) for n in range(20)], "/feed.css")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert measure_peak(16) < 1.2 * measure_peak(4)
