"""From the values that a network emits to amplitudes."""

import itertools
import math

import numpy as np


def decode(values, audio):
    """Expands mu-law and takes pre-emphasis back, in double precision; each result rounds once to float32.

    Args:
        values: float32 ``[samples]`` in [-1, 1].
        audio: the part ``audio`` of a manifest.

    Returns:
        float32 ``[samples]``; de-emphasis may leave [-1, 1].
    """
    encoding = audio["encoding"]
    mu = 2.0 ** audio["bits"] - 1
    if encoding == "MU_LAW":
        amplitudes = _expanded(values, mu)
    elif encoding == "MU_LAW_CENTRED":
        level = np.clip(np.rint((values.astype(np.float64) + 1) * mu / 2), 0, mu)
        amplitudes = _expanded(2 * level / (mu + 1) - 1, mu)
    elif encoding == "MU_LAW_TRUNCATED":
        level = (values + np.float32(1)) * np.float32(mu) / np.float32(2)
        amplitudes = _expanded(2 * np.floor(np.clip(level, 0, mu)).astype(np.float64) / mu - 1, mu)
    else:
        amplitudes = values.astype(np.float64)
    coefficient = float(np.float32(audio["deEmphasis"]))
    if coefficient != 0:
        recursion = itertools.accumulate(amplitudes.tolist(), lambda last, x: x + coefficient * last)
        amplitudes = np.fromiter(recursion, np.float64, len(values))
    return amplitudes.astype(np.float32)


def _expanded(values, mu):
    """sign(v) / mu * ((1 + mu)^|v| - 1); there are few different values, and the C library's power is close."""
    different, places = np.unique(values, return_inverse=True)
    table = [math.copysign(1, v) / mu * (math.pow(1 + mu, abs(v)) - 1) if v != 0 else 0.0 for v in different.tolist()]
    return np.array(table, np.float64)[places.reshape(-1)]


def fade_out(waveform, manifest):
    """Fades the end of a whole utterance out, in place, as its bundle says."""
    audio, utterance = manifest["audio"], manifest["utterance"]
    fade = utterance.get("fadeSamples", 0) or audio["fadeOutFrames"] * manifest["features"]["hop"]
    if len(waveform) <= fade and not utterance["fadesShort"]:
        return
    length = min(len(waveform), fade)
    if length < 2:
        return
    factors = 1 - np.arange(1, length) / (length - 1.0)
    kept = waveform[len(waveform) - length :].astype(np.float64)
    emphasis = float(np.float32(audio["deEmphasis"])) if utterance.get("fadesEmphasised") else 0.0
    end = (kept[1:] - emphasis * kept[:-1]) * factors
    if emphasis:
        recursion = itertools.accumulate(end.tolist(), lambda last, x: x + emphasis * last, initial=kept[0])
        end = np.fromiter(recursion, np.float64, length)[1:]
    waveform[len(waveform) - length + 1 :] = end


def pcm16(waveform):
    """The 16-bit samples of amplitudes: 32768 x, rounded half to even and limited, int16 ``[samples]``."""
    return np.clip(np.rint(32768.0 * np.asarray(waveform, np.float64)), -32768, 32767).astype(np.int16)
