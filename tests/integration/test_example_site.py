"""The golden site and the author's own: what they hold, and that builds repeat."""


def test_the_golden_site_is_built_strictly_without_a_problem(golden):
    assert "Six ways up a ladder" in golden.output("2019/03/01/six-ways-up-a-ladder/index.html")


def test_drafts_and_scheduled_posts_leave_no_trace_in_the_golden_site(golden):
    traces = (
        b"unfinished ladder",
        b"half-formed",
        b"ladder of next week",
        b"tenth of February",
        b"scheduled-only",
        b"draft-only",
    )
    found = [name for name, content in golden.tree().items() if any(trace in content for trace in traces)]
    assert found == []


def test_hidden_posts_are_reachable_and_listed_nowhere(golden):
    assert "behind the door" in golden.output("2019/09/09/the-ladder-behind-the-door/index.html")
    found = [name for name, content in golden.tree().items() if b"behind-the-door" in content]
    assert [name for name in found if not name.startswith("2019/09/09/")] == []
