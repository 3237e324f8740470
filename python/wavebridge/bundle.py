"""Reads bundles: folders, or zip files of them."""

import hashlib
import json
import zipfile
from pathlib import Path

_FORMAT = 1
_MANIFEST = "bundle.json"

# What holds where the manifest says nothing of utterances.
_UTTERANCE = {"leadFrames": 0, "tailFrames": 1, "fadesShort": True}


class BundleError(ValueError):
    """A bundle that cannot be read; the message names file, what was expected, and what was found."""


class Bundle:
    """The files of a bundle. ``manifest`` is the content of ``bundle.json``."""

    def __init__(self, path):
        self.path = Path(path)
        try:
            self.manifest = json.loads(self._read(_MANIFEST))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise BundleError(f"{self.path}: {_MANIFEST}: expected JSON, found {error}") from error
        version = self.manifest.get("formatVersion") if isinstance(self.manifest, dict) else None
        if version != _FORMAT:
            raise BundleError(
                f"{self.path}: {_MANIFEST}: expected format version {_FORMAT}, found {version}; "
                "use the WaveBridge that wrote it, or export it again"
            )
        self.manifest.setdefault("utterance", _UTTERANCE)

    def has(self, kind, precision):
        """Whether there is a graph of a kind, such as ``generate``, in a precision, ``f32`` or ``int8``."""
        return self._file(kind, precision) is not None

    def graph(self, kind, precision):
        """The bytes of a graph.

        Raises:
            BundleError: there is none, or it is not the one that was exported.
        """
        file = self._file(kind, precision)
        if file is None:
            found = sorted({each["precision"] for each in self.manifest["graphs"] if each["kind"] == kind})
            raise BundleError(f"{self.path}: expected a graph '{kind}' in {precision}, found {found or 'none'}")
        content = self._read(file["file"])
        digest = hashlib.sha256(content).hexdigest()
        if digest != file["sha256"]:
            raise BundleError(f"{self.path}: {file['file']}: expected SHA-256 {file['sha256']}, found {digest}")
        return content

    def _file(self, kind, precision):
        graphs = self.manifest["graphs"]
        return next((each for each in graphs if each["kind"] == kind and each["precision"] == precision), None)

    def _read(self, name):
        try:
            if self.path.is_dir():
                return (self.path / name).read_bytes()
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(name)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise BundleError(
                f"{self.path}: expected a bundle (a folder, or a zip of one) with {name}, found {error}"
            ) from error
