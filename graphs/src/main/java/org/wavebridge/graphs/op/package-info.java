/**
 * The custom operators of the domain {@code org.wavebridge} that belong to no network, and what the
 * operators of networks have in common. An operator is one file: its declaration and the function
 * body of standard operators. No kernels live here; docs/operators.md and docs/numerics.md say what
 * each computes.
 */
@NullMarked
package org.wavebridge.graphs.op;

import org.jspecify.annotations.NullMarked;
