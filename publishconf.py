"""Settings for publishing: those of pelicanconf.py, but any problem fails the build."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from pelicanconf import *

AUTHORSITE = {**AUTHORSITE, "strict": True, "publish": {"kind": "git"}}
