package org.wavebridge.compress;

/**
 * An utterance with the samples that the network is to predict.
 *
 * @param features {@code [frames][mels]}, in the scale that the network takes
 * @param speaker the embedding of who speaks, {@code [S]}; no values where the network takes none
 * @param values the samples as the network emits them, in [-1, 1] (16-bit samples of the bands,
 *     step by step, over their unit for multi-band networks); as many as the frames give, or fewer
 */
public record Recording(double[][] features, float[] speaker, float[] values) {}
