"""Writes the folders multiband and scwavernn beside this file: networks of random weights, small enough for
the repository, and what NumPy makes of them in double precision.

It is written from the description of both projects' networks, and shares nothing with the code that it tests. Given a
folder of the original project's recorded outputs, it compares itself with them instead:

    python3 make.py
    python3 make.py multiband ../../../../../../../shared/golden/rjhuang_multiband
"""

import collections
import json
import struct
import sys
from pathlib import Path

import numpy as np

MELS, SPEAKER, EDGE = 80, 256, 1e-4


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Network:
    """fatchord's network; with bands an output layer for each, with a speaker 256 more columns of I."""

    def __init__(self, w, bands, speaker):
        self.w = {name: np.asarray(value, np.float64) for name, value in w.items()}
        self.outputs = [f"fc3{b}" for b in range(bands)] if bands > 1 else ["fc3"]
        self.bands, self.speaker = bands, speaker
        self.blocks = 1 + max(int(n.split(".")[3]) for n in w if n.startswith("upsample.resnet.layers."))
        self.pad = (self.w["upsample.resnet.conv_in.weight"].shape[2] - 1) // 2
        self.stages = sorted(n for n in w if n.startswith("upsample.up_layers."))
        self.hidden = self.w["I.weight"].shape[0]
        self.classes = self.w[self.outputs[0] + ".weight"].shape[0]

    def normalised(self, name, x):
        w = self.w
        scale = w[name + ".weight"] / np.sqrt(w[name + ".running_var"] + 1e-5)
        return (x - w[name + ".running_mean"][:, None]) * scale[:, None] + w[name + ".bias"][:, None]

    def conditioning(self, mel):
        """Features with their padding to mels of every step and aux vectors of every frame between it."""
        w, pad = self.w, self.pad
        frames = mel.shape[1] - 2 * pad
        kernel = w["upsample.resnet.conv_in.weight"]
        x = np.stack([np.tensordot(kernel, mel[:, f : f + 2 * pad + 1], 2) for f in range(frames)], 1)
        x = np.maximum(0, self.normalised("upsample.resnet.batch_norm", x))
        for block in range(self.blocks):
            name = f"upsample.resnet.layers.{block}."
            y = self.normalised(name + "batch_norm1", w[name + "conv1.weight"][:, :, 0] @ x)
            y = self.normalised(name + "batch_norm2", w[name + "conv2.weight"][:, :, 0] @ np.maximum(0, y))
            x = x + y
        aux = w["upsample.resnet.conv_out.weight"][:, :, 0] @ x + w["upsample.resnet.conv_out.bias"][:, None]
        steps = 1
        for stage in self.stages:
            taps = w[stage].reshape(-1)
            factor = (len(taps) - 1) // 2
            mel = np.repeat(mel, factor, 1)
            wide = np.pad(mel, ((0, 0), (factor, factor)))
            mel = sum(tap * wide[:, k : k + mel.shape[1]] for k, tap in enumerate(taps))
            steps *= factor
        self.steps = steps
        return mel[:, pad * steps : mel.shape[1] - pad * steps].T, aux.T

    def start(self):
        self.h = [np.zeros(self.hidden), np.zeros(self.hidden)]

    def gru(self, index, x):
        w, name, h = self.w, f"rnn{index + 1}.", self.h[index]
        i = w[name + "weight_ih_l0"] @ x + w[name + "bias_ih_l0"]
        a = w[name + "weight_hh_l0"] @ h + w[name + "bias_hh_l0"]
        (ir, iz, n), (ar, az, an) = np.split(i, 3), np.split(a, 3)
        z = sigmoid(iz + az)
        self.h[index] = (1 - z) * np.tanh(n + sigmoid(ir + ar) * an) + z * h
        return self.h[index]

    def step(self, previous, mel, aux):
        """Logits [band, class] of a step."""
        w = self.w
        a1, a2, a3, a4 = np.split(aux, 4)
        x = w["I.weight"] @ np.concatenate([previous, mel, a1, self.speaker]) + w["I.bias"]
        x = x + self.gru(0, x)
        x = x + self.gru(1, np.concatenate([x, a2]))
        x = np.maximum(0, w["fc1.weight"] @ np.concatenate([x, a3]) + w["fc1.bias"])
        x = np.maximum(0, w["fc2.weight"] @ np.concatenate([x, a4]) + w["fc2.bias"])
        return np.stack([w[name + ".weight"] @ x + w[name + ".bias"] for name in self.outputs])

    def value(self, label):
        return np.float64(np.float32(2 * label / (self.classes - 1) - 1))


def shares(logits):
    e = np.exp(logits - logits.max())
    return e / e.sum()


