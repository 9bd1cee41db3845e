"""Make the plain reference model importable as ``reference`` from every test, however pytest is started."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
