"""The key `publish` of the setting AUTHORSITE: where the site goes, with one model for each kind of target."""

from typing import Annotated, Literal

from pydantic import Field

from .strict_model import StrictModel


class FolderTarget(StrictModel):
    """Publish to a folder of this machine, such as a web server's."""

    kind: Literal["folder"]
    """The kind of target."""

    path: str = Field(min_length=1)
    """The folder. It holds the site alone."""

    verify: int = Field(default=0, ge=0)
    """For how many seconds to wait until the live site is the new one; 0: do not look."""


class GitTarget(StrictModel):
    """Publish to a git branch, as for GitHub Pages."""

    kind: Literal["git"]
    """The kind of target."""

    remote: str = "origin"
    """The name or the URL of a git remote."""

    branch: str = "gh-pages"
    """The branch. It holds the site alone."""

    cname: str | None = None
    """The domain in the file `CNAME`; `None`: the host of `url`, unless it ends in `github.io`; `""`: no such file."""

    verify: int = Field(default=180, ge=0)
    """For how many seconds to wait until the live site is the new one; 0: do not look."""


class RsyncTarget(StrictModel):
    """Publish with rsync over SSH; the SSH key comes from the agent or from the SSH configuration."""

    kind: Literal["rsync"]
    """The kind of target."""

    host: str = Field(pattern=r"^[^-:\s][^:\s]*$")
    """A host, `user@host`, or an alias of `~/.ssh/config`."""

    path: str = Field(min_length=1)
    """The folder on the server. It holds the site alone."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """The port of SSH; `None`: that of the SSH configuration."""

    verify: int = Field(default=30, ge=0)
    """For how many seconds to wait until the live site is the new one; 0: do not look."""


PublishTarget = Annotated[FolderTarget | GitTarget | RsyncTarget, Field(discriminator="kind")]