def forced(net, mels, aux, targets):
    """Logits, states and bits where the given labels [step, band] are fed."""
    net.start()
    previous, logits, states, bits = np.zeros(net.bands), [], [], []
    for t, labels in enumerate(targets):
        made = net.step(previous, mels[t], aux[t // net.steps])
        logits.append(made)
        states.append(list(net.h))
        bits.append([-np.log2(shares(row)[k]) for row, k in zip(made, labels)])
        previous = np.array([net.value(k) for k in labels])
    return np.array(logits), np.array(states), np.array(bits)


def drawn(net, mels, aux, uniforms):
    """Labels [step, band]; uniforms near an edge are replaced where they are to be chosen."""
    net.start()
    previous, labels = np.zeros(net.bands), []
    for t in range(len(uniforms)):
        made = net.step(previous, mels[t], aux[t // net.steps])
        row = []
        for band in range(net.bands):
            edges = np.cumsum(shares(made[band]))
            while np.abs(edges - uniforms[t, band]).min() < EDGE / 10:
                uniforms[t, band] = np.float32(np.random.default_rng(t).integers(1 << 24) / (1 << 24))
            row.append(int(np.argmax(edges > uniforms[t, band])))
        labels.append(row)
        previous = np.array([net.value(k) for k in row])
    return np.array(labels)


def expanded(values, classes):
    mu = classes - 1
    return np.sign(values) / mu * ((1 + mu) ** np.abs(values) - 1)


def merged(bands):
    """The project's filters: [step, band] to a waveform."""
    count, length = bands.shape[1], 63
    n = np.arange(length)
    m = (n - 31) * np.pi
    sinc = np.divide(np.sin(0.15 * m), m, out=np.full(length, 0.15), where=m != 0)
    prototype = sinc * np.kaiser(length, 9)
    wave = np.zeros(len(bands) * count)
    for b in range(count):
        taps = 2 * prototype * np.cos((2 * b + 1) * np.pi / (2 * count) * (n - 30.5) - (-1) ** b * np.pi / 4)
        stuffed = np.zeros(len(wave))
        stuffed[::count] = count * bands[:, b]
        wave += np.correlate(np.pad(stuffed, 31), taps.astype(np.float32).astype(np.float64), "valid")
    return wave


def waveform(net, labels, frames):
    values = expanded(net.value(labels), net.classes)
    if net.bands > 1:
        return merged(values.astype(np.float32).astype(np.float64))
    hop = net.steps
    wave = values[: (frames - 1) * hop, 0]
    fade = min(len(wave), 20 * hop)
    wave[len(wave) - fade :] *= np.linspace(1, 0, fade)
    return wave


def conditioned(net, mel):
    """Bands: nothing is padded, so frames at both ends have no samples."""
    mel = np.asarray(mel, np.float64)
    return net.conditioning(mel if net.bands > 1 else np.pad(mel, ((0, 0), (net.pad, net.pad))))


def weights(random, bands, speaker, rnn, fc, compute, aux, classes, factors, pad):
    w = {}

    def put(name, *shape, size=None):
        scale = size if size else 1.5 / np.sqrt(max(1, np.prod(shape[1:])))
        w[name] = (random.uniform(-1, 1, shape) * scale).astype(np.float32)

    def norm(name):
        for part, low, high in [("weight", 0.5, 1.5), ("bias", -0.3, 0.3), ("running_mean", -0.3, 0.3)]:
            w[f"{name}.{part}"] = random.uniform(low, high, compute).astype(np.float32)
        w[name + ".running_var"] = random.uniform(0.5, 2, compute).astype(np.float32)

    put("upsample.resnet.conv_in.weight", compute, MELS, 2 * pad + 1)
    norm("upsample.resnet.batch_norm")
    for conv, bn in [("conv1", "batch_norm1"), ("conv2", "batch_norm2")]:
        put(f"upsample.resnet.layers.0.{conv}.weight", compute, compute, 1)
        norm(f"upsample.resnet.layers.0.{bn}")
    put("upsample.resnet.conv_out.weight", aux, compute, 1)
    put("upsample.resnet.conv_out.bias", aux, size=0.3)
    for i, factor in enumerate(factors):
        taps = random.uniform(0.5, 1.5, (1, 1, 1, 2 * factor + 1))
        w[f"upsample.up_layers.{2 * i + 1}.weight"] = (taps / taps.sum()).astype(np.float32)
    quarter = aux // 4
    put("I.weight", rnn, bands + MELS + quarter + speaker)
    put("I.bias", rnn, size=0.3)
    for name, inputs in [("rnn1", rnn), ("rnn2", rnn + quarter)]:
        put(name + ".weight_ih_l0", 3 * rnn, inputs)
        put(name + ".weight_hh_l0", 3 * rnn, rnn)
        put(name + ".bias_ih_l0", 3 * rnn, size=0.3)
        put(name + ".bias_hh_l0", 3 * rnn, size=0.3)
    for name, rows, inputs in [("fc1", fc, rnn + quarter), ("fc2", fc, fc + quarter)] + [
        (name, classes, fc) for name in ([f"fc3{b}" for b in range(bands)] if bands > 1 else ["fc3"])
    ]:
        put(name + ".weight", rows, inputs, size=3 / np.sqrt(inputs))
        put(name + ".bias", rows, size=0.3)
    return w


def safetensors(path, tensors):
    header, data = {}, b""
    for name, value in tensors.items():
        header[name] = {"dtype": "F32", "shape": value.shape, "data_offsets": [len(data), len(data) + value.nbytes]}
        data += value.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def make(folder, seed, bands, speaker, factors, frames):
    random = np.random.default_rng(seed)
    w = weights(random, bands, speaker, rnn=8, fc=8, compute=4, aux=4, classes=16, factors=factors, pad=2)
    voice = np.abs(random.normal(size=speaker)).astype(np.float32)
    voice = (voice / np.linalg.norm(voice)).astype(np.float32) if speaker else voice
    mel = random.uniform(0.2, 1, (MELS, frames)).astype(np.float32)
    net = Network(w, bands, voice.astype(np.float64))
    mels, aux = conditioned(net, mel)
    targets = random.integers(0, net.classes, (len(mels), bands)).astype(np.int32)
    logits, states, bits = forced(net, mels, aux, targets)
    uniforms = (random.integers(0, 1 << 24, targets.shape) / (1 << 24)).astype(np.float32)
    labels = drawn(net, mels, aux, uniforms)
    some = np.arange(0, len(mels), 7, dtype=np.int32)
    h = np.array([0, 1, len(mels) // 2, len(mels) - 1], np.int32)
    arrays = {
        "up_idx": some,
        "up_mels": mels[some],
        "aux_frames": aux,
        "tf_idx": some,
        "tf_logits": logits[some],
        "tf_target": targets,
        "tf_nll_bits": bits,
        "h_idx": h,
        "h1": states[h, 0],
        "h2": states[h, 1],
        "gen_u": uniforms,
        "gen_labels": labels.astype(np.int32),
        "gen_wav": waveform(net, labels, frames),
    }
    folder.mkdir(exist_ok=True)
    safetensors(folder / "checkpoint.safetensors", w)
    np.save(folder / "mel.npy", mel)
    if speaker:
        np.save(folder / "speaker_embedding.npy", voice)
    np.savez_compressed(
        folder / "golden.npz",
        **{n: (a.astype(np.float32) if a.dtype == np.float64 else a).squeeze() for n, a in arrays.items()},
    )


def storages(path):
    """The tensors of a checkpoint that torch.save wrote as a zip, without torch."""
    import pickle
    import zipfile

    archive = zipfile.ZipFile(path)
    root = next(n for n in archive.namelist() if n.endswith("data.pkl"))[: -len("data.pkl")]

    class Reader(pickle.Unpickler):
        def persistent_load(self, key):
            return np.frombuffer(archive.read(f"{root}data/{key[2]}"), {"FloatStorage": "<f4", "LongStorage": "<i8"}[key[1]])

        def find_class(self, module, name):
            if name.startswith("_rebuild_tensor"):
                return lambda data, offset, shape, *rest: data[offset : offset + int(np.prod(shape))].reshape(shape)
            if name.startswith("_rebuild_parameter"):
                return lambda data, *rest: data
            if name == "OrderedDict":
                return collections.OrderedDict
            return name

    return Reader(archive.open(root + "data.pkl")).load()


def compare(kind, folder):
    golden = np.load(folder / "golden.npz")
    speaker = np.load(folder / "speaker_embedding.npy").astype(np.float64) if kind == "scwavernn" else np.zeros(0)
    w = {n: v for n, v in storages(next(folder.glob("checkpoint_zip*"))).items() if "num_batches" not in n and n != "step"}
    net = Network(w, 4 if kind == "multiband" else 1, speaker)
    mel = np.load(folder / "mel.npy")
    mels, aux = conditioned(net, mel)
    print("mels", np.abs(mels[golden["up_idx"]] - golden["up_mels"]).max())
    print("aux", np.abs(aux - golden["aux_frames"]).max())
    targets = golden["tf_target"].reshape(len(golden["tf_target"]), -1)
    logits, states, bits = forced(net, mels, aux, targets)
    print("logits", np.abs(logits[golden["tf_idx"]].squeeze() - golden["tf_logits"]).max())
    print("bits", np.abs(bits.squeeze() - golden["tf_nll_bits"]).max())
    print("states", np.abs(states[golden["h_idx"], 0] - golden["h1"]).max())
    uniforms = golden["gen_u"].reshape(targets.shape[0], -1).copy()
    labels = drawn(net, mels, aux, uniforms)
    print("labels that differ", int((labels.squeeze() != golden["gen_labels"]).sum()), "of", labels.size)
    wave = waveform(net, labels, mel.shape[1])
    print("waveform", np.abs(wave - golden["gen_wav"]).max())


if len(sys.argv) > 2:
    compare(sys.argv[1], Path(sys.argv[2]))
else:
    here = Path(__file__).parent
    make(here / "multiband", 31, 4, 0, [2, 2], 16)
    make(here / "scwavernn", 32, 1, SPEAKER, [2, 3], 12)
