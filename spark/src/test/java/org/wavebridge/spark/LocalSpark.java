package org.wavebridge.spark;

import java.util.Map;

/** Spark in this JVM, on two threads, through system properties as {@code spark-submit} sets. */
final class LocalSpark {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[2]",
          "spark.app.name", "test",
          "spark.ui.enabled", "false",
          "spark.driver.host", "127.0.0.1",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.sql.shuffle.partitions", "2",
          "spark.extraListeners", StageCounters.class.getName());

  private LocalSpark() {}

  static void configure() {
    SETTINGS.forEach(System::setProperty);
  }

  static void forget() {
    SETTINGS.keySet().forEach(System::clearProperty);
  }
}
