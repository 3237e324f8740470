package org.wavebridge.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalDouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits exist for every size and number of threads; what they are is the machine's affair. */
final class MachineLimitsTest {
  @ParameterizedTest
  @CsvSource({"0, 1", "1000000, 1", "1000003, 3"})
  void everySizeHasABandwidth(long bytes, int threads) {
    assertPositive(MachineLimits.readBandwidth(bytes, threads));
  }

  @ParameterizedTest
  @CsvSource({"true, 1", "false, 2"})
  void bothArithmeticsHaveARate(boolean int8, int threads) {
    assertPositive(MachineLimits.multiplyAdds(int8, threads));
  }

  private static void assertPositive(OptionalDouble limit) {
    assertTrue(limit.isPresent());
    assertTrue(limit.getAsDouble() > 0 && Double.isFinite(limit.getAsDouble()));
  }
}
