package org.wavebridge.graphs.network;

import java.util.List;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.onnx.Value;

/**
 * The values that one step of a network takes for N rows.
 *
 * @param conditioning of the sample, {@code [N, size]} each
 * @param previous the values fed back, {@code [N, P]}
 * @param state {@code [N, S]}
 * @param uniforms {@code [N, draws]}, or {@code [N, B, draws]} of B bands
 * @param temperature {@code [N, 1]}
 * @param joined adds the context to the input of the network, {@code [N, inputSize]}, where there
 *     is one
 */
public record StepInputs(
    List<Value> conditioning,
    Value previous,
    Value state,
    Value uniforms,
    Value temperature,
    UnaryOperator<Value> joined) {}
