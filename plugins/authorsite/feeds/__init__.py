"""RSS, Atom and JSON feeds of posts, books and events, and the effect of a publish on subscribers."""
