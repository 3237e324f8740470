/** What the server measures, in the format of Prometheus. */
@NullMarked
package org.wavebridge.serving.metrics;

import org.jspecify.annotations.NullMarked;
