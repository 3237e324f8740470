package org.wavebridge.serving.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.wavebridge.runtime.service.ServiceFigures;
import org.wavebridge.runtime.service.ServiceFigures.Histogram;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.engine.ServedModel;

/** The figures of every model's services, with the labels model, version and precision. */
final class ModelMetrics implements MultiCollector {
  /** Figures with whom they are of. */
  private record Labelled(Labels labels, int sampleRate, ServiceFigures figures) {}

  private final ModelRepository models;

  ModelMetrics(ModelRepository models) {
    this.models = models;
  }

  @Override
  public MetricSnapshots collect() {
    List<Labelled> all = new ArrayList<>();
    for (ServedModel model : models.models()) {
      model
          .figures()
          .forEach(
              (precision, figures) ->
                  all.add(
                      new Labelled(
                          Labels.of(
                              "model", model.name(),
                              "version", model.version(),
                              "precision", precision),
                          model.manifest().audio().sampleRate(),
                          figures)));
    }
    MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
    counters(all, snapshots);
    gauges(all, snapshots);
    snapshots.metricSnapshot(
        histogram(
            all,
            "time_to_first_sample_seconds",
            "From frames to the first sample",
            ServiceFigures::firstSample));
    snapshots.metricSnapshot(
        histogram(
            all, "underrun_seconds", "Each time that a stream ran dry", ServiceFigures::underruns));
    snapshots.metricSnapshot(
        histogram(
            all, "call_rows", "Streams that share a call of the graph", ServiceFigures::rows));
    snapshots.metricSnapshot(
        histogram(all, "call_seconds", "A call of the graph", ServiceFigures::callSeconds));
    return snapshots.build();
  }

  private static void counters(List<Labelled> all, MetricSnapshots.Builder snapshots) {
    counter(all, snapshots, "streams_started", "Streams admitted", each -> each.figures.started());
    counter(
        all,
        snapshots,
        "streams_finished",
        "Streams that came to their end",
        each -> each.figures.finished());
    counter(all, snapshots, "streams_failed", "Streams that failed", each -> each.figures.failed());
    counter(
        all,
        snapshots,
        "streams_cancelled",
        "Streams that their clients ended",
        each -> each.figures.cancelled());
    counter(
        all,
        snapshots,
        "streams_refused",
        "Streams that were not admitted",
        each -> each.figures.refused());
    counter(
        all,
        snapshots,
        "streams_continuous",
        "Streams that ended and never ran dry",
        each -> each.figures.continuous());
    counter(all, snapshots, "calls", "Calls of the graph", each -> each.figures.calls());
    counter(all, snapshots, "samples", "Samples made", each -> each.figures.samples());
    counter(
        all,
        snapshots,
        "audio_seconds",
        "Sound made",
        each -> each.figures.samples() / (double) each.sampleRate);
  }

  private static void gauges(List<Labelled> all, MetricSnapshots.Builder snapshots) {
    gauge(all, snapshots, "streams_live", "Streams now", each -> each.figures.live());
    gauge(
        all,
        snapshots,
        "streams_ready",
        "Streams that wait for a call",
        each -> each.figures.ready());
    gauge(
        all,
        snapshots,
        "streams_paused",
        "Streams whose client does not read",
        each -> each.figures.paused());
    gauge(
        all,
        snapshots,
        "frames_waiting",
        "Frames offered and not yet in a call",
        each -> each.figures.framesWaiting());
    gauge(
        all,
        snapshots,
        "samples_held",
        "Samples made and not yet taken",
        each -> each.figures.samplesHeld());
    gauge(
        all,
        snapshots,
        "capacity_streams",
        "Streams in real time that this machine can make",
        each -> each.figures.capacity());
    gauge(
        all,
        snapshots,
        "load_ratio",
        "Share of the capacity that is in use",
        each -> each.figures.load());
    gauge(
        all,
        snapshots,
        "continuity_ratio",
        "Share of ended streams that never ran dry",
        ModelMetrics::continuity);
    gauge(
        all,
        snapshots,
        "real_time_factor",
        "Seconds of sound for each second of calls",
        ModelMetrics::realTimeFactor);
    gauge(
        all,
        snapshots,
        "healthy",
        "1, or 0 where the backend failed again and again",
        each -> each.figures.broken().isPresent() ? 0 : 1);
  }

  private static double continuity(Labelled each) {
    long ended = each.figures.finished() + each.figures.failed() + each.figures.cancelled();
    return ended == 0 ? 1 : each.figures.continuous() / (double) ended;
  }

  private static double realTimeFactor(Labelled each) {
    double seconds = each.figures.callSeconds().sum();
    return seconds == 0 ? 0 : each.figures.samples() / (each.sampleRate * seconds);
  }

  private static String name(String name) {
    return "wavebridge_" + name;
  }

  private static void counter(
      List<Labelled> all,
      MetricSnapshots.Builder snapshots,
      String name,
      String help,
      ToDoubleFunction<Labelled> value) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name(name)).help(help);
    for (Labelled each : all) {
      counter.dataPoint(
          CounterSnapshot.CounterDataPointSnapshot.builder()
              .labels(each.labels)
              .value(value.applyAsDouble(each))
              .build());
    }
    snapshots.metricSnapshot(counter.build());
  }

  private static void gauge(
      List<Labelled> all,
      MetricSnapshots.Builder snapshots,
      String name,
      String help,
      ToDoubleFunction<Labelled> value) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name(name)).help(help);
    for (Labelled each : all) {
      gauge.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .labels(each.labels)
              .value(value.applyAsDouble(each))
              .build());
    }
    snapshots.metricSnapshot(gauge.build());
  }

  private static HistogramSnapshot histogram(
      List<Labelled> all, String name, String help, Function<ServiceFigures, Histogram> of) {
    HistogramSnapshot.Builder snapshot = HistogramSnapshot.builder().name(name(name)).help(help);
    for (Labelled each : all) {
      Histogram histogram = of.apply(each.figures);
      List<Number> counts = new ArrayList<>(histogram.counts());
      List<Double> bounds = new ArrayList<>(histogram.bounds());
      bounds.add(Double.POSITIVE_INFINITY);
      snapshot.dataPoint(
          HistogramSnapshot.HistogramDataPointSnapshot.builder()
              .labels(each.labels)
              .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
              .sum(histogram.sum())
              .build());
    }
    return snapshot.build();
  }
}
