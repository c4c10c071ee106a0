"""The published site: like pelicanconf.py, and any problem stops it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from pelicanconf import *

AUTHORSITE = {**AUTHORSITE, "strict": True, "publish": {"kind": "git"}}
