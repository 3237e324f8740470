package org.wavebridge.cli;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.wavebridge.cli.OnnxGraph.Array;

/** A model that makes streams. */
interface TritonStreams extends AutoCloseable {
  /** A value of the configuration that is for clients. */
  String parameter(String key);

  /** Runs the next requests of streams, of the same shapes. */
  List<Map<String, Array>> runSequences(List<TritonModel.Next> requests)
      throws OrtException, IOException;

  @Override
  void close() throws OrtException;
}
