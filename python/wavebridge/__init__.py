"""Runs WaveBridge bundles in Python, on ONNX Runtime and NumPy.

``Vocoder(bundle).generate(features, seed)`` makes the samples that the command ``wavebridge vocode`` makes, bit for
bit, through the operators of the library beside this file. ``library_path()`` is that library, for programs that call
ONNX Runtime themselves::

    options = onnxruntime.SessionOptions()
    options.register_custom_ops_library(wavebridge.library_path())
"""

from wavebridge.bundle import Bundle, BundleError
from wavebridge.library import library_path
from wavebridge.uniforms import uniforms
from wavebridge.vocoder import Vocoder
from wavebridge.waveform import pcm16

__all__ = ["Bundle", "BundleError", "Vocoder", "library_path", "pcm16", "uniforms"]
