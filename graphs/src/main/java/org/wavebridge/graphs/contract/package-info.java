/**
 * The words that models, graphs, bundles and runtimes share: kinds of graphs, tensors of
 * conditioning, numeric profiles, layers and heads.
 */
@NullMarked
package org.wavebridge.graphs.contract;

import org.jspecify.annotations.NullMarked;
