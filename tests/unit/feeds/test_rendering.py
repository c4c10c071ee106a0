"""What making feeds costs: an entry once, and no memory for each feed more."""

import tracemalloc

from authorsite.feeds import rendering
from authorsite.feeds.rendering import KEPT, Kitchen, written
from authorsite.problems import ProblemLog
from feed_samples import FEED, entry


def numbered(number):
    url = f"https://example.org/{number}/"
    return entry(guid=url, url=url, html=f"<p>{number} {'word ' * 1000}</p>")


def test_entries_kept_for_the_next_feed_have_a_bound():
    kitchen = Kitchen(ProblemLog())
    for number in range(KEPT + 10):
        kitchen.readable(entry(guid=f"https://example.org/{number}/"))
    assert kitchen.readable.cache_info().currsize == KEPT


def test_memory_does_not_grow_with_the_number_of_feeds(monkeypatch):
    monkeypatch.setattr(rendering, "KEPT", 40)

    def peak(feeds):
        kitchen = Kitchen(ProblemLog())
        tracemalloc.start()
        for feed in range(feeds):
            written(FEED, [kitchen.readable(numbered(20 * feed + n)) for n in range(20)], "/feed.css")
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    few = peak(4)
    assert peak(16) < 1.2 * few
