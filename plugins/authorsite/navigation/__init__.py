"""From one post to the next: neighbours, series, related posts, and the way up."""
