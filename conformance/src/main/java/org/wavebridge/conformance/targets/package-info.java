/**
 * The targets of the suite, behind one interface: backends of this machine, the reference in both
 * of its modes, and programs that speak the protocol of {@code docs/conformance.md}. Knows how to
 * run a graph, but not what is right. Start with {@link
 * org.wavebridge.conformance.targets.ConformanceTarget}.
 */
@NullMarked
package org.wavebridge.conformance.targets;

import org.jspecify.annotations.NullMarked;
