"""Related posts: posts with common features such as tags, where rare features count more."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from math import log

MAX_DISTANCE = 20
"""A post is compared with so many posts before and after it among those with a common feature."""


def find_related(features: Sequence[frozenset[Hashable]], count: int = 3) -> list[tuple[int, ...]]:
    """Return for each post the indexes of up to `count` related posts, best first.

    `features` holds one set of features per post, posts sorted by date. A feature weighs log(posts / posts with it):
    rare ones weigh most, one that all posts have weighs nothing. Of equal scores the post nearest in time wins. Time
    and space grow linearly with the number of features.
    """
    posts_with: dict[Hashable, list[int]] = defaultdict(list)
    for index, own_features in enumerate(features):
        for feature in own_features:
            posts_with[feature].append(index)
    weight = {feature: log(len(features) / len(posts)) for feature, posts in posts_with.items()}
    rank = {feature: {post: n for n, post in enumerate(posts)} for feature, posts in posts_with.items()}
    # Sums of floats depend on their order, and the order of a set differs between processes.
    order = {feature: n for n, feature in enumerate(sorted(posts_with, key=repr))}

    def find_best_matches(index: int) -> tuple[int, ...]:
        scores: dict[int, float] = {}
        for feature in sorted(features[index], key=order.__getitem__):
            at, gain = rank[feature][index], weight[feature]
            for other in posts_with[feature][max(0, at - MAX_DISTANCE) : at + MAX_DISTANCE + 1] if gain else ():
                scores[other] = scores.get(other, 0.0) + gain
        scores.pop(index, None)
        threshold = min(sorted(scores.values(), reverse=True)[:count], default=0)
        candidates = (other for other, score in scores.items() if score >= threshold)
        return tuple(sorted(candidates, key=lambda other: (-scores[other], abs(other - index), other))[:count])

    return [find_best_matches(index) for index in range(len(features))]
