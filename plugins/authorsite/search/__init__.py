"""The search page, its script, and its index, built by Pagefind."""
