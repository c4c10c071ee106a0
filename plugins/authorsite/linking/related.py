"""Posts that belong together by what they share, the rare counting more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from math import log

NEAR = 20
"""Of the posts that share a common feature, so many before and after a post are compared with it."""


def related(features: Sequence[frozenset[Hashable]], count: int = 3) -> list[tuple[int, ...]]:
    """Return for each post the numbers of up to `count` related ones, the nearest first.

    `features` holds what each post may share, posts being in the order of their dates. A feature weighs the more the
    fewer posts have it; one that all have weighs nothing. Time and space grow with the number of features.
    """
    posts_with: dict[Hashable, list[int]] = defaultdict(list)
    for number, held in enumerate(features):
        for feature in held:
            posts_with[feature].append(number)
    weight = {feature: log(len(features) / len(posts)) for feature, posts in posts_with.items()}
    rank = {feature: {post: n for n, post in enumerate(posts)} for feature, posts in posts_with.items()}

    def best(number: int) -> tuple[int, ...]:
        scores: dict[int, float] = defaultdict(float)
        # Sorted: sums of floats depend on their order, and sets have another in each process.
        for feature in sorted(features[number], key=repr):
            at = rank[feature][number]
            for other in posts_with[feature][max(0, at - NEAR) : at + NEAR + 1]:
                scores[other] += weight[feature]
        scores.pop(number, None)
        chosen = (other for other in scores if scores[other] > 0)
        return tuple(sorted(chosen, key=lambda other: (-scores[other], abs(other - number), other))[:count])

    return [best(number) for number in range(len(features))]
