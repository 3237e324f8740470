/**
 * Bulk vocoding on Apache Spark: {@link org.wavebridge.spark.VocoderTransformer} makes a column of
 * audio of a column of features, and {@link org.wavebridge.spark.WavebridgeJob} a folder of WAV
 * files or a table of a folder or a table. Each row has the bytes of {@code vocode} with the seed
 * of its key, however often and wherever it is made. Spark's classes come from the cluster.
 */
@NullMarked
package org.wavebridge.spark;

import org.jspecify.annotations.NullMarked;
