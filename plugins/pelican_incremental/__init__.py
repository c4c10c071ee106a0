"""A build engine for Pelican: the output of a clean build, byte for byte, at a cost that depends on what changed.

PLUGINS = ["pelican_incremental"] speeds up any Pelican site; BUILD_ENGINE = False turns it off. docs/engine.md explains
how it decides what to rebuild. For plugins and programs that build sites:

    files: atomic_write, mark_current     store: Store, digest                     purity: pure
    readers: CacheableReader, Parsed      session: BuildSession                    manifest: Manifest, BuildReport
    quick_markdown: optimize              processes: WorkerPool, collect_warnings  code_digests: TRANSIENT_KEY
"""


def register() -> None:
    """Connect the engine to Pelican."""
    from pelican import signals  # noqa: PLC0415 - files, store and processes can be used without Pelican

    from .session import install  # noqa: PLC0415 - the same

    signals.initialized.connect(install)
