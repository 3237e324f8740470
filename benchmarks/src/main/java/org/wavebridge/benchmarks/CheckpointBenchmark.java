package org.wavebridge.benchmarks;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.family.ImportedModel;

/** Checkpoints read and taken for a model: the first part of {@code export}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CheckpointBenchmark {
  /** A file of the golden folder. */
  @Param({"en-us-16k/checkpoint.pt", "fatchord_raw/checkpoint_zip.pyt"})
  public String file = "";

  /** Its model. */
  @Benchmark
  public ImportedModel read() {
    Path golden = Path.of("../conformance/src/test/resources/golden");
    return Exporter.read(golden.resolve(file), Families.AUTO, Optional.empty());
  }
}
