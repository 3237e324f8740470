package org.wavebridge.graphs.network;

import org.wavebridge.graphs.onnx.Value;

/**
 * The values that one step of a network makes for N rows.
 *
 * @param audio {@code [N]}, or {@code [N, B]} of B bands
 * @param previous the values fed back to the next step, {@code [N, P]}
 * @param state {@code [N, S]}
 * @param logits {@code [N, ...]}: what the samples were drawn from
 */
public record StepResult(Value audio, Value previous, Value state, Value logits) {}
