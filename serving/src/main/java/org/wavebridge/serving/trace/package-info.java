/**
 * Traces of OpenTelemetry, where somebody asks for them: a span for each request, and spans of the
 * streams within it. Start with {@link org.wavebridge.serving.trace.Tracing}.
 */
@NullMarked
package org.wavebridge.serving.trace;

import org.jspecify.annotations.NullMarked;
