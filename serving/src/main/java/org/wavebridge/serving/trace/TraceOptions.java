package org.wavebridge.serving.trace;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.InputException;

/**
 * Where traces go, by OTLP over HTTP. The standard variables of OpenTelemetry say all else, such as
 * headers and sampling.
 *
 * @param endpoint of the collector, to which {@code /v1/traces} is added; or empty where the
 *     variables name it
 */
public record TraceOptions(Optional<URI> endpoint) {
  /**
   * What an option and the environment ask for.
   *
   * @param option address of a collector, or empty
   * @param environment with the standard variables
   * @return empty where nobody asks for traces: then nothing is sent
   * @throws InputException if the option is no address
   */
  public static Optional<TraceOptions> of(
      Optional<String> option, Map<String, String> environment) {
    if (option.isPresent()) {
      return Optional.of(new TraceOptions(option.map(TraceOptions::address)));
    }
    boolean named =
        has(environment, "OTEL_EXPORTER_OTLP_ENDPOINT")
            || has(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    boolean off =
        environment.getOrDefault("OTEL_TRACES_EXPORTER", "").equals("none")
            || environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true");
    return named && !off ? Optional.of(new TraceOptions(Optional.empty())) : Optional.empty();
  }

  private static boolean has(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isEmpty();
  }

  private static URI address(String text) {
    try {
      URI address = new URI(text.replaceAll("/+$", ""));
      if (address.getHost() != null && String.valueOf(address.getScheme()).matches("https?")) {
        return address;
      }
    } catch (URISyntaxException e) {
      throw new InputException(wrong(text), e);
    }
    throw new InputException(wrong(text));
  }

  private static String wrong(String text) {
    return "--otlp-endpoint: expected an address such as http://localhost:4318, found '%s'"
        .formatted(text);
  }
}
