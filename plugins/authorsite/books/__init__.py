"""One record per book, and every page and file in which its facts appear."""
