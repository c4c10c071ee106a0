"""Cached texts are made anew only if their inputs change, and dropped when unused."""

from authorsite.cached_files import CachedTexts


def test_a_text_is_made_once_for_the_same_inputs(tmp_path):
    made = []

    def make(*inputs):
        made.append(inputs)
        return "".join(inputs)

    def build(*wanted):
        texts = CachedTexts(tmp_path / "texts.json")
        result = [texts.get(make, *inputs) for inputs in wanted]
        texts.save()
        return result

    assert build(("a", "b"), ("ab", "")) == ["ab", "ab"]
    assert made == [("a", "b"), ("ab", "")]
    assert build(("a", "b")) == ["ab"]
    assert len(made) == 2
    build(("ab", ""))
    assert made[2:] == [("ab", "")], "dropped, as the last build did not ask for it"
    (tmp_path / "texts.json").write_bytes(b"damaged")
    assert build(("ab", "")) == ["ab"]
