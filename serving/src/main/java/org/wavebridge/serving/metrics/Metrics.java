package org.wavebridge.serving.metrics;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wavebridge.serving.engine.ModelRepository;

/** The server's metrics: those of the models, of the JVM, and of the library beneath. */
public final class Metrics implements AutoCloseable {
  private static final MediaType TEXT = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");
  private static final Path RESIDENT = Path.of("/proc/self/statm");
  private static final int PAGE_BYTES = 4096;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** The metrics of some models. */
  public Metrics(ModelRepository models) {
    registry.getPrometheusRegistry().register(new ModelMetrics(models));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    Gauge.builder("process.resident.memory", Metrics::resident)
        .baseUnit("bytes")
        .description("Memory of the process that is in use, native memory included")
        .register(registry);
  }

  private static double resident() {
    try {
      String[] words = Files.readString(RESIDENT, StandardCharsets.US_ASCII).split(" ");
      return Long.parseLong(words[1]) * (double) PAGE_BYTES;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  /** Where the library beneath puts its own. */
  public MeterRegistry registry() {
    return registry;
  }

  /** All of them as text, for {@code /metrics}. */
  public HttpService service() {
    return (context, request) ->
        HttpResponse.of(HttpStatus.OK, TEXT, HttpData.ofUtf8(registry.scrape()));
  }

  @Override
  public void close() {
    registry.close();
  }
}
