"""Newsletters: one e-mail of posts, left as a draft at a provider, and the ledger of what was sent."""
