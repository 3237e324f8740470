"""The random numbers of a seed."""

import numpy as np

_ROUNDS = 10
_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_KEY_STEPS = 0x9E3779B9, 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def uniforms(seed, first, samples, draws, row=0):
    """The uniforms of consecutive samples of a row.

    A uniform is k * 2^-24 with k the top 24 bits of the first word of Philox 4x32-10 (Salmon et al. 2011) for the key
    ``seed`` and the counter (draw, low word of the sample, high word of the sample, row).

    Args:
        seed: a whole number; its low 64 bits count.
        first: index of the first sample in its sequence.

    Returns:
        float32 ``[samples, draws]`` in [0, 1).
    """
    index = np.arange(first, first + samples, dtype=np.uint64)
    shape = (samples, draws)
    words = [
        np.broadcast_to(np.arange(draws, dtype=np.uint64), shape),
        np.broadcast_to((index & _LOW)[:, None], shape),
        np.broadcast_to((index >> _HALF)[:, None], shape),
        np.full(shape, row, np.uint64),
    ]
    key = [seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF]
    for _ in range(_ROUNDS):
        products = _MULTIPLIERS[0] * words[0], _MULTIPLIERS[1] * words[2]
        words = [
            products[1] >> _HALF ^ words[1] ^ np.uint64(key[0]),
            products[1] & _LOW,
            products[0] >> _HALF ^ words[3] ^ np.uint64(key[1]),
            products[0] & _LOW,
        ]
        key = [(key[i] + _KEY_STEPS[i]) & 0xFFFFFFFF for i in range(2)]
    return (words[0] >> np.uint64(8)).astype(np.float32) * np.float32(2.0**-24)
