"""Round-ups: a draft post that sums up a quarter or a year of posts and events."""
