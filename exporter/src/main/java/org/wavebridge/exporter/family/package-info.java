/**
 * The code bases that checkpoints come from: which keys and settings they have, and how these
 * become a model; and configurations as projects write them. Knows no checkpoint format. Start with
 * {@link org.wavebridge.exporter.family.Families}.
 */
@NullMarked
package org.wavebridge.exporter.family;

import org.jspecify.annotations.NullMarked;
