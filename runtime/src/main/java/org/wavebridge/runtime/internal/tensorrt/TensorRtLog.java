package org.wavebridge.runtime.internal.tensorrt;

import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TensorRT's messages in the log. Keeps the last error, which a refusal does not carry itself. */
final class TensorRtLog extends ILogger {
  private static final Logger LOG = LoggerFactory.getLogger(TensorRtLog.class);

  private static volatile String lastError = "no reason was given";

  /** The last error that TensorRT or a plugin reported. */
  static String lastError() {
    return lastError;
  }

  /** Called by TensorRT, from any thread; an exception must not leave it. */
  @Override
  public void log(Severity severity, String message) {
    try {
      // The object is not one of the enum's constants, only its number tells which one it is.
      if (severity.value <= Severity.kERROR.value) {
        lastError = message;
        LOG.info("{}", message);
      } else if (severity.value == Severity.kWARNING.value) {
        LOG.info("{}", message);
      } else {
        LOG.debug("{}", message);
      }
    } catch (RuntimeException e) {
      lastError = "a message could not be logged: " + e;
    }
  }
}
