"""A build engine for Pelican: the output of a clean build, byte for byte, at a cost that depends on what changed.

PLUGINS = ["pelican_incremental"] speeds up any Pelican site; BUILD_ENGINE = False turns it off. docs/engine.md explains
how it decides what to rebuild, and lists what plugins and programs that build sites may import.
"""


def register() -> None:
    """Connect the engine to Pelican."""
    from pelican import signals  # noqa: PLC0415 - files, store and processes can be used without Pelican

    from .session import install  # noqa: PLC0415 - the same

    signals.initialized.connect(install)
