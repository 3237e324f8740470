package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every lack is named, the first one that has to be mended first. */
final class RequirementsTest {
  private record Made(int driver, int gpus, int architecture, boolean hasInferLibrary)
      implements Requirements.Machine {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -1    | -1  | -1   | false | false | no CUDA driver was found (libcuda.so.1); install NVIDIA's driver 580 or newer, or use --backend cpu
          -2    | -2  | -2   | true  | true  | the CUDA driver does not start (error 2); see nvidia-smi, or use --backend cpu
          -100  | -3  | -3   | true  | true  | the CUDA driver finds no GPU; make one visible to it, or use --backend cpu
          -999  | 1   | 90   | true  | true  | the CUDA driver does not start (error 999); see nvidia-smi, or use --backend cpu
          13000 | 0   | -101 | true  | true  | the CUDA driver finds no GPU; make one visible to it, or use --backend cpu
          13000 | -3  | -3   | true  | true  | the CUDA driver does not start (error 3); see nvidia-smi, or use --backend cpu
          12080 | 1   | 90   | true  | true  | the CUDA driver is of CUDA 12.8, expected 13.0 or newer; install NVIDIA's driver 580 or newer, or use --backend cpu
          13000 | 1   | 75   | true  | true  | the GPU is of compute capability 7.5, expected 8.0 or more; use --backend cpu
          13000 | 1   | 90   | false | false | no plugins
          13000 | 1   | 90   | false | true  | TensorRT 10 was not found (libnvinfer.so.10); build with -Ptensorrt or install it, or use --backend cpu
          13000 | 1   | 80   | true  | true  |
          """)
  void namesWhatIsMissing(
      int driver, int gpus, int architecture, boolean infer, boolean plugins, String expected) {
    assertEquals(
        Optional.ofNullable(expected),
        Requirements.missing(
            new Made(driver, gpus, architecture, infer),
            () -> plugins ? Optional.empty() : Optional.of("no plugins")));
  }
}
