/**
 * The custom operators of the domain {@code org.wavebridge}: one file each, with the specification
 * and the function body of standard operators. No kernels live here; docs/operators.md and
 * docs/numerics.md say what each computes. Start with {@link org.wavebridge.graphs.op.Operators}.
 */
@NullMarked
package org.wavebridge.graphs.op;

import org.jspecify.annotations.NullMarked;
