#!/usr/bin/env python3
"""Writes checkpoint_zip.pth and mel.npy beside itself: random numbers in the tensors of geneing/WaveRNN-Pytorch.

PyTorch is not needed. Every run writes the same numbers.
"""

import array
import collections
import io
import math
import pathlib
import pickle
import random
import struct
import sys
import types
import zipfile

FOLDER = pathlib.Path(__file__).resolve().parent
MELS, CHANNELS, HIDDEN, DENSE, CLASSES = 80, 64, 256, 128, 1024
FACTORS = (4, 5, 10)
FRAMES = 24

draw = random.Random(20)


def number(spread):
    """A normal number on a grid of spread / 16, so that the file packs well."""
    return spread * round(draw.gauss(0, 1) * 16) / 16


def dense(spread, count):
    return [number(spread) for _ in range(count)]


def pruned(spread, rows, columns):
    """Of the groups of four in a row, a random 15%; the last may be shorter."""
    groups = [(row, at) for row in range(rows) for at in range(0, columns, 4)]
    values = [0.0] * (rows * columns)
    for row, at in sorted(draw.sample(groups, round(0.15 * len(groups)))):
        for column in range(at, min(at + 4, columns)):
            values[row * columns + column] = number(spread) or spread
    return values


class Storage:
    def __init__(self, kind, key, count):
        self.kind, self.key, self.count = kind, key, count


class Tensor:
    def __init__(self, storage, shape):
        self.storage, self.shape = storage, shape

    def __reduce__(self):
        strides = [math.prod(self.shape[axis + 1 :]) for axis in range(len(self.shape))]
        arguments = (self.storage, 0, tuple(self.shape), tuple(strides), False, collections.OrderedDict())
        return rebuild, arguments


def stand_in(module, name):
    """What the pickle names of PyTorch."""
    found = type(name, (), {}) if name.endswith("Storage") else (lambda *arguments: None)
    found.__module__, found.__name__, found.__qualname__ = module, name, name
    for part in ("torch", module):
        sys.modules.setdefault(part, types.ModuleType(part))
    setattr(sys.modules[module], name, found)
    return found


rebuild = stand_in("torch._utils", "_rebuild_tensor_v2")
KINDS = {"f": stand_in("torch", "FloatStorage"), "q": stand_in("torch", "LongStorage")}


class Pickler(pickle.Pickler):
    def persistent_id(self, item):
        if isinstance(item, Storage):
            return ("storage", item.kind, item.key, "cpu", item.count)
        return None


state = collections.OrderedDict()
storages = []


def put(name, values, *shape, code="f"):
    assert len(values) == math.prod(shape), name
    storages.append(struct.pack(f"<{len(values)}{code}", *values))
    state[name] = Tensor(Storage(KINDS[code], str(len(storages) - 1), len(values)), shape)


def batch_norm(name):
    put(name + ".weight", [1 + value for value in dense(0.2, CHANNELS)], CHANNELS)
    put(name + ".bias", dense(0.2, CHANNELS), CHANNELS)
    put(name + ".running_mean", dense(0.5, CHANNELS), CHANNELS)
    put(name + ".running_var", [0.5 + abs(value) for value in dense(0.5, CHANNELS)], CHANNELS)
    put(name + ".num_batches_tracked", [0], code="q")


def tensors():
    resnet = "upsample.resnet."
    put(resnet + "conv_in.weight", dense(0.05, CHANNELS * MELS * 5), CHANNELS, MELS, 5)
    batch_norm(resnet + "batch_norm")
    for layer in range(3):
        block = f"{resnet}layers.{layer}."
        for convolution in ("conv1", "conv2"):
            put(block + convolution + ".weight", dense(0.15, CHANNELS * CHANNELS), CHANNELS, CHANNELS, 1)
        batch_norm(block + "batch_norm1")
        batch_norm(block + "batch_norm2")
    put(resnet + "conv_out.weight", dense(0.1, CHANNELS * CHANNELS), CHANNELS, CHANNELS, 1)
    put(resnet + "conv_out.bias", dense(0.1, CHANNELS), CHANNELS)
    for layer, factor in enumerate(FACTORS):
        width = 2 * factor + 1
        kernel = [(1 + value) / width for value in dense(0.2, width)]
        put(f"upsample.up_layers.{2 * layer + 1}.weight", kernel, 1, 1, 1, width)
    inputs = 1 + MELS + CHANNELS // 2 - 1
    put("I.weight", pruned(0.3, HIDDEN, inputs), HIDDEN, inputs)
    put("I.bias", dense(0.1, HIDDEN), HIDDEN)
    for name in ("ih", "hh"):
        put(f"rnn1.weight_{name}_l0", pruned(0.2, 3 * HIDDEN, HIDDEN), 3 * HIDDEN, HIDDEN)
    for name in ("ih", "hh"):
        put(f"rnn1.bias_{name}_l0", dense(0.2, 3 * HIDDEN), 3 * HIDDEN)
    put("fc1.weight", pruned(0.3, DENSE, HIDDEN + CHANNELS // 2), DENSE, HIDDEN + CHANNELS // 2)
    put("fc1.bias", dense(0.2, DENSE), DENSE)
    put("fc3.weight", pruned(0.5, CLASSES, DENSE), CLASSES, DENSE)
    put("fc3.bias", dense(0.5, CLASSES), CLASSES)


def checkpoint():
    tensors()
    top = {"state_dict": state, "optimizer": {"state": {}, "param_groups": []}}
    top.update(global_step=0, global_epoch=0, global_test_step=0)
    pickled = io.BytesIO()
    Pickler(pickled, 2).dump(top)
    members = {"data.pkl": pickled.getvalue(), "version": b"3\n"}
    members.update({f"data/{key}": data for key, data in enumerate(storages)})
    with zipfile.ZipFile(FOLDER / "checkpoint_zip.pth", "w") as file:
        for name, data in members.items():
            member = zipfile.ZipInfo("checkpoint_zip/" + name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(member, data, compresslevel=9)


def mel():
    """Random walks in -4 .. 4, one a mel band."""
    values = array.array("f")
    for _ in range(MELS):
        level = draw.uniform(-3, 3)
        for _ in range(FRAMES):
            level = max(-4, min(4, level + number(0.5)))
            values.append(level)
    if sys.byteorder == "big":
        values.byteswap()
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({MELS}, {FRAMES}), }}"
    header = header.ljust(117) + "\n"
    with open(FOLDER / "mel.npy", "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin1"))
        file.write(values.tobytes())


checkpoint()
mel()
