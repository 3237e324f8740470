package org.wavebridge.graphs.model;

/**
 * The meaning of generated values, and how they become a waveform.
 *
 * @param sampleRate samples per second
 * @param bits levels are 2^bits; 16 for a dual softmax; also recorded for continuous values, where
 *     it has no effect
 * @param encoding what a value stands for
 * @param deEmphasis coefficient a of y[t] = x[t] + a y[t-1], applied after decoding; 0 for none
 * @param fadeOutFrames length of the linear fade at the end of an utterance, in frames; 0 for none
 */
public record AudioFormat(
    int sampleRate, int bits, SampleEncoding encoding, float deEmphasis, int fadeOutFrames) {}
