"""Features to samples."""

import numpy as np
import onnxruntime

from wavebridge.bundle import Bundle
from wavebridge.library import library_path
from wavebridge.uniforms import uniforms
from wavebridge.waveform import decode, fade_out

_FRAMES_OF_A_CALL = 64


class Vocoder:
    """An opened bundle. Its methods may be called by several threads.

    Args:
        bundle: path of a bundle, a folder or a zip file.
        precision: ``f32`` or ``int8``.
        threads: of ONNX Runtime for one call; the samples do not depend on it. None leaves it to ONNX Runtime.
        operators: False runs the function bodies of the operators instead of the library: slower, on any platform.

    Raises:
        BundleError: the bundle cannot be read, or has no graphs in the precision.
        FileNotFoundError: there is no library of operators.
    """

    def __init__(self, bundle, precision="f32", threads=None, operators=True):
        self.bundle = Bundle(bundle)
        self.manifest = self.bundle.manifest
        self._options = onnxruntime.SessionOptions()
        self._options.log_severity_level = 3
        if threads is not None:
            self._options.intra_op_num_threads = threads
        if operators:
            self._options.register_custom_ops_library(library_path())
        self._conditioner = self._session("conditioner", "f32")
        self._subscale = self.manifest.get("subscale")
        kind = "subscale_generate" if self._subscale else "generate"
        self._generate = self._session(kind, precision)
        self._synthesis = self._session("synthesis", "f32") if self.manifest.get("bands") else None

    @property
    def sample_rate(self):
        """Samples a second."""
        return self.manifest["audio"]["sampleRate"]

    def generate(self, features, seed=0, temperature=1.0, speaker=None):
        """Makes an utterance.

        Args:
            features: ``[mels, frames]`` as the bundle takes them, any float type.
            seed: of the uniforms; the same seed gives the same samples everywhere.
            temperature: divides the logits before drawing; above 0.
            speaker: embedding ``[size]`` of who speaks, for bundles that take one.

        Returns:
            float32 ``[samples]``, the amplitudes; ``pcm16`` makes 16-bit samples of them.

        Raises:
            ValueError: the features or the speaker do not fit the bundle, or the temperature is none.
        """
        features = self._checked(features)
        if not (temperature > 0 and np.isfinite(temperature)):
            raise ValueError(f"expected a temperature above 0, found {temperature}")
        conditioning = self._conditioned(features, self._speaker(speaker))
        maker = self._by_subscale if self._subscale else self._in_sequence
        values = maker(conditioning, features.shape[1] - self._idle_frames(), seed, np.float32(temperature))
        waveform = self._decoded(values)
        fade_out(waveform, self.manifest)
        return waveform

    def _session(self, kind, precision):
        return onnxruntime.InferenceSession(
            self.bundle.graph(kind, precision), self._options, providers=["CPUExecutionProvider"]
        )

    def _idle_frames(self):
        utterance = self.manifest["utterance"]
        return utterance["leadFrames"] + utterance["tailFrames"]

    def _checked(self, features):
        values = np.asarray(features, np.float32)
        mels = self.manifest["features"]["mels"]
        if values.ndim != 2 or values.shape[0] != mels:
            raise ValueError(f"features: expected [{mels}, frames], found {list(values.shape)}")
        if values.shape[1] <= self._idle_frames():
            raise ValueError(f"features: expected at least {self._idle_frames() + 1} frames, found {values.shape[1]}")
        if not np.isfinite(values).all():
            raise ValueError("features: expected finite numbers, found others")
        return values

    def _speaker(self, embedding):
        """The conditioner's input for who speaks, by name."""
        size = self.manifest.get("speakerSize", 0)
        if size == 0 and embedding is None:
            return {}
        if size == 0:
            raise ValueError("speaker: this bundle takes none, found one")
        if embedding is None:
            raise ValueError(f"speaker: expected the embedding that this bundle takes, [{size}], found none")
        values = np.asarray(embedding, np.float32)
        if values.shape != (size,) or not np.isfinite(values).all():
            raise ValueError(f"speaker: expected finite numbers [{size}], found {list(values.shape)}")
        return {"speaker": values[None]}

    def _conditioned(self, features, speaker):
        """The conditioning of the frames that have samples, by tensor, ``[vectors, size]``."""
        names = [each["name"] for each in self.manifest["conditioning"]]
        made = self._conditioner.run(names, {"features": features[None], **speaker})
        lead = self.manifest["utterance"]["leadFrames"]
        return {
            tensor["name"]: values[0, lead * self._vectors(tensor) :]
            for tensor, values in zip(self.manifest["conditioning"], made)
        }

    def _vectors(self, tensor):
        """Vectors of a frame."""
        return 1 if tensor["rate"] == "FRAME" else self.manifest["features"]["hop"]

    def _start(self, rows):
        network = self.manifest["network"]
        previous = np.tile(np.array(network["initialPrevious"], np.float32), (rows, 1))
        return {"previous": previous, "state": np.zeros((rows, network["stateSize"]), np.float32)}

    def _in_sequence(self, conditioning, frames, seed, temperature):
        hop, draws = self.manifest["features"]["hop"], self.manifest["network"]["draws"]
        carried = self._start(1)
        made = []
        for first in range(0, frames, _FRAMES_OF_A_CALL):
            end = min(frames, first + _FRAMES_OF_A_CALL)
            inputs = {
                tensor["name"]: conditioning[tensor["name"]][
                    None, first * self._vectors(tensor) : end * self._vectors(tensor)
                ]
                for tensor in self.manifest["conditioning"]
            }
            inputs["uniforms"] = uniforms(seed, first * hop, (end - first) * hop, draws)[None]
            inputs["temperature"] = np.array([temperature])
            names = ["audio", "next_previous", "next_state"]
            audio, carried["previous"], carried["state"] = self._generate.run(names, {**inputs, **carried})
            made.append(audio[0])
        return np.concatenate(made)

    def _by_subscale(self, conditioning, frames, seed, temperature):
        samples = frames * self.manifest["features"]["hop"]
        factor, chunk = self._subscale["factor"], self._subscale["chunk"]
        lag = self._subscale["horizon"] + chunk
        if samples < factor:
            steps = 1 + (samples - 1) * lag
        else:
            steps = samples // factor + (factor - 1) * lag
        inputs = {
            tensor["name"]: conditioning[tensor["name"]][: frames * self._vectors(tensor)]
            for tensor in self.manifest["conditioning"]
        }
        inputs["uniforms"] = uniforms(seed, 0, samples, self.manifest["network"]["draws"])
        inputs["audio"] = np.zeros(samples, np.float32)
        inputs["temperature"] = np.array([temperature])
        inputs["schedule"] = np.array([0, chunk, 0, steps], np.int64)
        return self._generate.run(["next_audio"], {**inputs, **self._start(factor)})[0]

    def _decoded(self, values):
        """The waveform of the network's values: bands are expanded, then merged, then de-emphasised."""
        audio = self.manifest["audio"]
        if self._synthesis is None:
            return decode(values, audio)
        merged = self._merged(decode(values, {**audio, "deEmphasis": 0}))
        return decode(merged, {**audio, "encoding": "LINEAR"})

    def _merged(self, values):
        """The amplitudes of several bands as a waveform."""
        size = self._synthesis.get_inputs()[[each.name for each in self._synthesis.get_inputs()].index("state")].shape[1]
        state = np.zeros((1, size), np.float32)
        bands = self.manifest["bands"]
        # A centred bank is late by half of its filters: that is cut, and silence brings the end.
        late = (len(bands["prototype"]) - 1) // 2 if bands.get("form") == "CENTRED" else 0
        silence = np.zeros(-(-late // bands["count"]) * bands["count"], np.float32)
        inputs = {"values": np.concatenate([values, silence])[None], "state": state}
        return self._synthesis.run(["waveform"], inputs)[0][0][late : late + len(values)]
