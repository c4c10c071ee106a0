"""The build engine: what a clean Pelican build writes, at a cost that follows the change.

Any Pelican site can use it by itself: PLUGINS = ["authorsite.building"]; BUILD_ENGINE = False switches it off.
"""


def register() -> None:
    """Connect the engine alone to Pelican (the whole package connects it with everything else)."""
    from pelican import signals  # noqa: PLC0415 - the pure modules of this room are usable without Pelican

    from .adapter import engage  # noqa: PLC0415 - the same

    signals.initialized.connect(engage)
