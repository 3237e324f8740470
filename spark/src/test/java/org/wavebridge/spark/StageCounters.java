package org.wavebridge.spark;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import scala.jdk.javaapi.CollectionConverters;

/** The counters that Spark's pages show with a stage. */
public final class StageCounters extends SparkListener {
  static final Map<String, String> LAST = new ConcurrentHashMap<>();

  @Override
  public void onStageCompleted(SparkListenerStageCompleted completed) {
    CollectionConverters.asJava(completed.stageInfo().accumulables())
        .values()
        .forEach(
            each -> {
              if (each.name().isDefined() && each.value().isDefined()) {
                LAST.put(each.name().get(), String.valueOf(each.value().get()));
              }
            });
  }
}
