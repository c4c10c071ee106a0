"""A build engine for Pelican: what a clean build writes, byte for byte, at a cost that follows the change.

PLUGINS = ["pelican_incremental"] speeds up any Pelican site; BUILD_ENGINE = False switches it off. docs/engine.md says
how it decides what to do again. For plugins and their callers:

    files: atomic_write, mark_current     store: Store, digest      code: pure, TRANSIENT
    readers: CacheableReader, Parsed      session: BuildSession     manifest: Manifest, BuildReport
    processes: Workers, hearing           quick_markdown: quicken
"""


def register() -> None:
    """Connect the engine to Pelican."""
    from pelican import signals  # noqa: PLC0415 - files, store and processes are of use without Pelican

    from .session import engage  # noqa: PLC0415 - the same

    signals.initialized.connect(engage)
