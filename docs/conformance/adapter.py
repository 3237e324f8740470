"""A target of `wavebridge conform` in plain NumPy: the product, and generate and score of every network.

    wavebridge conform voice --backend "process:python3 adapter.py" --case operator

Needs the packages numpy and onnx (Debian: python3-numpy, python3-onnx). It runs graphs that are a single operator, as
`generate` and `score` are (the frames of several bands are reshaped before it), and declines all others.
docs/conformance.md describes the protocol, docs/operators.md the operators, docs/numerics.md their numbers.
Sums here have NumPy's order, so the profile is f32.
"""

import struct
import statistics
import sys

import numpy as np
import onnx
from onnx import numpy_helper

F32 = np.float32
# Weights of the int8 profile whose input lies in [-1, 1].
BOUNDED = {"recurrent", "projection", "coarse_hidden", "fine_hidden", "gru1_recurrent", "gru2_recurrent",
           "second_input", "second_recurrent"}


class Declined(Exception):
    """This program does not run such graphs."""


class Operator:
    """The one custom node of a model: its attributes, its constant inputs, and which graph inputs it takes."""

    def __init__(self, model):
        nodes = [node for node in model.graph.node if node.domain == "org.wavebridge"]
        # What comes before the operator only moves its inputs.
        plain = {"Identity", "Constant", "Reshape", "Shape", "Slice", "Gather", "Div"}
        others = [node for node in model.graph.node if node.domain != "org.wavebridge" and node.op_type not in plain]
        if len(nodes) != 1 or others or nodes[0].op_type == "QuadratureMirrorMerge":
            raise Declined("only graphs of a single operator run here")
        node = nodes[0]
        names = next(f.input for f in model.functions if f.name == node.op_type)
        constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        self.kind = node.op_type
        self.attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        self.constants = {name: constants[given] for name, given in zip(names, node.input) if given in constants}
        self.outputs = {}
        for identity in model.graph.node:
            if identity.op_type == "Identity" and identity.input[0] in node.output:
                self.outputs[identity.output[0]] = list(node.output).index(identity.input[0])

    def run(self, inputs):
        with np.errstate(all="ignore"):
            made = KINDS[self.kind.replace("Int8", "")](self, inputs)
        return {name: made[index] for name, index in self.outputs.items()}

    def product(self, name, columns, bias=None):
        """y = W x (+ b) as a function of x [N, columns]."""
        matrix = self.dense(name, columns)
        if name + "_scales" not in self.constants:
            return lambda x, b=bias: x @ matrix.T + (0 if b is None else b)
        scales = self.constants[name + "_scales"]
        whole = matrix.astype(np.int32)
        most = F32(2 ** (self.attributes.get("activation_bits", 8) - 1) - 1)

        def int8(x, b=bias):
            if name in BOUNDED:
                factor, unit = most, F32(1) / most
            else:
                largest = np.max(np.abs(x), axis=1, keepdims=True).astype(F32)
                factor = np.where(largest > 0, most / largest, F32(0))
                unit = largest / most
            q = np.nan_to_num(np.clip(np.rint(x * factor), -most, most)).astype(np.int32)
            return (q @ whole.T).astype(F32) * (scales * unit) + (0 if b is None else b)

        return int8

    def dense(self, name, columns):
        blocks = self.constants[name + "_blocks"]
        column, start = self.constants[name + "_columns"], self.constants[name + "_rows"]
        height, width = blocks.shape[1:]
        across = -(-columns // width) if width else 0
        matrix = np.zeros(((len(start) - 1) * height, across * width), blocks.dtype)
        for row in range(len(start) - 1):
            for z in range(start[row], start[row + 1]):
                matrix[row * height : (row + 1) * height, column[z] * width : (column[z] + 1) * width] = blocks[z]
        return matrix[:, :columns]

    def layer(self, name, columns, bias=None):
        return self.product(name, columns, self.constants[bias or name + "_bias"])


def sigmoid(x):
    return F32(1) / (F32(1) + np.exp(-x, dtype=F32))


def gru(i, a, h):
    """r, z, n in this order, the reset gate after the recurrent product."""
    (ir, iz, inn), (ar, az, an) = np.split(i, 3, axis=1), np.split(a, 3, axis=1)
    z, n = sigmoid(iz + az), np.tanh(inn + sigmoid(ir + ar) * an)
    return z * (h - n) + n


def draw(logits, temperature, uniform, floor=0):
    """The classes [N] that uniforms [N] choose; floor / 2^24 of all probability is taken from each class."""
    scaled = (logits / temperature[:, None]).astype(F32)
    largest = np.max(np.where(np.isnan(scaled), -np.inf, scaled), axis=1, keepdims=True).astype(F32)
    p = np.exp(scaled - largest, dtype=F32)
    weights = np.nan_to_num(np.rint(p.astype(np.float64) * 2**24)).astype(np.int64)
    weights = np.maximum(weights - (np.sum(weights, axis=1, keepdims=True) * floor >> 24), 0)
    sums = np.cumsum(weights, axis=1)
    k = np.clip(np.floor(np.nan_to_num(uniform.astype(np.float64)) * 2**24), 0, 2**24 - 1).astype(np.int64)
    return np.argmax(sums * 2**24 > (k * sums[:, -1])[:, None], axis=1)


def mixture(outputs, temperature, uniforms):
    """Values [N] of a mixture of logistics."""
    weights, means, scales = np.split(outputs.astype(np.float64), 3, axis=1)
    u = np.clip(np.nan_to_num(uniforms, nan=1e-5), F32(1e-5), F32(0.99999)).astype(np.float64)
    j = np.argmax(weights / temperature[:, None] - np.log(-np.log(u[:, :-1])), axis=1)[:, None]
    quantile = np.log(u[:, -1]) - np.log(1 - u[:, -1])
    scale = np.exp(np.maximum(np.take_along_axis(scales, j, 1)[:, 0], np.log(1e-14))) * temperature
    return np.clip(np.take_along_axis(means, j, 1)[:, 0] + scale * quantile, -1, 1).astype(F32)


def gaussian(outputs, temperature, uniforms):
    """Values [N] of a normal distribution."""
    mean, deviation = outputs[:, 0].astype(np.float64), np.exp(np.maximum(outputs[:, 1].astype(np.float64), -7))
    u = np.clip(np.nan_to_num(uniforms.astype(np.float64)), 2**-24, 1 - 2**-24)
    quantile = np.array([statistics.NormalDist().inv_cdf(x) for x in u])
    return np.clip(mean + deviation * temperature * quantile, -1, 1).astype(F32)


def value(k, classes):
    return (F32(2) * k.astype(F32)) / F32(classes - 1) - F32(1)


def gemm(op, inputs):
    return [op.layer("weight", op.attributes["inputs"], "bias")(inputs["x"])]


def dual_softmax(op, inputs):
    generate = "uniforms" in inputs
    previous, h = inputs["previous"].copy(), inputs["state"].copy()
    rows, hidden = h.shape
    half = hidden // 2
    sample = op.constants["sample_weights"]
    fine_half = np.tile(np.arange(hidden) >= half, 3)
    conditioning = op.layer("conditioning_weight", op.attributes["conditioning_size"], "conditioning_bias")
    recurrent = op.layer("recurrent", hidden)
    heads = []
    for name in ("coarse", "fine"):
        first = op.layer(name + "_hidden", half)
        second = op.layer(name + "_output", len(op.constants[name + "_hidden_bias"]))
        heads.append(lambda x, first=first, second=second: second(np.maximum(first(x), 0)))
    given = inputs["uniforms" if generate else "audio"]
    audio, logits = [], []
    for t in range(given.shape[1]):
        frame = conditioning(inputs["conditioning"][:, t // op.attributes["samples_per_frame"]])
        i = frame + previous[:, :1] * sample[:, 0] + previous[:, 1:] * sample[:, 1]
        a = recurrent(h)
        known = None if generate else np.clip(np.rint((given[:, t] + F32(1)) * F32(32768)), 0, 65535).astype(np.int64)
        coarse = gru(i, a, h)[:, :half]
        coarse_logits = heads[0](coarse)
        c = draw(coarse_logits, inputs["temperature"], given[:, t, 0]) if generate else known // 256
        i = i + np.where(fine_half, value(c, 256)[:, None] * sample[:, 2], F32(0))
        h = np.concatenate([coarse, gru(i, a, h)[:, half:]], axis=1)
        fine_logits = heads[1](h[:, half:])
        f = draw(fine_logits, inputs["temperature"], given[:, t, 1]) if generate else known % 256
        previous = np.stack([value(c, 256), value(f, 256)], axis=1)
        audio.append((256 * c + f).astype(F32) / F32(32768) - F32(1))
        logits.append(np.stack([coarse_logits, fine_logits], axis=1))
    shape = (rows, 0) if generate else (rows, 0, 2, 256)
    made = audio if generate else logits
    return [np.stack(made, axis=1) if made else np.zeros(shape, F32), previous, h]


def residual_value(op, outputs, temperature, uniforms):
    """Values [N] of one band from its outputs [N, C] and uniforms [N, draws]."""
    if op.attributes.get("gaussian"):
        return gaussian(outputs, temperature, uniforms[:, 0])
    if op.attributes["mixtures"]:
        return mixture(outputs, temperature, uniforms)
    drawn = draw(outputs, temperature, uniforms[:, 0])
    table = op.attributes.get("class_values")
    return value(drawn, outputs.shape[1]) if table is None else np.array(table, F32)[drawn]


def residual_gru(op, inputs):
    """Of one band, or of several whose mels of a frame's steps are joined."""
    generate = "uniforms" in inputs
    previous, state = inputs["previous"].copy(), inputs["state"].copy()
    (rows, bands), size = previous.shape, state.shape[1] // 2
    mels = inputs["mels"].reshape(rows, -1, op.attributes["mels"])
    from_previous = op.constants["sample_weights"].reshape(size, bands).T
    sizes = list(op.attributes["aux_sizes"])
    slices = np.split(inputs["aux"], np.cumsum(sizes)[:3], axis=2)
    aux = [
        op.layer(weight, columns, bias)
        for weight, columns, bias in zip(
            ("input_aux", "gru2_aux", "fc1_aux", "fc2_aux"), sizes, ("input_bias", "gru2_bias", "fc1_bias", "fc2_bias")
        )
    ]
    mel = op.product("mel_weight", op.attributes["mels"])
    gru1, recurrent1 = op.layer("gru1_input", size, "gru1_bias"), op.layer("gru1_recurrent", size)
    gru2, recurrent2 = op.product("gru2_input", size), op.layer("gru2_recurrent", size)
    fc1, fc2 = op.product("fc1", size), op.product("fc2", len(op.constants["fc1_bias"]))
    output = op.layer("output", len(op.constants["fc2_bias"]))
    given = inputs["uniforms" if generate else "audio"]
    audio, logits = [], []
    for t in range(0, given.shape[1], bands):
        frame = t // op.attributes["samples_per_frame"]
        parts = [layer(part[:, frame]) for layer, part in zip(aux, slices)]
        h1, h2 = state[:, :size], state[:, size:]
        x = mel(mels[:, t // bands]) + parts[0] + previous @ from_previous
        h1 = gru(gru1(x), recurrent1(h1), h1)
        x = x + h1
        h2 = gru(gru2(x, parts[1]), recurrent2(h2), h2)
        x = x + h2
        state = np.concatenate([h1, h2], axis=1)
        q = np.maximum(fc2(np.maximum(fc1(x, parts[2]), 0), parts[3]), 0)
        outputs = output(q).reshape(rows, bands, -1)
        previous = given[:, t : t + bands]
        if generate:
            drawn = [residual_value(op, outputs[:, b], inputs["temperature"], previous[:, b]) for b in range(bands)]
            previous = np.stack(drawn, axis=1)
        audio.append(previous)
        logits.append(outputs)
    shape = (rows, 0) if generate else (rows, 0, len(op.constants["output_bias"]) // bands)
    made = audio if generate else logits
    return [np.concatenate(made, axis=1) if made else np.zeros(shape, F32), previous, state]


def band_samples(outputs, temperature, uniforms, unit, margin):
    """Samples [N] of one band from its outputs [N, 3 * mixtures]."""
    weights, means, scales = np.split(outputs, 3, axis=1)
    j = draw(weights, temperature, uniforms[:, 0])[:, None]
    scale = np.log(np.exp(np.take_along_axis(scales, j, 1)[:, 0]) + F32(1))
    q = np.nan_to_num(uniforms[:, 1]) * (F32(1) - (margin + margin)) + margin
    drawn = np.take_along_axis(means, j, 1)[:, 0] + scale * temperature * np.log((F32(1) - q) / q)
    return np.trunc(np.clip(drawn * unit, -32768, 32767)).astype(F32) / F32(32768)


def multi_band_gru(op, inputs):
    generate = "uniforms" in inputs
    previous, h = inputs["previous"].copy(), inputs["state"].copy()
    (rows, bands), size = previous.shape, h.shape[1]
    conditioning = inputs["conditioning"].reshape(rows, -1, 3 * size)
    recurrent, projection = op.layer("recurrent", size), op.layer("projection", size)
    output = op.layer("band_output", len(op.constants["projection_bias"]))
    given = inputs["uniforms" if generate else "audio"]
    audio, logits = [], []
    for t in range(0, given.shape[1], bands):
        gates = conditioning[:, t // op.attributes["samples_per_frame"]] + previous @ op.constants["sample_weights"].T
        h = gru(gates, recurrent(h), h)
        outputs = output(np.maximum(projection(h), 0)).reshape(rows, bands, -1)
        previous = given[:, t : t + bands]
        if generate:
            unit, margin = F32(op.attributes["levels_per_unit"]), F32(op.attributes["uniform_margin"])
            drawn = [band_samples(outputs[:, b], inputs["temperature"], previous[:, b], unit, margin) for b in range(bands)]
            previous = np.stack(drawn, axis=1)
        audio.append(previous)
        logits.append(outputs)
    shape = (rows, 0) if generate else (rows, 0, 3 * op.attributes["mixtures"])
    made = audio if generate else logits
    return [np.concatenate(made, axis=1) if made else np.zeros(shape, F32), previous, h]


def embedding_gru(op, inputs):
    generate = "uniforms" in inputs
    previous, h = inputs["previous"].copy(), inputs["state"].copy()
    table = op.constants["sample_weights"]
    classes = len(table)
    conditioning = op.layer("conditioning_weight", op.attributes["conditioning_size"], "conditioning_bias")
    recurrent, hidden = op.layer("recurrent", h.shape[1]), op.layer("hidden", h.shape[1])
    output = op.layer("output", len(op.constants["hidden_bias"]))
    given = inputs["uniforms" if generate else "audio"]
    audio, logits = [], []
    for t in range(given.shape[1]):
        frame = conditioning(inputs["conditioning"][:, t // op.attributes["samples_per_frame"]])
        before = np.clip(np.rint((previous[:, 0] + F32(1)) * F32((classes - 1) / 2)), 0, classes - 1)
        h = gru(frame + table[np.nan_to_num(before).astype(np.int64)], recurrent(h), h)
        outputs = output(np.maximum(hidden(h), 0))
        drawn = value(draw(outputs, inputs["temperature"], given[:, t, 0]), classes) if generate else given[:, t]
        previous = drawn[:, None]
        audio.append(drawn)
        logits.append(outputs)
    shape = (len(h), 0) if generate else (len(h), 0, classes)
    made = audio if generate else logits
    return [np.stack(made, axis=1) if made else np.zeros(shape, F32), previous, h]


def mu_law(x):
    """The classes of numbers in units of 32768."""
    a = np.fmin(F32(1) + F32(255) * np.abs(x), F32(512))
    mantissa, exponent = np.frexp(a)
    f = F32(2) * mantissa - F32(1.5)
    p = F32(0.16541097)
    for c in (-0.33951290, 0.95909232, -0.41445418):
        p = F32(c) + f * p
    u = F32(128) * (F32(0.69315) * (exponent.astype(F32) + p)) / F32(5.5451774445)
    return np.floor(F32(0.5) + np.clip(F32(128) + np.where(x < 0, -u, u), 0, 255)).astype(np.int64)


def excitation(op, logits, temperature, uniforms):
    """The classes that are drawn: by eight decisions, or from a softmax."""
    thresholds = op.attributes.get("thresholds")
    if thresholds is None:
        return draw(logits, temperature, uniforms[:, 0], 33554)
    node = np.ones(len(logits), np.int64)
    for column in uniforms.T:
        threshold = np.array(thresholds, F32)[np.clip(np.nan_to_num(column) * 256, 0, 255).astype(np.int64)]
        one = threshold < logits[np.arange(len(logits)), node] / temperature
        node = 2 * node + one
    return node - 256


def lpcnet(op, inputs):
    generate = "uniforms" in inputs
    previous, state = inputs["previous"].copy(), inputs["state"]
    table = op.constants["sample_weights"].T
    hidden = table.shape[1] // 3
    h, g = state[:, :hidden], state[:, hidden:]
    diagonal, factor = (np.array(op.attributes[name], F32) for name in ("diagonal", "factor"))
    recurrent, second = op.layer("recurrent", hidden), op.layer("second_recurrent", g.shape[1])
    second_input, dense = op.product("second_input", hidden), op.layer("dual_dense", g.shape[1])
    given = inputs["uniforms" if generate else "audio"]
    audio, logits = [], []
    for t in range(given.shape[1]):
        frame = inputs["conditioning"][:, t // op.attributes["samples_per_frame"]]
        own, other, coefficients, sharpening = np.split(frame, np.cumsum([3 * hidden, 3 * g.shape[1], 16]), axis=1)
        prediction = np.zeros(len(h), F32)
        for j in range(16):
            prediction = prediction - coefficients[:, j] * previous[:, j]
        last = np.clip(np.nan_to_num(previous[:, 16]), 0, 255).astype(np.int64)
        own = own + table[mu_law(previous[:, 0])] + table[256 + mu_law(prediction)] + table[512 + last]
        h, before = gru(own, recurrent(h) + diagonal * np.tile(h, 3), h), g
        g = gru(second_input(h) + other, second(before), before)
        outputs = (factor * np.tanh(dense(g))).reshape(len(h), 256, 2).sum(axis=2)
        if generate:
            drawn = excitation(op, outputs * sharpening, inputs["temperature"], given[:, t])
            sample = prediction + np.array(op.attributes["class_values"], F32)[drawn]
        else:
            sample = given[:, t]
            drawn = mu_law(sample - prediction)
        previous = np.concatenate([sample[:, None], previous[:, :15], drawn[:, None].astype(F32)], axis=1)
        audio.append(sample)
        logits.append(outputs)
    shape = (len(h), 0) if generate else (len(h), 0, 256)
    made = audio if generate else logits
    return [np.stack(made, axis=1) if made else np.zeros(shape, F32), previous, np.concatenate([h, g], axis=1)]


KINDS = {
    "BlockSparseGemm": gemm,
    "DualSoftmaxGenerate": dual_softmax,
    "DualSoftmaxScore": dual_softmax,
    "EmbeddingGruGenerate": embedding_gru,
    "EmbeddingGruScore": embedding_gru,
    "LpcNetGenerate": lpcnet,
    "LpcNetScore": lpcnet,
    "MultiBandGruGenerate": multi_band_gru,
    "MultiBandGruScore": multi_band_gru,
    "ResidualGruGenerate": residual_gru,
    "ResidualGruScore": residual_gru,
    "SubBandGruGenerate": residual_gru,
    "SubBandGruScore": residual_gru,
}


def receive():
    """The next message, or None at the end."""
    head = sys.stdin.buffer.read(4)
    return sys.stdin.buffer.read(struct.unpack("<I", head)[0]) if len(head) == 4 else None


def send(message):
    sys.stdout.buffer.write(struct.pack("<I", len(message)) + message)


def tensor(message):
    proto = onnx.TensorProto.FromString(message)
    return proto.name, numpy_helper.to_array(proto)


def answer(request, graphs):
    """The messages that answer a request."""
    word, _, rest = request.partition(" ")
    if word == "wavebridge-conformance":
        return [b"ok numpy"]
    if word == "open":
        model = onnx.ModelProto.FromString(receive())
        handle = str(len(graphs))
        graphs[handle] = Operator(model)
        return [b"ok " + handle.encode()]
    if word == "run":
        handle, count = rest.split()
        inputs = dict(tensor(receive()) for _ in range(int(count)))
        outputs = graphs[handle].run(inputs)
        tensors = [numpy_helper.from_array(np.ascontiguousarray(array, F32), name) for name, array in outputs.items()]
        return [b"ok %d" % len(tensors)] + [each.SerializeToString() for each in tensors]
    if word == "close":
        graphs[rest] = None
        return [b"ok"]
    return [b"error unknown request " + word.encode()]


def main():
    graphs = {}
    while (request := receive()) is not None:
        try:
            messages = answer(request.decode(), graphs)
        except Declined as reason:
            messages = [b"declined " + str(reason).encode()]
        except Exception as problem:
            messages = [b"error " + repr(problem).encode()]
        for message in messages:
            send(message)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
