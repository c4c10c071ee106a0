"""The search page: its index, made by Pagefind, and its script."""
