"""Where the operators' library is."""

import os
import platform
import sys
from pathlib import Path

_NAME = "libwavebridge_ops.so"


def library_path():
    """The path of the operators' library, as a string.

    ``WAVEBRIDGE_LIBRARY`` names another than the one of this package.

    Raises:
        FileNotFoundError: there is none; the message says what this package has and where it looked.
    """
    chosen = os.environ.get("WAVEBRIDGE_LIBRARY")
    path = Path(chosen) if chosen else Path(__file__).parent / _NAME
    if path.is_file():
        return str(path)
    raise FileNotFoundError(
        f"{path}: expected the WaveBridge operators for {sys.platform} on {platform.machine()}, found no such file; "
        "install a wheel for this platform, or set WAVEBRIDGE_LIBRARY to the library of a build"
    )
