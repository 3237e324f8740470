/**
 * Streams over gRPC: how sound is written no faster than the client reads, how refusals become
 * statuses, and the server's own call. Start with {@link
 * org.wavebridge.serving.grpc.VocoderGrpcService}.
 */
@NullMarked
package org.wavebridge.serving.grpc;

import org.jspecify.annotations.NullMarked;
