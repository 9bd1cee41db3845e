"""What holds for every test, however pytest is started: the plain reference model can be imported, Ctrl-C interrupts."""

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job, whose programs would ignore it too
    signal.signal(signal.SIGINT, signal.default_int_handler)
