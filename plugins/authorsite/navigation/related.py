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
    # Sums of floats depend on their order, and sets have another in each process.
    order = {feature: n for n, feature in enumerate(sorted(posts_with, key=repr))}

    def best(number: int) -> tuple[int, ...]:
        scores: dict[int, float] = {}
        for feature in sorted(features[number], key=order.__getitem__):
            at, gain = rank[feature][number], weight[feature]
            for other in posts_with[feature][max(0, at - NEAR) : at + NEAR + 1] if gain else ():
                scores[other] = scores.get(other, 0.0) + gain
        scores.pop(number, None)
        least = min(sorted(scores.values(), reverse=True)[:count], default=0)
        chosen = (other for other, score in scores.items() if score >= least)
        return tuple(sorted(chosen, key=lambda other: (-scores[other], abs(other - number), other))[:count])

    return [best(number) for number in range(len(features))]
