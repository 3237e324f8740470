/**
 * What every step network gives to graphs and bundles. A network has a package below this one: its
 * description, the layers of its operators, a step, and the operators that generate and score.
 */
@NullMarked
package org.wavebridge.graphs.network;

import org.jspecify.annotations.NullMarked;
