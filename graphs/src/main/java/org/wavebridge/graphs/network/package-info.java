/**
 * The interfaces between step networks and the graphs and bundles made of them. A network has a
 * package below this one: its description, the layers of its operators, a step, and the operators
 * that generate and score.
 */
@NullMarked
package org.wavebridge.graphs.network;

import org.jspecify.annotations.NullMarked;
