"""Calls a server with Debian's grpcio; the messages are made from the descriptors in a file.

Arguments: descriptors, address, file of float32 frames, values of a frame, seed, file for the audio.
"""

import struct
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

descriptors, address, frames, mels, seed, out = sys.argv[1:]
pool = descriptor_pool.DescriptorPool()
with open(descriptors, "rb") as file:
    for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(proto)


def message(name):
    descriptor = pool.FindMessageTypeByName(name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


with open(frames, "rb") as file:
    raw = file.read()
mels = int(mels)
count = len(raw) // 4 // mels
channel = grpc.insecure_channel(address)

ready = channel.unary_unary(
    "/inference.GRPCInferenceService/ModelReady",
    request_serializer=message("inference.ModelReadyRequest").SerializeToString,
    response_deserializer=message("inference.ModelReadyResponse").FromString,
)(message("inference.ModelReadyRequest")(name="voice"))
assert ready.ready, "the model is not ready"

request = message("inference.ModelInferRequest")(model_name="voice", raw_input_contents=[])
request.parameters["seed"].int64_param = int(seed)
tensor = request.inputs.add(name="features", datatype="FP32", shape=[1, mels, count])
values = struct.unpack("<%df" % (mels * count), raw)
for mel in range(mels):
    tensor.contents.fp32_contents.extend(values[mel::mels])
answer = channel.unary_unary(
    "/inference.GRPCInferenceService/ModelInfer",
    request_serializer=message("inference.ModelInferRequest").SerializeToString,
    response_deserializer=message("inference.ModelInferResponse").FromString,
)(request)
whole = answer.raw_output_contents[0]


def pieces():
    frame = message("wavebridge.v1.Frames")()
    frame.settings.seed = int(seed)
    yield frame
    for at in range(0, len(raw), 7 * 4 * mels):
        yield message("wavebridge.v1.Frames")(features=raw[at : at + 7 * 4 * mels])


streamed = b"".join(
    pcm.audio
    for pcm in channel.stream_stream(
        "/wavebridge.v1.Vocoder/Vocode",
        request_serializer=message("wavebridge.v1.Frames").SerializeToString,
        response_deserializer=message("wavebridge.v1.Pcm").FromString,
    )(pieces())
)
assert whole == streamed, "%d bytes at once, %d streamed" % (len(whole), len(streamed))

try:
    channel.unary_unary("/inference.GRPCInferenceService/ModelReady")(b"\xff\xff\xff")
    raise AssertionError("a damaged message was taken")
except grpc.RpcError as error:
    assert error.code() != grpc.StatusCode.UNKNOWN, error

with open(out, "wb") as file:
    file.write(streamed)
