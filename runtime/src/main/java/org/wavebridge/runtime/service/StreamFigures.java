package org.wavebridge.runtime.service;

import java.time.Duration;

/**
 * What was done for one stream until now.
 *
 * @param samples made
 * @param calls of the graph that it was in
 * @param rows of those calls in all; in each the stream was one of them
 * @param queued from when its first samples could be made, and were asked for, until a call began
 *     with it; zero before
 * @param firstSample from that moment until its first samples were given; zero before
 * @param computed time of its calls
 * @param continuous whether it never ran dry
 */
public record StreamFigures(
    long samples,
    long calls,
    long rows,
    Duration queued,
    Duration firstSample,
    Duration computed,
    boolean continuous) {}
